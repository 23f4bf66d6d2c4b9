"""What a night writes on stderr. No customer is in it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from rotor_import.model.clock import moment
from rotor_import.pipeline.results import NOTHING_PENDING
from rotor_import.report import outgoing

Say = Callable[[str], None]
_Level = Literal["info", "warning", "paused", "error"]


class NightLog:
    """The lines of a night, for people or for a program that collects them.

    A `quiet` one leaves out of a log for people what needs nobody, and of any log a night on which nothing was new.
    """

    def __init__(self, form: Literal["text", "json"], say: Say, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._form = form
        self._write = say

    def say(self, words: str) -> None:
        self._line("info", words)

    def warn(self, words: str) -> None:
        self._line("warning", words)

    def night_ended(self, summary: Mapping[str, Any], code: int) -> None:
        """Say what the night came to; if it never got to a run, `summary` has only `state` and `error`."""
        is_new = not nothing_new(summary)
        if is_new:
            self._files_and_notes(summary)
        for note in summary.get("drop_notes", []):
            self._line("warning", note)
        if error := summary.get("error"):
            self._line("paused" if summary["state"] == "paused" else "error", error["message"], code=code)
        if self._form == "json" and (is_new or not self._quiet):
            self._line("info", "ended", code=code, **outgoing(summary))

    def _files_and_notes(self, summary: Mapping[str, Any]) -> None:
        for fate, files in summary.get("drop", {}).items():
            for name in files:
                self._line("info", f"{name}: {fate}", file=name, fate=fate)
        for note in summary.get("notes", []):
            self._line("info", note)

    def _line(self, level: _Level, words: str, **more: Any) -> None:
        if self._form == "text":
            if level != "info" or not self._quiet:
                label = "" if level == "info" or words.startswith("Paused") else f"{level.capitalize()}: "
                self._write(f"{label}{words}")
            return
        at = moment(time.time()).isoformat(timespec="seconds")
        self._write(json.dumps({"time": at, "level": level, "message": words, **more}, ensure_ascii=False))


def nothing_new(summary: Mapping[str, Any]) -> bool:
    """Whether a night found no file that it did not know, nothing that was pending, and nothing to warn of."""
    if "drop" not in summary or summary["state"] != "complete":
        return False
    files = [name for fate, names in summary["drop"].items() if fate != "known" for name in names]
    notes = [*summary["drop_notes"], *(note for note in summary["notes"] if note != NOTHING_PENDING)]
    return not (files or notes or summary["files"] or summary["earlier"])
