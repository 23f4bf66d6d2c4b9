"""What a plan or a run came to: the contract's summary, and the report's folder brought up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rotor_import.directory import pages_of
from rotor_import.errors import RotorImportError
from rotor_import.model.change import HeldField
from rotor_import.model.customer import Directory
from rotor_import.model.plan import KEPT, Plan, SourceFile, count_rows
from rotor_import.pipeline.session import Session
from rotor_import.report import Aftermath, Frames, LostRow, Sent, Summary, amend, write_page, write_summary
from rotor_import.report.workbook import has_workbook, write_workbook

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.pending import PendingChange
    from rotor_import.ledger.runs import Run
    from rotor_import.upsert import Drained


@dataclass(frozen=True)
class ImportReport:
    """`summary` is the contract's JSON object; `error` is what ended the run early, None where nothing did."""

    summary: Mapping[str, Any]
    error: RotorImportError | None = None

    @property
    def troubled(self) -> int:
        """Rows or changes that a person has to look at."""
        rows, sent = self.summary["rows"], self.summary["sent"]
        return int(rows["rejected"] + rows["held"] + sent["unknown"])


def plan_summary(
    session: Session, plan: Plan, *, run: str, mode: str, folder: Path, file_stats: Mapping[str, Any]
) -> dict[str, Any]:
    """Raises Defect if the rows do not add up."""
    rows = count_rows(plan)
    reasons = Counter(one.reason for one in plan.rejects)
    posts = plan.requests()
    return {
        "run": run,
        "mode": mode,
        "state": "complete",
        "files": [{"path": one.path, "sha256": one.sha256, "rows": one.rows} for one in plan.files],
        "rows": rows,
        "changes": plan.counted(),
        "sent": vars(Sent()),
        "requests": requests_of(session, run),
        "directory": _directory(plan.directory),
        "forecast": _forecast(session, posts, plan.directory, starting=mode == "plan"),
        "report": str(folder),
        "reject_reasons": dict(reasons.most_common(10)),
        "warnings": len(plan.notices),
        "skipped": len(plan.skipped),
        "suspicious": sum(len(change.suspicious) for change in plan.changes),
        "held_fields": sum(len(change.held_fields) for change in plan.changes),
        "notes": [*filter(None, [plan.directory.note]), *plan.notes],
        "missing": {
            "customers": len(plan.missing),
            "new": sum(one.new for one in plan.missing),
            "inactive": sum(change.sends for change in plan.absences),
        },
        "facts": file_stats,
    }


def sent_report(
    session: Session,
    account: Account,
    run: Run,
    directory: Directory,
    drained: Drained,
    held: Sequence[HeldField],
) -> ImportReport:
    """The run as it stands now, in the ledger and in its folder."""
    outbox = session.outbox(account)
    left = [change for change in outbox.pending() if change.run == run.id]
    outcomes = outbox.outcomes(run.id)
    lost = outbox.lost_rows(run.id)
    unknown, pending = _unfinished(left)
    state = _state(drained, pending)
    files = [
        SourceFile(**{**one, "columns": tuple(one["columns"]), "filled": tuple(one.get("filled", ()))})
        for one in run.files
    ]
    summary = Summary(
        run.summary, Sent.of(outcomes, len(unknown), len(pending)), [(one, len(rows)) for one, rows in lost]
    ).as_json(
        state=state,
        requests=requests_of(session, run.id),
        directory=_directory(directory),
        forecast=_forecast(session, sum(not (one.unknown and one.keyless) for one in left), directory, starting=True),
        held_fields=run.summary["held_fields"] + len(held),
    )
    folder = Path(run.report)
    rows = [LostRow(row.ref, one, row.cells) for one, many in lost for row in many]
    amend(folder, Aftermath(files, outcomes, rows, [change.number for change in unknown], held))
    finish_report(session, folder, summary)
    ended = session.world.clock.now()
    session.runs.save(replace(run, state=state, finished_at=ended, summary=run.summary))
    error = drained.error if isinstance(drained.error, RotorImportError) else None
    return ImportReport(summary, error)


def finish_report(session: Session, folder: Path, summary: Mapping[str, Any], frames: Frames | None = None) -> None:
    """The summary, the page, and the workbook where one is wanted, or an earlier plan of the run left one.

    The page is made from `frames`, else from the folder's files.
    """
    write_summary(folder, summary)
    write_page(folder, summary, frames, session.counted.log(summary["run"]))
    if session.settings.xlsx or has_workbook(folder):
        write_workbook(folder)


def nothing_pending(session: Session) -> ImportReport:
    directory = Directory()
    return ImportReport(
        {
            "run": session.run,
            "mode": "run",
            "state": "complete",
            "files": [],
            "rows": dict.fromkeys(("read", "left_out", "rejected", "merged", "held", "kept"), 0),
            "changes": dict.fromkeys(KEPT, 0),
            "sent": vars(Sent()),
            "requests": requests_of(session, session.run),
            "directory": _directory(directory),
            "forecast": _forecast(session, 0, directory, starting=False),
            "report": "",
            "notes": ["Nothing is pending."],
        }
    )


def _unfinished(left: Sequence[PendingChange]) -> tuple[list[PendingChange], list[PendingChange]]:
    """Changes whose request may have been carried out, and those that were not sent."""
    return [change for change in left if change.unknown], [change for change in left if not change.unknown]


def _state(drained: Drained, pending: Sequence[PendingChange]) -> str:
    if drained.state == "complete" and pending:
        return "paused"
    return drained.state


def requests_of(session: Session, run: str) -> dict[str, int]:
    used = session.counted.count_by_method(run)
    return {
        "used": sum(used.values()),
        "get": used.get("GET", 0),
        "post": used.get("POST", 0),
        "remaining": session.quota.state().remaining,
        "limit": session.settings.daily_limit,
    }


def _directory(directory: Directory) -> dict[str, Any]:
    return {
        "source": directory.source,
        "complete": directory.complete,
        "customers": len(directory.customers),
    }


def _forecast(session: Session, posts: int, directory: Directory, *, starting: bool) -> dict[str, Any]:
    """Reading Rotor's list costs requests too, each time that the run goes on."""
    reading = pages_of(len(directory.customers)) if session.settings.directory == "api" else 0
    requests = posts + reading if starting and posts else posts
    forecast = session.quota.forecast(requests, reading)
    return {
        "requests": forecast.requests,
        "days": forecast.days,
        "finish": forecast.finish.isoformat(),
    }
