"""The runs of an account, and what became of each. Sends nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rotor_import.config import Settings
from rotor_import.directory import pages_of
from rotor_import.errors import SettingsError
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.history import Tally, tally
from rotor_import.ledger.quota_usage import is_there
from rotor_import.ledger.runs import Run
from rotor_import.model.clock import moment
from rotor_import.model.summary import Summary
from rotor_import.pipeline.figures import requests_of
from rotor_import.pipeline.session import Session, World, need_key, new_run_id
from rotor_import.report import SUMMARY, Sent, after_sending

if TYPE_CHECKING:
    from rotor_import.model.before_image import BeforeImage

LAST = "last"
_PARTS = {"run", "mode", "state", "files", "rows", "changes", "sent", "requests", "forecast", "report"}
"""The keys of a summary that are shown: a file without them is not a summary."""
_NAMED = 5
"""How many of the runs that a prefix fits are named."""


def runs(settings: Settings, limit: int = 20, world: World | None = None) -> dict[str, Any]:
    """The newest `limit` runs (0 for all of them), the oldest first. `older` counts the others."""
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        history = _history(session)
        chosen = history[-limit:] if limit else history
        tallies = tally(session.ledger, [run.id for run in chosen])
    return {"runs": [_line(run, tallies[run.id]) for run in chosen], "older": len(history) - len(chosen)}


def show(name: str, settings: Settings, world: World | None = None) -> dict[str, Any]:
    """One run's contract object as it stands now: `name` is its id, a beginning of it, or `last`.

    A dry run leaves nothing in the ledger, so it is looked for among the reports. Raises SettingsError.
    """
    world = world or World()
    with Session(settings, world, new_run_id(world.clock)) as session:
        need_key(session)
        account = session.known_account()
        history = _history(session)
        found = _named(history, name)
        dry = {} if name == LAST else _dry_runs(settings.report_dir, name)
        _only_one(name, [*(run.id for run in found), *dry])
        if account is not None and found:
            run = next((run for run in found if run.id == name), found[0])
            return as_it_stands(session, account, run)
    if dry:
        return dry.get(name) or next(iter(dry.values()))
    raise SettingsError(
        f"There is no run {name} of this API key in this ledger, and no dry run in {settings.report_dir}. "
        "To list the runs: rotor-import runs"
    )


def find_run(session: Session, name: str) -> Run:
    """The run in the ledger: `name` is its id, a beginning of it, or `last` for the last import, which is no undo.

    Raises SettingsError.
    """
    history = _history(session)
    found = _named([run for run in history if name != LAST or run.mode != "undo"], name)
    if not name or not found:
        raise SettingsError(
            f"There is no run {name} of this API key in this ledger. To list the runs: rotor-import runs"
        )
    _only_one(name, [run.id for run in found])
    return next((run for run in found if run.id == name), found[0])


def changed_by(session: Session, account: Account, runs: Sequence[Run]) -> tuple[list[BeforeImage], list[str]]:
    """What each customer was before these runs, in the runs' order, and what is told where some of it wasn't saved.

    Raises SettingsError for a run of which nothing was saved.
    """
    from rotor_import.ledger.before_images import BeforeImages  # noqa: PLC0415 - few commands ask for it

    store, notes = BeforeImages(session.ledger, account.id), []
    for run in runs:
        without, every = store.lacking(run.id)
        if without and without == every:
            raise SettingsError(
                f"The run {run.id} was made by an earlier version of rotor-import, which didn't keep what customers "
                "were before. It can't be undone or verified."
            )
        if without:
            notes.append(
                f"{without:,} of the customers that the run {run.id} changed can't be undone or verified: an earlier "
                "version of rotor-import changed them, which didn't keep what they were before."
            )
    return [image for run in runs for image in store.of_run(run.id)], notes


def _named(history: Sequence[Run], name: str) -> Sequence[Run]:
    """The runs that a name may mean. Raises SettingsError if it is `last` and there is none."""
    if name == LAST and not history:
        raise SettingsError("This ledger has no runs of this API key yet.")
    return history[-1:] if name == LAST else [run for run in history if run.id.startswith(name)]


def _only_one(name: str, found: Sequence[str]) -> None:
    """Raises SettingsError."""
    names = list(dict.fromkeys(found))
    if len(names) > 1 and name not in names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        raise SettingsError(f"{name} could be {', '.join(names[:_NAMED])}{more}. Type more of the name.")


def has_history(settings: Settings) -> bool:
    """Whether there is a ledger at all. Asking makes none."""
    return is_there(settings.ledger_url)


def report_of(name: str, settings: Settings, world: World | None = None) -> Path | None:
    """Where the report of a run is, by the run's whole id; None if this account has no such run in the ledger."""
    if not has_history(settings):
        return None
    world = world or World()
    with Session(settings, world, new_run_id(world.clock), looking=True) as session:
        found = [run for run in _history(session) if run.id == name and run.report]
    if not found:
        return None
    folder = Path(found[-1].report)
    return folder if folder.is_dir() else settings.report_dir / name  # it was written from another working folder


