"""The order of an import: read, map, normalize, dedupe, plan, upsert, report."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.config import Settings
from rotor_import.errors import Safeguard, SettingsError
from rotor_import.mapping import Mapping, load_mapping
from rotor_import.model.plan import Plan
from rotor_import.pipeline import approval
from rotor_import.pipeline.decisions import read_decisions
from rotor_import.pipeline.file_stats import file_stats
from rotor_import.pipeline.planning import Knowledge, make_plan, read_directory
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.reading import Inputs, read_inputs
from rotor_import.pipeline.results import ImportReport, finish_report, nothing_pending, plan_summary
from rotor_import.pipeline.run_options import RunOptions
from rotor_import.pipeline.saved import SavedPlan, check_target
from rotor_import.pipeline.session import READ, Session, World, need_key, new_run_id
from rotor_import.report import make_folder, write_plan

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.feeds import Feed
    from rotor_import.ledger.runs import Run

__all__ = [
    "ImportReport",
    "RunOptions",
    "Settings",
    "World",
    "drainer",
    "go_on",
    "nothing_pending",
    "plan_import",
    "read",
    "resume",
    "run_import",
    "take",
]


def plan_import(
    files: Sequence[Path | str],
    mapping: Mapping | str | Path | None,
    settings: Settings | None = None,
    world: World | None = None,
    *,
    save: Path | str | None = None,
) -> ImportReport:
    """The dry run: what `run_import` would do now. Sends no POST, and with `directory="none"` nothing at all.

    `save` is where to put the plan, for `run_import` to be held to it. Raises the errors of `rotor_import.errors`.
    """
    settings, world = settings or Settings(), world or World()
    target = None if save is None else Path(save)
    if target is not None:
        check_target(target)
    run = new_run_id(world.clock)
    with _no_collection():
        inputs = read(files, mapping, settings)
    make_folder(settings.report_dir)
    with Session(settings, world, run, looking=settings.directory != "api") as session:
        account = session.known_account() if settings.directory != "api" else _account(session)
        plan, _ = _plan(session, account, inputs, run, lasting=False)
        folder = settings.report_dir / run
        noted = file_stats(inputs)
        inputs = replace(inputs, rows=inputs.rows.clear())  # the plan has them: it is all that is written and told
        frames = write_plan(folder, plan, inputs.sources)
        summary = plan_summary(session, plan, run=run, mode="plan", folder=folder, file_stats=noted)
        finish_report(session, folder, summary, frames)
        if target is not None:
            approval.keep_plan(target, session, account, approval.Source(files, mapping, inputs), plan, summary)
        return ImportReport(summary)


def run_import(
    files: Sequence[Path | str],
    mapping: Mapping | str | Path | None = None,
    settings: Settings | None = None,
    world: World | None = None,
) -> ImportReport:
    """Plan, then send. The same files and mapping with changes still pending go on where they stopped.

    One of the files may be a saved plan: then the mapping may be left out, and the other files are the plan's, moved.
    Raises the errors of `rotor_import.errors` for what happens before the plan is committed; what happens
    after it is in the report.
    """
    settings, world = settings or Settings(), world or World()
    saved, others = approval.saved_among(files)
    if saved is not None:
        return _run_saved(saved, others, mapping, settings, world)
    run = new_run_id(world.clock)
    with _no_collection():
        inputs = read(files, mapping, settings)
    make_folder(settings.report_dir)
    with drainer(settings, world, run) as (session, account):
        return take(session, account, inputs, run)


def _run_saved(
    saved: SavedPlan, files: Sequence[Path], mapping: Mapping | str | Path | None, settings: Settings, world: World
) -> ImportReport:
    """Go on only if all is as it was approved, or the run was begun already. Raises PlanError."""
    settings, run = approval.approved_settings(saved, settings), new_run_id(world.clock)
    make_folder(settings.report_dir)
    with drainer(settings, world, run) as (session, account):
        approval.check_account(saved, session, account)
        earlier = approval.carried_out(session, account, saved)
        if earlier is not None:
            if earlier.id in {run.id for run in session.runs.unfinished(account.id)}:
                return _go_on(session, account, earlier)
            done = {"plan": saved.manifest.id, "notes": [approval.already(saved, earlier)]}
            return ImportReport({**nothing_pending(session).summary, **done})
        with _no_collection():
            inputs = read(approval.approved_files(saved, files), approval.approved_mapping(saved, mapping), settings)
        approval.check_inputs(saved, inputs)
        inputs = approval.approved_decisions(saved, inputs, given=settings.decisions is not None)
        guard = approval.Guard(saved, session, account, inputs.mapping.feed)
        return _start(session, account, inputs, run, RunOptions(False, guard, (), mode="run", plan=saved.manifest.id))


def resume(settings: Settings | None = None, world: World | None = None) -> list[ImportReport]:
    """Go on with every run that has changes pending, the oldest first; stops where the quota does."""
    settings, world = settings or Settings(), world or World()
    with drainer(settings, world, new_run_id(world.clock)) as (session, account):
        return go_on(session, account) or [nothing_pending(session)]


@contextmanager
def drainer(settings: Settings, world: World, run: str) -> Iterator[tuple[Session, Account]]:
    """The account, held: nobody else sends to it until the block ends. Raises AccountBusy."""
    with Session(settings, world, run) as session:
        account = _account(session)
        with session.only_one(account):
            session.attempts.settle_lost(session.key_hash)
            yield session, account


def take(
    session: Session, account: Account, inputs: Inputs, run: str, intake: RunOptions | None = None
) -> ImportReport:
    """Plan and send, or go on with the same files where they stopped."""
    for unfinished in session.runs.unfinished(account.id):
        if unfinished.fingerprint == inputs.fingerprint and unfinished.feed == inputs.mapping.feed:
            return _go_on(session, account, unfinished)
    return _start(session, account, inputs, run, intake)


def go_on(session: Session, account: Account, feed: str | None = None) -> list[ImportReport]:
    """With every unfinished run, or with those of a feed, the oldest first; stops where one of them does."""
    reports: list[ImportReport] = []
    for unfinished in session.runs.unfinished(account.id):
        if feed is None or unfinished.feed == feed:
            reports.append(_go_on(session, account, unfinished))
            if reports[-1].error is not None:
                break
    return reports


def read(files: Sequence[Path | str], mapping: Mapping | str | Path | None, settings: Settings) -> Inputs:
    """Raises PlanError, SettingsError, MappingError or SourceError."""
    approval.refuse_saved(files)
    if mapping is None:
        approval.need_files(files)  # a plan whose name is mistyped needs no mapping
        raise SettingsError("A mapping is needed: give it with --mapping (-m).")
    loaded = mapping if isinstance(mapping, Mapping) else load_mapping(str(mapping))
    policy = loaded.policy(hold_suspicious=settings.hold_suspicious, allow_keyless=settings.allow_keyless)
    inputs = read_inputs([Path(file) for file in files], loaded, policy)
    if settings.decisions is None:
        return inputs
    return replace(inputs, decisions=read_decisions(settings.decisions, loaded.feed))


def _account(session: Session) -> Account:
    need_key(session)
    scope = READ if session.settings.directory == "api" else ""
    return patiently(session, lambda: session.account(scope=scope))


def _plan(
    session: Session,
    account: Account | None,
    inputs: Inputs,
    run: str,
    whole: Feed | None = None,
    *,
    lasting: bool = True,
) -> tuple[Plan, Knowledge]:
    knowledge = Knowledge.of(session, account, inputs.mapping.feed)
    region = inputs.mapping.default_region
    directory = patiently(session, lambda: read_directory(session, account, region, knowledge.links))
    knowledge = knowledge.aware_of(directory, inputs.mapping.feed)
    with _no_collection():
        names = _names(run)
        return make_plan(inputs, directory, knowledge, names, whole, lasting=lasting), knowledge


def _names(run: str) -> Callable[[int], pl.Series]:
    """Names of planned customers, so many at a time."""
    last = 0

    def names(most: int) -> pl.Series:
        nonlocal last
        first, last = last + 1, last + most
        return pl.select(pl.format(f"new:{run}:{{}}", pl.int_range(first, last + 1))).to_series()

    return names


@contextmanager
def _no_collection() -> Iterator[None]:
    """Reading and planning make many objects that stay and hardly a cycle: looking for those took a fifth."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _start(session: Session, account: Account, inputs: Inputs, run: str, intake: RunOptions | None) -> ImportReport:
    """Everything is in the ledger and on disk before the first change is sent."""
    # Late: they load a database and a client, and a plan may need neither.
    from rotor_import.ledger.feeds import Feed  # noqa: PLC0415
    from rotor_import.ledger.runs import Run  # noqa: PLC0415
    from rotor_import.pipeline.execute import carry_out  # noqa: PLC0415
    from rotor_import.pipeline.sending import commitment  # noqa: PLC0415

    session.quota.charge_to(run)
    mode = intake.mode if intake else "run"
    whole = Feed(session.ledger, account.id, inputs.mapping.feed) if intake and intake.whole else None
    plan, knowledge = _plan(session, account, inputs, run, whole)
    folder = session.settings.report_dir / run
    write_plan(folder, plan, inputs.sources, reconcile=mode == "sync")
    summary = plan_summary(session, plan, run=run, mode=mode, folder=folder, file_stats=file_stats(inputs))
    if intake:
        try:
            intake.guard(plan, summary)
        except Safeguard as error:  # somebody has to look at it now
            stopped = {"state": "stopped", "notes": [str(error), *summary["notes"]]}
            finish_report(session, folder, {**summary, **stopped})
            raise
        summary |= {"plan": intake.plan} if intake.plan else {}
    record = Run(
        id=run,
        account=account.id,
        feed=inputs.mapping.feed,
        mode=mode,
        fingerprint=inputs.fingerprint,
        matching=inputs.policy.matching.to_text(),
        region=inputs.mapping.default_region,
        state="paused",
        started_at=session.world.clock.now(),
        report=str(folder),
        files=[vars(file) for file in plan.files],
        summary=summary,
    )
    session.runs.commit(commitment(record, plan, inputs, knowledge, intake.done if intake else ()))
    return carry_out(session, account, record, plan.directory)


def _go_on(session: Session, account: Account, run: Run) -> ImportReport:
    from rotor_import.pipeline.execute import go_on_with  # noqa: PLC0415 - a plan sends nothing

    return go_on_with(session, account, run)
