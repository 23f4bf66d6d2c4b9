"""The import: planned, committed to the ledger, then sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from rotor_import.config import Settings
from rotor_import.errors import Safeguard
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.runs import Run
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.model.plan import Plan
from rotor_import.model.summary import KnownCounts, Summary
from rotor_import.pipeline import approval
from rotor_import.pipeline.asked_at import AskedAt
from rotor_import.pipeline.commitment import commitment, sending
from rotor_import.pipeline.decisions import Decided
from rotor_import.pipeline.drainer import drainer
from rotor_import.pipeline.execute import carry_out
from rotor_import.pipeline.file_stats import file_stats, shared_keys
from rotor_import.pipeline.history import as_it_stands
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.planning import plan_inputs
from rotor_import.pipeline.problems import known_of, problems_of
from rotor_import.pipeline.progress import OnProgress, Telling
from rotor_import.pipeline.proposal import Proposal
from rotor_import.pipeline.reading import Inputs, chosen_decisions, read
from rotor_import.pipeline.remote_files import each
from rotor_import.pipeline.results import finish_report, nothing_pending, plan_summary
from rotor_import.pipeline.run_options import RunOptions
from rotor_import.pipeline.saved import SavedPlan
from rotor_import.pipeline.session import Session, World, new_run_id
from rotor_import.pipeline.trial import choose
from rotor_import.pipeline.trial_report import continued, tried
from rotor_import.report import Sent, Writer, count_cells, make_folder, write_page, write_plan, write_summary


def run_import(
    files: Sequence[Path | str],
    mapping: CustomerMapping | str | Path | None = None,
    settings: Settings | None = None,
    world: World | None = None,
    *,
    decisions: Decided | None = None,
    progress: OnProgress | None = None,
) -> ImportReport:
    """Plan, then send. The same files and mapping with changes still pending go on where they stopped.

    If the world's `confirm` says no, nothing is sent, and what is left is a dry run's report.

    One of the files may be a saved plan: then the mapping may be left out, and the other files are the plan's, moved.
    `decisions` are a frame like `report.review`, or the path of a review.csv; only lines with a `decision` count.
    `progress` is called with a ProgressEvent now and then, in the calling thread. If it raises an exception, it is not
    called again, and the import goes on and warns at its end.
    Raises the errors of `rotor_import.errors` for what happens before the plan is committed; what happens
    after it is in the report.
    """
    settings = settings or Settings()
    with Telling(world or World(), progress) as told:
        files = each(files)
        saved, others = approval.saved_among(files)
        if saved is not None:
            return _run_saved(saved, others, mapping, settings, told, decisions)
        run = new_run_id(told.clock)
        inputs = read(files, mapping, settings, decisions, sleep=told.clock.sleep)
        make_folder(settings.report_dir)
        with drainer(settings, told, run) as (session, account):
            return take(session, account, inputs, run)


def take(
    session: Session, account: Account, inputs: Inputs, run: str, options: RunOptions | None = None
) -> ImportReport:
    """Plan and send, or go on with the same files where they stopped."""
    for unfinished in session.runs.unfinished(account.id):
        if unfinished.fingerprint == inputs.fingerprint and unfinished.feed == inputs.mapping.feed:
            return _go_on(session, account, unfinished)
    return _start(session, account, inputs, run, options or RunOptions())


def _run_saved(
    saved: SavedPlan,
    files: Sequence[Path | str],
    mapping: CustomerMapping | str | Path | None,
    settings: Settings,
    world: World,
    decisions: Decided | None,
) -> ImportReport:
    """Only if everything is as it was approved, or the run was begun already. Raises PlanError."""
    settings, run = approval.approved_settings(saved, settings), new_run_id(world.clock)
    make_folder(settings.report_dir)
    with drainer(settings, world, run) as (session, account):
        approval.check_account(saved, session, account)
        earlier = approval.carried_out(session, account, saved)
        if earlier is not None:
            if earlier.id in {run.id for run in session.runs.unfinished(account.id)}:
                return _go_on(session, account, earlier)
            notes = [approval.already(saved, earlier)]
            return ImportReport({**nothing_pending(session).summary, "plan": saved.manifest.id, "notes": notes})
        decided = chosen_decisions(settings, decisions)
        again = approval.approved_files(saved, files), approval.approved_mapping(saved, mapping)
        corrections = saved.manifest.corrections if settings.corrections is None else None
        inputs = read(*again, replace(settings, decisions=None), decided, corrections)
        inputs = approval.approved_inputs(saved, inputs, decided=decided is not None)
        guard = approval.Guard(saved, session, account, inputs.mapping.feed)
        return _start(session, account, inputs, run, RunOptions(guard=guard, plan=saved.manifest.id))


def _go_on(session: Session, account: Account, run: Run) -> ImportReport:
    """Send what the run has left, if that is wanted."""
    confirm, run = session.world.confirm, continued(session, account, run)
    if confirm is not None:
        standing = cast("Summary", {**as_it_stands(session, account, run), "state": "paused"})
        left = standing["sent"]["pending"] + standing["sent"]["unknown"]
        left = min(left, session.settings.sample or left)
        if left and not confirm(Proposal(standing, left, goes_on=True)):
            return ImportReport(standing, is_declined=True)
    return carry_out(session, account, run)


def _start(session: Session, account: Account, inputs: Inputs, run: str, options: RunOptions) -> ImportReport:
    """Everything is in the ledger and on disk before the first change is sent."""
    feed = inputs.mapping.feed
    _end_undos(session, account, feed)
    session.quota.charge_to(run)
    whole = Feed(session.ledger, account.id, feed) if options.whole else None
    plan, knowledge = plan_inputs(session, account, inputs, run, whole, only_new=options.mode == "sync")
    problems = problems_of(plan, inputs.sources)
    known = known_of(session, account, feed, problems)
    summary = _planned(session, plan, inputs, run, options, known)
    _check(session, plan, summary, options)
    changes = None
    if session.settings.sample is not None:
        changes = sending(plan)
        summary["sample"] = tried(choose(changes, plan, inputs, session.settings.sample))
    asked_at = AskedAt.now(session)
    if (declined := _declined(session, plan, summary)) is not None:
        return declined
    is_fresh = asked_at.is_fresh()
    record = Run(
        id=run,
        account=account.id,
        feed=feed,
        mode=options.mode,
        fingerprint=inputs.fingerprint,
        matching=inputs.policy.matching.to_text(),
        region=inputs.mapping.default_region,
        state="paused",
        started_at=session.world.clock.now(),
        report=summary["report"],
        files=[vars(file) for file in plan.files],
        summary=summary,
    )
    session.runs.commit(commitment(record, plan, inputs, knowledge, options.done, problems.all, changes=changes))
    return carry_out(session, account, record, plan.directory if is_fresh else None)


def _end_undos(session: Session, account: Account, feed: str) -> None:
    """An undo of the feed that isn't finished goes first. Raises what stopped it."""
    for unfinished in session.runs.unfinished(account.id):
        if unfinished.mode != "undo" or unfinished.feed != feed:
            continue
        report = carry_out(session, account, unfinished, ends=True)
        if report.error is not None:
            raise report.error


