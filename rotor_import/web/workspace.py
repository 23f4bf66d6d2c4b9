"""What the pages share: the settings, the desk, the work under way, and what the last dry run came to."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import cast

from starlette.requests import Request

from rotor_import.config import Settings
from rotor_import.model.error_words import words_of
from rotor_import.model.summary import Summary
from rotor_import.web.again import Again
from rotor_import.web.desk import Desk
from rotor_import.web.jobs import Jobs
from rotor_import.web.key_check import KeyCheck


@dataclass(frozen=True)
class Workspace:
    """`folder` is where mappings are saved; `closing` is set when the program ends.

    `key_from` says where the API key was found, '' if there is none. Who changes the import holds `alone`.
    """

    settings: Settings
    desk: Desk
    jobs: Jobs = field(default_factory=Jobs)
    folder: Path = field(default_factory=Path.cwd)
    closing: threading.Event = field(default_factory=threading.Event)
    key_from: str = ""
    alone: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.jobs.words = self.told

    @cached_property
    def again(self) -> Again:
        """What goes on by itself once there is quota again."""
        return Again(self.closing, self.jobs.world.clock)

    @staticmethod
    def of(request: Request) -> Workspace:
        return cast("Workspace", request.app.state.workspace)

    @cached_property
    def key_check(self) -> KeyCheck:
        """Whether the key works, as far as it was asked."""
        return KeyCheck(self.settings, self.jobs.world, self.key_from)

    def told(self, error: BaseException) -> str:
        """An error's words, in which the file has the name that a person gave it."""
        words, now = words_of(error), self.desk.now
        return words.replace(now.file, now.name) if now.file and now.uploaded else words

    def settings_now(self) -> Settings:
        """The settings that a command line with the choices of the page would have."""
        desk = self.desk
        decisions = desk.decisions if desk.now.file and desk.decisions.is_file() else None
        corrections = desk.corrections if desk.now.file and desk.corrections.is_file() else None
        sandbox = desk.now.to == "sandbox"
        return replace(self.settings, sandbox=sandbox, decisions=decisions, corrections=corrections, yes=True)

    def planned_from(self) -> str:
        """A fingerprint of all that a plan is made from: it is out of date once this is another."""
        now, digest = self.desk.now, hashlib.sha256(self.desk.now.to.encode())
        about = Path(now.file).stat() if Path(now.file).is_file() else None
        digest.update(Path(now.mapping).name.encode())  # it names the feed, if the mapping doesn't
        digest.update(f"{now.file} {about.st_size} {about.st_mtime_ns}".encode() if about else b"-")
        for path in (Path(now.mapping), self.desk.decisions, self.desk.corrections):
            digest.update(path.read_bytes() if path.is_file() else b"-")
        return digest.hexdigest()

    def is_outdated(self) -> bool:
        """Whether something was changed since the dry run."""
        return self.desk.now.planned_from != self.planned_from()

    def plan_folder(self) -> Path | None:
        """Where the dry run's report is, None if there is none."""
        folder = self.settings.report_dir / self.desk.now.plan
        return folder if self.desk.now.plan and (folder / "summary.json").is_file() else None

    def plan_summary(self) -> Summary | None:
        """What the dry run came to, None if there was none or its report is gone."""
        folder = self.plan_folder()
        return None if folder is None else summary_in(folder)


def summary_in(folder: Path) -> Summary | None:
    """A report's summary, None if it can't be read."""
    try:
        return cast("Summary", json.loads((folder / "summary.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None
