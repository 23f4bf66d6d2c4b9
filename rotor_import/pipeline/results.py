"""What a plan or a run comes to: the contract's summary, and its report folder brought up to date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rotor_import.errors import RotorImportError
from rotor_import.model.change import HeldField, Outcome
from rotor_import.model.customer import Directory
from rotor_import.model.listed import some
from rotor_import.model.plan import Plan, SourceFile, count_rows
from rotor_import.model.question import KINDS, Question, Shown, review_counts
from rotor_import.model.rows import Notice, SourceTable
from rotor_import.model.summary import (
    MissingCounts,
    Mode,
    ReviewCounts,
    RunState,
    Summary,
)
from rotor_import.pipeline.figures import directory_read, forecast_of, requests_of
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.problems import problems_of_sending
from rotor_import.pipeline.questions import count_kinds, field_questions, in_order
from rotor_import.pipeline.session import Session
from rotor_import.pipeline.trial_report import add_trial
from rotor_import.quota import QuotaState
from rotor_import.report import (
    Aftermath,
    ColumnCounts,
    LostRow,
    Sent,
    Writer,
    after_sending,
    amend,
    count_asked,
    planned_values,
    write_page,
    write_plan,
    write_summary,
)
from rotor_import.report.workbook import has_workbook, write_workbook

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.outbox import Outbox
    from rotor_import.ledger.pending import PendingChange, PendingRow
    from rotor_import.ledger.runs import Run
    from rotor_import.upsert import Drained


_REFUSED = 200
"""Refused decisions in a summary; the notes count all of them."""
NOTHING_PENDING = "Nothing is pending."


@dataclass
class Noticed:
    """What sending has found out: fields that somebody changed meanwhile, and notes for people."""

    held: list[HeldField] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def plan_summary(
    session: Session,
    plan: Plan,
    counted: Sequence[ColumnCounts],
    *,
    run: str,
    mode: Mode,
    folder: Path,
    file_stats: Mapping[str, Any],
) -> Summary:
    """The contract's JSON object for what was planned. Raises Defect if the rows do not add up."""
    rows, quota = count_rows(plan), session.quota.state()
    reasons = Counter(reject.reason for reject in plan.rejects)
    posts, account = plan.requests(), session.known_account()
    return {
        "run": run,
        "mode": mode,
        "state": "complete",
        "files": [{"path": file.path, "sha256": file.sha256, "rows": file.rows} for file in plan.files],
        "rows": rows,
        "changes": plan.counted(),
        "review": count_kinds(plan.questions),
        "sent": Sent().as_json(),
        "requests": requests_of(session, run, quota),
        "directory": directory_read(plan.directory),
        "forecast": forecast_of(session, posts, plan.directory, starting=mode == "plan"),
        "report": str(folder),
        "planned": session.world.clock.moment().isoformat(timespec="seconds"),
        "company": account.company if account else "",
        "sandbox": session.settings.sandbox,
        "mapping": plan.mapping,
        "reject_reasons": dict(reasons.most_common(10)),
        "warnings": len(plan.notices),
        "kept_otherwise": 0,
        "skipped": len(plan.skipped),
        "refused": dict(islice(plan.refused.items(), _REFUSED)),
        "suspicious": sum(len(change.suspicious) for change in plan.changes),
        "held_fields": sum(len(change.held_fields) for change in plan.changes),
        "notes": [*filter(None, [plan.directory.note]), *plan.notes, *quota.notes],
        "not_imported": [
            {"file": one.file, "column": one.column, "filled": one.filled} for one in counted if one.is_left_out
        ],
        "columns": [
            {"file": one.file, "column": one.column, "fields": list(one.fields), "rows": list(one.rows)}
            for one in counted
            if one.fields
        ],
        "missing": _missing(plan),
        "facts": file_stats,
    }


def _missing(plan: Plan) -> MissingCounts:
    return {
        "customers": len(plan.missing),
        "new": sum(missing.new for missing in plan.missing),
        "inactive": sum(change.sends for change in plan.absences),
    }


