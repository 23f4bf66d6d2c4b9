"""Runs, taken back: the way back is planned from their before-images, committed to the ledger, then sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rotor_import.config import Settings
from rotor_import.errors import Safeguard, SettingsError
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.runs import Commitment, Run
from rotor_import.ledger.undone import Undone
from rotor_import.model.customer import Directory
from rotor_import.model.policy import MatchingPolicy
from rotor_import.pipeline.asked_at import AskedAt
from rotor_import.pipeline.built_upon import BuiltUpon
from rotor_import.pipeline.customer_list import whole_directory
from rotor_import.pipeline.drainer import account_of, drainer
from rotor_import.pipeline.execute import carry_out
from rotor_import.pipeline.history import changed_by, find_run
from rotor_import.pipeline.import_report import ImportReport
from rotor_import.pipeline.progress import OnProgress, Telling
from rotor_import.pipeline.proposal import Proposal
from rotor_import.pipeline.quota_wait import patiently
from rotor_import.pipeline.sending import settle_doubtful
from rotor_import.pipeline.session import Session, World, new_run_id
from rotor_import.pipeline.undo_report import planned_report, stands, undo_summary
from rotor_import.pipeline.ways import plan_ways
from rotor_import.plan.way_back import WayBack
from rotor_import.report import make_folder

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account


def undo(
    runs: Sequence[str],
    settings: Settings | None = None,
    world: World | None = None,
    *,
    dry_run: bool = False,
    progress: OnProgress | None = None,
) -> ImportReport:
    """Take back what runs changed in Rotor, and what the ledger learned from them.

    Each of `runs` is a run's id, a beginning of it, or `last`. A `dry_run` only plans. `progress` is as for
    `run_import`. Raises the errors of `rotor_import.errors` for what happens before the plan is committed: a Safeguard
    where later runs changed the same customers, unless `settings.force`.
    """
    settings = replace(settings or Settings(), directory="api", directory_max_age=0.0)
    make_folder(settings.report_dir)
    with Telling(world or World(), progress) as told, _account(settings, told, dry_run=dry_run) as (session, account):
        chosen = _chosen(session, runs)
        return _Undoing(session, account, chosen).start(dry_run=dry_run)


@contextmanager
def _account(settings: Settings, world: World, *, dry_run: bool) -> Iterator[tuple[Session, Account]]:
    """The account, locked unless nothing is written."""
    run = new_run_id(world.clock)
    if not dry_run:
        with drainer(settings, world, run) as opened:
            yield opened
        return
    with Session(settings, world, run) as session:
        yield session, account_of(session)


def _chosen(session: Session, names: Sequence[str]) -> list[Run]:
    """The runs that were named, each once, the newest first. Raises SettingsError."""
    found = {run.id: run for run in (find_run(session, name) for name in names)}
    chosen = sorted(found.values(), key=lambda run: (run.started_at, run.id), reverse=True)
    if len({run.feed for run in chosen}) > 1:
        commands = "\n".join(f"  rotor-import undo {run.id}" for run in chosen)
        raise SettingsError(f"These runs are of several feeds. Undo each by itself, the newest first:\n{commands}")
    return chosen


@dataclass
class _Undoing:
    """One undo of `runs`, the newest first."""

    session: Session
    account: Account
    runs: Sequence[Run]

    @property
    def names(self) -> list[str]:
        return [run.id for run in self.runs]

    @property
    def feed(self) -> str:
        return self.runs[0].feed

    def start(self, *, dry_run: bool) -> ImportReport:
        unfinished = self._unfinished()
        if unfinished is not None:
            go_on = stands if dry_run else carry_out
            return go_on(self.session, self.account, unfinished)
        self.session.quota.charge_to(self.session.run)
        directory = patiently(self.session, self._directory)
        notes = [] if dry_run else self._settle(directory)
        images, unsaved = changed_by(self.session, self.account, self.runs)
        BuiltUpon(self.session, self.account, self.runs).check(images)
        if not images and not self._has_more():
            notes.append(f"Nothing was changed in Rotor by {', '.join(self.names)}, so nothing is taken back.")
            dry_run = True
        ways = plan_ways(self.session, self.account, self.runs, images, directory)
        record = self._record(ways, directory, [*notes, *unsaved, *self._stale()])
        if dry_run:
            return planned_report(self.session, record, ways, directory)
        asked_at = AskedAt.now(self.session)
        if not self._confirmed(record, ways, directory):
            return ImportReport(planned_report(self.session, record, ways, directory).summary, is_declined=True)
        self._commit(record, ways)
        return carry_out(self.session, self.account, record, directory if asked_at.is_fresh() else None)

    def _has_more(self) -> bool:
        """Whether there is something to take back beside what was changed in Rotor: a plan, or a file of a night."""
        if any(run.mode == "sync" for run in self.runs):
            return True
        pending = self.session.outbox(self.account).pending()
        return any(change.run in self.names for change in pending)

    def _confirmed(self, record: Run, ways: Sequence[WayBack], directory: Directory) -> bool:
        """Whether somebody wants it to be sent, once the plan's report is there to be read."""
        confirm, customers = self.session.world.confirm, sum(way.change is not None for way in ways)
        if confirm is None or not customers:
            return True
        return confirm(Proposal(planned_report(self.session, record, ways, directory).summary, customers))

    def _stale(self) -> list[str]:
        """What is told where a run took what Rotor held from the ledger: somebody may have edited it since."""
        runs = [run.id for run in self.runs if run.summary["directory"]["source"] != "api"]
        return [
            f"The run {run} didn't read Rotor's list, so what its customers were before is what the ledger last saw. "
            "Check undo.csv."
            for run in runs
        ]

    def _unfinished(self) -> Run | None:
        """An undo of the same runs that was begun and has changes pending."""
        undos = (run for run in self.session.runs.unfinished(self.account.id) if run.mode == "undo")
        return next((run for run in undos if list(run.summary["undoes"]) == self.names), None)

    def _directory(self) -> Directory:
        links = Feed(self.session.ledger, self.account.id, self.feed).all_links()
        return whole_directory(self.session, self.account, self.runs[0].region, links)

    def _settle(self, directory: Directory) -> list[str]:
        """First find out what became of requests whose answers were lost. Raises Safeguard where nobody can tell."""
        unclear = sum(settle_doubtful(self.session, self.account, run, directory) for run in self.runs)
        if not unclear:
            return []
        customers = "1 customer" if unclear == 1 else f"{unclear} customers"
        words = f"Rotor may hold {customers} without phone and email whose answer was lost."
        if not self.session.settings.force:
            raise Safeguard(
                f"{words} Run rotor-import resume later to find out, then undo. To undo the rest now, add --force."
            )
        return [f"{words} Look for them in Rotor."]

    def _record(self, ways: Sequence[WayBack], directory: Directory, notes: Sequence[str]) -> Run:
        session, run = self.session, self.session.run
        folder = session.settings.report_dir / run
        summary = undo_summary(session, self.account, self.runs, ways, directory, notes)
        return Run(
            id=run,
            account=self.account.id,
            feed=self.feed,
            mode="undo",
            fingerprint="undo " + " ".join(self.names),
            matching=MatchingPolicy().to_text(),
            region=self.runs[0].region,
            state="paused",
            started_at=session.world.clock.now(),
            report=str(folder),
            summary=summary,
        )

    def _commit(self, record: Run, ways: Sequence[WayBack]) -> None:
        """The feed's own pending changes go: those of these runs are taken back by not sending them."""
        undone = Undone(self.session.ledger, self.account.id, record.id, self.names)
        pending = [
            PendingChange.planned(change, feed=self.feed, run=record.id, unknown=False, rows=(), lookalikes=None)
            for way in ways
            if (change := way.change) is not None
        ]
        waiting = {change.customer for change in pending}
        also = undone.beginning([way.customer for way in ways], waiting, self.runs)
        self.session.runs.commit(Commitment(run=record, links=(), pending=pending, equal={}, rejects=(), also=also))
