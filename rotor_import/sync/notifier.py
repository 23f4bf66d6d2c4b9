"""What a night tells its log and its webhook. Neither gets any customer data."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal

from rotor_import.api.notify import check_webhook, notify
from rotor_import.model.clock import moment
from rotor_import.report import sync_line

Say = Callable[[str], None]
_TOLD = (
    "run",
    "mode",
    "state",
    "rows",
    "changes",
    "sent",
    "requests",
    "forecast",
    "missing",
    "drop",
    "drop_notes",
    "earlier",
    "error",
    "report",
)


class Notifier:
    """Tells the log and the webhook about a night. Raises SettingsError for an address that is not a webhook's."""

    def __init__(self, webhook: str, form: Literal["text", "json"], say: Say) -> None:
        self._webhook = check_webhook(webhook) if webhook else ""
        self._form = form
        self._write = say

    def say(self, words: str) -> None:
        self._line("info", words)

    def night_ended(self, summary: Mapping[str, Any], code: int, sleep: Callable[[float], None] = time.sleep) -> None:
        """Tell what the night came to; if it never got to a run, `summary` has only `state` and `error`."""
        for fate, files in summary.get("drop", {}).items():
            for name in files:
                self._line("info", f"{name}: {fate}", file=name, fate=fate)
        for note in summary.get("notes", []):
            self._line("info", note)
        warnings = summary.get("drop_notes", [])
        for note in warnings:
            self._line("warning", note)
        if error := summary.get("error"):
            self._line("error", error["message"], code=code)
        told = {name: summary[name] for name in _TOLD if name in summary}
        if self._form == "json":
            self._line("info", "ended", code=code, **told)
        if self._webhook:
            told_why = [error["message"]] if error and "rows" in summary else []
            text = "\n".join([f"rotor-import sync: {_text(summary)} (exit code {code})", *told_why, *warnings])
            if not notify(self._webhook, {"text": text, "code": code, **told}, sleep):
                self._line("warning", "the webhook of --notify didn't accept the summary")

    def _line(self, level: str, words: str, **more: Any) -> None:
        if self._form == "text":
            self._write(words if level == "info" else f"{level.capitalize()}: {words}")
            return
        at = moment(time.time()).isoformat(timespec="seconds")
        self._write(json.dumps({"time": at, "level": level, "message": words, **more}, ensure_ascii=False))


def _text(summary: Mapping[str, Any]) -> str:
    if "rows" in summary:
        return sync_line(summary)
    return f"{summary['state']}: {summary['error']['message']}"
