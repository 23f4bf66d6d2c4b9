"""The imports of the destination that is chosen, what waits, and the feeds of the nightly drop, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rotor_import.errors import RotorImportError
from rotor_import.model.clock import in_words
from rotor_import.pipeline.history import has_history, runs
from rotor_import.pipeline.inspect import status
from rotor_import.report.page import PAGE
from rotor_import.web.reports import files_of
from rotor_import.web.workspace import Workspace

_FIRST = 50
"""So many runs are shown at first."""
_RUN_STATES = {
    "complete": ("Done", "go"),
    "paused": ("Paused", "wait"),
    "stopped": ("Stopped", "stop"),
    "superseded": ("Replaced", ""),
}
_DROP_STATES = {
    "complete": ("Up to date", "go"),
    "paused": ("Paused", "wait"),
    "stopped": ("Stopped", "stop"),
    "killed": ("Interrupted", "stop"),
    "under way": ("Running", "go"),
}


@dataclass(frozen=True)
class PastRun:
    """An import; `state` is its word and color, `why` adds to it. `files` are those of its report with what they hold.

    `started` is a time in UTC.
    """

    run: str
    started: str
    names: list[str]
    what: str
    added: int
    updated: int
    rejected: int
    state: tuple[str, str]
    why: str
    report: str
    files: list[tuple[str, str]]


@dataclass(frozen=True)
class Waiting:
    """What is still to be sent: how many customers, of which imports, and when that can go on ('' for now)."""

    pending: int
    unknown: int
    names: list[str]
    after: str
    by_itself: str


@dataclass(frozen=True)
class Nightly:
    """A feed with a drop folder: its last file and sync (in UTC), how that ended, and what is wrong or late."""

    feed: str
    file: str
    taken: str
    looked: str
    state: tuple[str, str]
    problems: list[str]
    held: int
    report: str


@dataclass(frozen=True)
class Past:
    """`why_not` says why there is nothing to show, '' where that is simply so."""

    runs: list[PastRun] = field(default_factory=list)
    older: int = 0
    waiting: Waiting | None = None
    nightly: list[Nightly] = field(default_factory=list)
    needs_key: bool = False
    why_not: str = ""


def past(workspace: Workspace, *, whole: bool = False) -> Past:
    """What the ledger remembers; `whole` for every run, not only the newest ones. Sends nothing."""
    settings, world = workspace.settings_now(), workspace.jobs.world
    if not settings.sandbox and not settings.key:
        return Past(needs_key=True)
    try:
        if not has_history(settings):
            return Past()
        found, now = runs(settings, 0 if whole else _FIRST, world), status(settings, world)
    except RotorImportError as error:
        return Past(why_not=workspace.told(error))
    listed = [_past_run(run, workspace) for run in reversed(found["runs"])]
    return Past(listed, found["older"], _waiting(workspace, now, listed), _nightly(now, listed))


def _past_run(run: Mapping[str, Any], workspace: Workspace) -> PastRun:
    folder = Path(run["report"]) if run["report"] else None
    if folder is not None and not folder.is_dir():
        folder = workspace.settings.report_dir / run["run"]
    files = files_of(folder) if folder is not None else []
    left, running = run["pending"] + run["unknown"], workspace.jobs.running
    state = _RUN_STATES.get(run["state"], (run["state"].capitalize(), ""))
    if running is not None and running.kind == "import" and workspace.desk.now.run == run["run"]:
        state = ("Sending", "go")
    elif left and run["state"] == "complete":
        state = _RUN_STATES["paused"]
    why = [f"{run['pending']:,} still to send"] if run["pending"] else []
    why += [f"{run['unknown']:,} unknown"] if run["unknown"] else []
    why += ["by a later import"] if run["state"] == "superseded" else []
    return PastRun(
        run=run["run"],
        started=run["started"],
        names=run["files"] or [run["feed"]],
        what={"sync": "nightly import", "undo": "undo"}.get(run["mode"], ""),
        added=run["created"],
        updated=run["updated"],
        rejected=run["rejected"] + run["failed"],
        state=state,
        why=", ".join(why),
        report=f"/reports/{run['run']}/{PAGE}" if PAGE in dict(files) else "",
        files=[(name, words) for name, words in files if name != PAGE],
    )


def _waiting(workspace: Workspace, now: Mapping[str, Any], listed: list[PastRun]) -> Waiting | None:
    if not now["pending"] and not now["unknown"]:
        return None
    names = [name for run in listed if "to send" in run.why or "unknown" in run.why for name in run.names]
    again = workspace.again.at
    return Waiting(
        now["pending"],
        now["unknown"],
        list(dict.fromkeys(names or now["feeds"])),
        _time(now["requests"]["free_at"]) if now["requests"]["waiting"] else "",
        in_words(again) if again else "",
    )


def _nightly(now: Mapping[str, Any], listed: list[PastRun]) -> list[Nightly]:
    reports = {run.run: run.report for run in listed}
    made = []
    for feed, drop in now["drops"].items():
        last = now["feed_runs"].get(feed, {})
        problems = [drop["error"] or last.get("error", ""), drop["late"]]
        state = _DROP_STATES.get(drop["state"], (drop["state"].capitalize(), ""))
        if drop["late"] and drop["state"] == "complete":
            state = ("Late", "wait")
        made.append(
            Nightly(
                feed,
                drop["file"],
                drop["taken"] or "",
                drop["looked"],
                state,
                [problem for problem in problems if problem],
                last.get("held", 0),
                reports.get(last.get("run", ""), ""),
            )
        )
    return made


def _time(stamp: str) -> str:
    return in_words(datetime.fromisoformat(stamp).timestamp())