def _planned(
    session: Session, plan: Plan, inputs: Inputs, run: str, options: RunOptions, known: KnownCounts
) -> Summary:
    """The plan's summary, once its tables are in the report's folder."""
    folder = session.settings.report_dir / run
    counted = count_cells(plan, inputs.sources, inputs.uses, inputs.rows)
    with Writer() as writer:
        write_plan(writer, folder, plan, inputs.sources, counted, reconcile=options.mode == "sync")
    stats = file_stats(inputs) | {"shared": shared_keys(inputs.rows)}
    summary = plan_summary(session, plan, counted, run=run, mode=options.mode, folder=folder, file_stats=stats)
    summary["known"] = known
    if options.plan:
        summary["plan"] = options.plan
    return summary


def _declined(session: Session, plan: Plan, summary: Summary) -> ImportReport | None:
    """The report of a dry run, if somebody is asked and does not want the plan to be sent.

    It is there before the question is asked, so that whoever decides can read it. After a yes it no longer says that
    nothing was sent, even if the run is killed before its end.
    """
    confirm, folder = session.world.confirm, Path(summary["report"])
    customers = len(summary["sample"]) if "sample" in summary else plan.requests()
    if confirm is None or not customers:
        return None
    shown: Summary = {**summary, "mode": "plan"}
    finish_report(session, folder, shown)
    if not confirm(Proposal(shown, customers)):
        return ImportReport(shown, is_declined=True)
    begun: Summary = {**summary, "state": "paused", "sent": Sent(pending=plan.requests()).as_json()}
    write_summary(folder, begun)
    write_page(folder, begun)
    return None


def _check(session: Session, plan: Plan, summary: Summary, options: RunOptions) -> None:
    """A plan that the guard stops has a finished report all the same: somebody has to look at it now."""
    try:
        options.guard(plan, summary)
    except Safeguard as error:
        notes = [str(error), *summary["notes"]]
        finish_report(session, Path(summary["report"]), {**summary, "state": "stopped", "notes": notes})
        raise
