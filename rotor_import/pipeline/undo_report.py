"""What an undo comes to: its summary, and its report's folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from rotor_import.errors import RotorImportError
from rotor_import.ledger.undone import Undone
from rotor_import.model.before_image import UndoneCustomer
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.question import review_counts
from rotor_import.model.summary import Summary, UndoneCounts
from rotor_import.pipeline.figures import directory_read, forecast_of, requests_of
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.results import Noticed, state_after
from rotor_import.plan.way_back import WayBack
from rotor_import.report import Sent, write_summary, write_undo, write_undo_page

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.pending import PendingChange
    from rotor_import.ledger.runs import Run
    from rotor_import.pipeline.session import Session
    from rotor_import.upsert import Drained


def undo_summary(
    session: Session,
    account: Account,
    runs: Sequence[Run],
    ways: Sequence[WayBack],
    directory: Directory,
    notes: Sequence[str],
) -> Summary:
    """The contract's JSON object of an undo that is planned."""
    posts = sum(way.change is not None for way in ways)
    return {
        "run": session.run,
        "mode": "undo",
        "state": "complete",
        "files": [],
        "rows": {"read": 0, "left_out": 0, "rejected": 0, "merged": 0, "held": 0, "kept": 0},
        "changes": {"create": 0, "update": posts, "unchanged": len(ways) - posts, "undecided": 0},
        "review": review_counts({}),
        "sent": Sent().as_json(),
        "requests": requests_of(session, session.run),
        "directory": directory_read(directory),
        "forecast": forecast_of(session, posts, directory, starting=False),
        "report": str(session.settings.report_dir / session.run),
        "planned": session.world.clock.moment().isoformat(timespec="seconds"),
        "company": account.company,
        "sandbox": session.settings.sandbox,
        "notes": [*filter(None, [directory.note]), *notes, *session.quota.state().notes],
        "undoes": [run.id for run in runs],
        "undone": _counts([way.customer for way in ways if way.change is None]),
    }


def planned_report(session: Session, run: Run, ways: Sequence[WayBack], directory: Directory) -> ImportReport:
    """The report of an undo of which nothing was sent."""
    waiting = {way.customer.customer for way in ways if way.change is not None}
    forecast = forecast_of(session, len(waiting), directory, starting=True)
    customers = [way.customer for way in ways]
    planned = {"forecast": forecast, "planned_only": True, "undone": _counts(customers)}
    summary = cast("Summary", {**run.summary, **planned})
    _write(summary, customers, waiting, directory)
    return ImportReport(summary)


@dataclass(frozen=True)
class _Standing:
    """An undo as the ledger has it: its customers, and the changes that are `left`."""

    customers: Sequence[UndoneCustomer]
    left: Sequence[PendingChange]
    sent: Sent

    @classmethod
    def of(cls, session: Session, account: Account, run: Run) -> Self:
        outbox = session.outbox(account)
        left = [change for change in outbox.pending() if change.run == run.id]
        unknown = sum(change.unknown for change in left)
        customers = Undone(session.ledger, account.id, run.id, run.summary["undoes"]).customers()
        return cls(customers, left, Sent.of(outbox.outcomes(run.id), unknown, len(left) - unknown))

    @property
    def waiting(self) -> set[str]:
        return {change.customer for change in self.left}

    @property
    def counts(self) -> UndoneCounts:
        waiting = self.waiting
        return _counts([one for one in self.customers if one.customer not in waiting])


def stands(session: Session, account: Account, run: Run) -> ImportReport:
    """An undo that was begun, as it stands; nothing is sent or written."""
    standing = _Standing.of(session, account, run)
    now: dict[str, object] = {"state": "paused", "sent": standing.sent.as_json(), "undone": standing.counts}
    return ImportReport(cast("Summary", {**run.summary, **now, "requests": requests_of(session, run.id)}))


def undo_report(
    session: Session,
    account: Account,
    run: Run,
    directory: Directory,
    drained: Drained,
    noticed: Noticed,
) -> ImportReport:
    """The undo as it stands now, written to the ledger and to its folder."""
    standing = _Standing.of(session, account, run)
    state = state_after(drained, [change for change in standing.left if not change.unknown])
    summary: Summary = {
        **cast("Summary", run.summary),
        "state": state,
        "sent": standing.sent.as_json(),
        "requests": requests_of(session, run.id),
        "directory": directory_read(directory),
        "forecast": forecast_of(session, len(standing.left), directory, starting=True),
        "notes": list(dict.fromkeys([*run.summary["notes"], *noticed.notes, *session.quota.state().notes])),
        "undone": standing.counts,
    }
    error = drained.error if isinstance(drained.error, RotorImportError) else None
    if error is not None:
        summary["error"] = {"message": str(error)}
    _write(summary, standing.customers, standing.waiting, directory)
    shown = {**run.summary, "undone": summary["undone"], "notes": summary["notes"]}
    session.runs.save(replace(run, state=state, summary=shown, finished_at=session.world.clock.now()))
    return ImportReport(summary, error)


def _write(
    summary: Summary,
    customers: Sequence[UndoneCustomer],
    waiting: Collection[str],
    directory: Directory,
) -> None:
    folder, names = Path(summary["report"]), {one.customer for one in customers}
    known: dict[str, Customer] = {name: directory.customers[name] for name in names if name in directory.customers}
    write_summary(folder, summary)
    write_undo_page(folder, summary, write_undo(folder, customers, waiting, known))


def _counts(customers: Sequence[UndoneCustomer]) -> UndoneCounts:
    fates = Counter(one.fate for one in customers)
    return {
        "restored": fates["restored"],
        "deactivated": fates["deactivated"],
        "kept": fates["kept"],
        "impossible": fates["impossible"],
    }