def run_ids(settings: Settings) -> list[str]:
    """The ids of the runs in the ledger, the newest first. Makes no ledger where there is none."""
    if not is_there(settings.ledger_url):
        return []
    return [run["run"] for run in reversed(runs(settings, limit=0)["runs"])]


def _history(session: Session) -> list[Run]:
    account = session.known_account()
    return session.runs.history(account.id) if account else []


def _line(run: Run, found: Tally) -> dict[str, Any]:
    return {
        **_about(run),
        "mode": run.mode,
        "state": run.state,
        "rows": run.summary["rows"]["read"],
        "rejected": run.summary["rows"]["rejected"],
        "created": found.outcomes.get("created", 0),
        "updated": found.outcomes.get("updated", 0),
        "failed": found.outcomes.get("refused", 0),
        "unknown": found.outbox.get("unknown", 0),
        "pending": found.outbox.get("pending", 0),
        "requests": sum(found.requests.values()),
        "files": [Path(str(file["path"])).name for file in run.files],
        "report": run.report,
    }


def _about(run: Run) -> dict[str, Any]:
    ended = run.finished_at
    return {
        "run": run.id,
        "feed": run.feed,
        "started": _stamp(run.started_at),
        "finished": None if ended is None else _stamp(ended),
    }


def _stamp(at: float) -> str:
    return moment(at).isoformat(timespec="seconds")


def as_it_stands(session: Session, account: Account, run: Run) -> dict[str, Any]:
    found = tally(session.ledger, [run.id])[run.id]
    outbox = session.outbox(account)
    sent = Sent.of(outbox.outcomes(run.id), found.outbox.get("unknown", 0), found.outbox.get("pending", 0))
    lost = [(outcome, len(rows)) for outcome, rows in outbox.lost_rows(run.id)]
    reading = pages_of(run.summary["directory"]["customers"])
    forecast = session.quota.forecast(sent.pending + reading if sent.pending else 0, reading, reads_first=True)
    return {
        **after_sending(cast("Summary", run.summary), sent, lost),
        "state": run.state,
        "requests": requests_of(session, run.id),
        "forecast": forecast.as_json(),
        **_about(run),
        "report_there": _is_there(run.report),
    }


def _dry_runs(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """The dry runs whose id begins with `name`, by id."""
    if not name or not folder.is_dir():
        return {}
    paths: Sequence[Path] = sorted(path for path in folder.iterdir() if path.name.startswith(name))
    summaries = {path.name: saved_summary(path) for path in paths}
    return {
        run: {**summary, "report_there": True} for run, summary in summaries.items() if summary.get("mode") == "plan"
    }


def saved_summary(folder: Path) -> Mapping[str, Any]:
    """A folder's summary, or an empty one if there is none that can be read."""
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return summary if isinstance(summary, dict) and summary.keys() >= _PARTS else {}


def _is_there(report: str) -> bool:
    return bool(report) and Path(report).is_dir()