def sent_report(
    session: Session,
    account: Account,
    run: Run,
    directory: Directory,
    drained: Drained,
    noticed: Noticed,
) -> ImportReport:
    """The run as it stands now, written to the ledger and to its folder."""
    outbox = session.outbox(account)
    left = [change for change in outbox.pending() if change.run == run.id]
    outcomes = outbox.outcomes(run.id)
    lost = outbox.lost_rows(run.id)
    kept = _kept_otherwise(outbox, run)
    unknown = [change for change in left if change.unknown]
    pending = [change for change in left if not change.unknown]
    state = state_after(drained, pending)
    folder = Path(run.report)
    questions = _asked(session, run, folder, lost, noticed.held, directory)
    rows = [LostRow(row.ref, outcome, row.cells) for outcome, pending_rows in lost for row in pending_rows]
    files = [SourceFile.of(stored) for stored in run.files]
    amend(folder, Aftermath(files, outcomes, rows, [change.number for change in unknown], questions, kept))
    quota = session.quota.state()
    planned = cast("Summary", run.summary)
    review = count_asked(folder) or _added(planned["review"], count_kinds(questions))
    sent = Sent.of(outcomes, len(unknown), len(pending))
    summary: Summary = {
        **after_sending(planned, sent, [(outcome, len(rows)) for outcome, rows in lost]),
        "state": state,
        "review": review,
        "requests": requests_of(session, run.id, quota),
        "directory": directory_read(directory),
        "forecast": forecast_of(session, sum(not change.unfindable for change in left), directory, starting=True),
        "held_fields": review["field"],
        "warnings": planned["warnings"] + len(kept),
        "notes": _notes(quota, run, noticed, drained),
        "kept_otherwise": len(kept),
    }
    if "sample" in planned:
        add_trial(summary, outcomes, directory, folder)
    error = drained.error if isinstance(drained.error, RotorImportError) else None
    if error is not None:
        summary["error"] = {"message": str(error)}  # the page tells of a pause too: when it goes on, and how
    finish_report(session, folder, summary)
    told = frozenset(problems_of_sending(lost, questions, files))
    session.runs.save(replace(run, state=state, finished_at=session.world.clock.now()), told)
    return ImportReport(summary, error)


def _notes(quota: QuotaState, run: Run, noticed: Noticed, drained: Drained) -> list[str]:
    """What there is to say, each once."""
    said = (*run.summary["notes"], *noticed.notes, *_misnamed(drained.misnamed), *quota.notes)
    return list(dict.fromkeys(said))


def _misnamed(count: int) -> Iterator[str]:
    if count:
        changes = "1 change" if count == 1 else f"{count} changes"
        yield (
            f"Rotor answered {changes} with another customer's ID, so "
            "it isn't known who was changed; the next run looks it up."
        )


def _asked(
    session: Session,
    run: Run,
    folder: Path,
    lost: Sequence[tuple[Outcome, Sequence[PendingRow]]],
    held: Sequence[HeldField],
    directory: Directory,
) -> tuple[Question, ...]:
    """What came up while the run was sent."""
    names = {outcome.label for outcome, _ in lost if outcome.state == "held"} | {field.customer for field in held}
    values = planned_values(folder, names)
    # A plan without Rotor's list needs neither database nor network.
    from rotor_import.ledger.feeds import Feed  # noqa: PLC0415
    from rotor_import.pipeline.sent_questions import row_questions  # noqa: PLC0415

    feed = Feed(session.ledger, run.account, run.feed)
    known = some(directory, {field.customer for field in held})
    rows = {
        field.ref: Shown.of({**known[field.customer].values, **values[field.customer]}, ref=field.ref)
        for field in held
        if field.customer in known
    }
    asked = row_questions(feed, run.feed, lost, directory, values)
    return in_order((*asked, *field_questions(run.feed, held, directory, rows)))


def _added(one: ReviewCounts, other: ReviewCounts) -> ReviewCounts:
    return review_counts({kind: one.get(kind, 0) + other[kind] for kind in KINDS})


def _kept_otherwise(outbox: Outbox, run: Run) -> list[Notice]:
    """The values of which Rotor kept something else than it was sent, by row and field."""
    return [
        Notice(*row.ref, field, "", words)
        for outcome, rows in outbox.kept_otherwise(run.id)
        for row in rows
        for field, words in outcome.problems
    ]


def finish_report(session: Session, folder: Path, summary: Summary) -> None:
    """Write the summary, the page, and the workbook if one is wanted or is there already, from the folder's files."""
    write_summary(folder, summary)
    write_page(folder, summary, None, session.counted.log(summary["run"]))
    _add_workbook(session, folder)


def write_report(
    session: Session,
    plan: Plan,
    sources: Sequence[SourceTable],
    counted: Sequence[ColumnCounts],
    summary: Summary,
) -> None:
    """Write the whole report of a plan; the page is made while its tables are written."""
    folder = Path(summary["report"])
    with Writer() as writer:
        frames = write_plan(writer, folder, plan, sources, counted)
        write_summary(folder, summary, writer.save_text)
        write_page(folder, summary, frames, session.counted.log(summary["run"]), writer.save_text)
    _add_workbook(session, folder)


def _add_workbook(session: Session, folder: Path) -> None:
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
            "rows": {"read": 0, "left_out": 0, "rejected": 0, "merged": 0, "held": 0, "kept": 0},
            "changes": {"create": 0, "update": 0, "unchanged": 0, "undecided": 0},
            "review": review_counts({}),
            "sent": Sent().as_json(),
            "requests": requests_of(session, session.run),
            "directory": directory_read(directory),
            "forecast": forecast_of(session, 0, directory, starting=False),
            "report": "",
            "notes": [NOTHING_PENDING, *session.quota.state().notes],
        }
    )


def state_after(drained: Drained, pending: Sequence[PendingChange]) -> RunState:
    if drained.state == "complete" and pending:
        return "paused"
    return drained.state
