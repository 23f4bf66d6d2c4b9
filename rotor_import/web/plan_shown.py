"""The dry run as its page shows it: read from the report once, and kept as long as it is the last one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from rotor_import.model.question import KINDS
from rotor_import.model.rows import SourceTable
from rotor_import.model.summary import Summary
from rotor_import.pipeline.planned_files import planned_files
from rotor_import.report.lookup import Lines, LineShown, Search, Shown, lines_of
from rotor_import.report.page.calendar import Calendar, calendar_of
from rotor_import.report.page.first_screen import FirstScreen, file_names, first_screen
from rotor_import.report.page.issues import Issue, issues
from rotor_import.report.page.your_columns import your_columns
from rotor_import.report.read import read_frames
from rotor_import.report.tables import ROWS
from rotor_import.report.text import done_by
from rotor_import.web.workspace import Workspace, summary_in

PAGE = 50
"""Lines on a page."""
_PLACES = {
    "#rejected": "/review#fix",
    "#rows": "/plan?fate=held#customers",
    "#columns": "/columns",
    "#suspicious": "/plan?fate=suspicious#customers",
    "#outcome": "/history",
}
"""Where parts of the report are on the page; its questions are in the review."""


Reading = Callable[[Summary], Sequence[SourceTable]]
"""Reads the files that a summary is about; none where they are gone."""


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. `page` is from 1."""

    query: str = ""
    fate: str = ""
    page: int = 1


@dataclass(frozen=True)
class Found:
    """A page of lines; `first` and `last` are their places among all that were found."""

    lines: list[LineShown]
    total: int
    page: int
    pages: int
    first: int
    last: int


class PlanShown:
    """Everything that the page says of a dry run."""

    def __init__(self, folder: Path, summary: Summary, read: Reading) -> None:
        frames = read_frames(folder)
        names, calendar = file_names(summary), calendar_of(summary)
        self.summary = summary
        self.names = names
        self.calendar: Calendar | None = calendar
        self.first: FirstScreen = first_screen(summary, names, calendar)
        self.done_by = done_by(summary)
        self.issues = [_placed(issue) for issue in issues(summary, frames, your_columns(frames, summary))]
        self._lines: Lines = lines_of(frames, read(summary))
        self._shown = Shown(self._lines, frames, summary)
        self._searching = threading.Lock()
        self.fates = self._lines.fates()
        self.changed_fields = self._lines.changed.height
        self.questions = sum(summary["review"][kind] for kind in KINDS)

    @cached_property
    def _search(self) -> Search:
        return Search(self._lines, self.summary)

    def get_ready(self) -> None:
        """Prepare the search, which takes a second for 100,000 rows; whoever searches meanwhile waits for it."""
        with self._searching:
            _ = self._search

    def found(self, asked: Asked) -> Found:
        """The lines that are asked for; a page beyond the last one is the last one."""
        if asked.query.strip():
            with self._searching:
                lines = self._search.lines(asked.query, asked.fate)
        else:
            lines = self._lines.frame.get_column("line").filter(self._lines.of_fate(asked.fate))
        pages = max(1, -(-lines.len() // PAGE))
        page = min(max(1, asked.page), pages)
        start = (page - 1) * PAGE
        chosen = lines.slice(start, PAGE)
        return Found(self._shown.shown(chosen.to_list()), lines.len(), page, pages, start + 1, start + chosen.len())


class _Shelf:
    """Keeps the plan that was shown last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, int] | None = None
        self._plan: PlanShown | None = None

    def plan(self, folder: Path, summary: Summary, read: Reading) -> PlanShown:
        key = (str(folder.resolve()), (folder / "summary.json").stat().st_mtime_ns)
        with self._lock:
            if self._plan is None or self._key != key:
                self._plan = None  # the earlier one makes room
                self._plan, self._key = PlanShown(folder, summary, read), key
                threading.Thread(target=self._plan.get_ready, daemon=True).start()
            return self._plan


_SHELF = _Shelf()


def plan_in(folder: Path, read: Reading) -> PlanShown | None:
    """The dry run whose report is in the folder; None if it is gone, or was damaged."""
    summary = summary_in(folder)
    if summary is None or not ROWS.files(folder):
        return None
    try:
        return _SHELF.plan(folder, summary, read)
    except (OSError, KeyError, pl.exceptions.PolarsError):
        return None


def reading(workspace: Workspace) -> Reading:
    """How the file on the desk is read again, with its mapping and corrections."""
    desk, corrections = workspace.desk.now, workspace.settings_now().corrections
    return lambda summary: planned_files([Path(desk.file)], desk.mapping, summary, corrections)


def plan_shown(workspace: Workspace) -> PlanShown | None:
    """The dry run of what is on the desk."""
    folder = workspace.plan_folder()
    return None if folder is None else plan_in(folder, reading(workspace))


def get_ready(workspace: Workspace) -> None:
    """Read the plan that is on the desk while the browser still opens, so that nobody waits for it."""
    if workspace.desk.now.plan:
        threading.Thread(target=plan_shown, args=(workspace,), daemon=True).start()


def _placed(issue: Issue) -> Issue:
    """The issue with a link into the page, instead of into the report's."""
    return replace(issue, href=_PLACES.get(issue.href, f"/review{issue.href}"))
