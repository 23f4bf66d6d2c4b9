"""Runs, and the plan that a run commits before it sends anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.duplicates import AskedPairs
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.store import Ledger, Write
from rotor_import.ledger.told import ToldProblems
from rotor_import.model.baselines import Agreed
from rotor_import.model.change import LinkUpdate
from rotor_import.model.duplicates import AskedPair
from rotor_import.model.row_link import RowKey
from rotor_import.model.rows import Reject
from rotor_import.model.three_way import Baseline

_TABLE = schema.runs
_WAITING = sa.select(schema.outbox.c.run)
_DIED = sa.and_(_TABLE.c.state == "paused", _TABLE.c.id.not_in(_WAITING))
"""Everything that the run had to send is sent, but its process ended before it could record that."""
COMPLETE = sa.or_(_TABLE.c.state == "complete", _DIED)
"""All that the run had to send is sent."""
UNDONE = "undone"
"""The state of a run that an undo has taken back."""
PRUNED = "pruned"
"""The state of a run of which only the files are remembered that it took."""


@dataclass(frozen=True)
class Run:
    """One import. `fingerprint` is a hash of its files, its mapping, and whatever else its plan depends on.

    `matching` is the matching policy that it planned under. `region` is the one for phones without a country code.
    `files` are dictionaries with path, sha256, rows and columns. `summary` is the JSON object of `--json` as the plan
    left it.
    """

    id: str
    account: int
    feed: str
    mode: str
    fingerprint: str
    matching: str
    region: str
    state: str
    started_at: float
    report: str
    files: Sequence[Mapping[str, Any]] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)
    finished_at: float | None = None


@dataclass(frozen=True)
class Drop:
    """A file in a folder that a sync is done with, identified by its content. `written_at` is when it was changed."""

    sha256: str
    name: str
    state: Literal["taken", "superseded"]
    written_at: float | None = None


@dataclass(frozen=True)
class Commitment:
    """Everything that a plan leaves in the ledger. `equal` are the baselines of fields that Rotor agrees about.

    `kept` (in `model.row_links.KEPT`) and `agreed` are further links and baselines, of many rows and customers. `told`
    are the plan's problems.
    """

    run: Run
    links: Sequence[LinkUpdate]
    pending: Sequence[PendingChange]
    equal: Mapping[str, Mapping[str, Baseline]]
    rejects: Sequence[Reject]
    kept: pl.DataFrame | None = None
    agreed: Agreed | None = None
    gone: Sequence[RowKey] = ()
    drops: Sequence[Drop] = ()
    asked: Sequence[AskedPair] = ()
    told: Collection[str] = ()
    also: Write | None = None
    """What else is written in the same transaction."""


class Runs:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def commit(self, plan: Commitment) -> None:
        """Save the run, its links, its baselines and its outbox: all or nothing."""
        run = plan.run
        feed = Feed(self._ledger, run.account, run.feed)
        with self._ledger.atomic() as tx:
            older = (_TABLE.c.account == run.account, _TABLE.c.feed == run.feed, _TABLE.c.state == "paused")
            tx.execute(sa.update(_TABLE).where(*older, _TABLE.c.id.not_in(_WAITING)).values(state="complete"))
            tx.execute(sa.update(_TABLE).where(*older).values(state="superseded"))
            self._ledger.upsert(tx, _TABLE, [_row(run)])
            Outbox(self._ledger, run.account).replace(tx, run.feed, plan.pending)
            feed.save_links(tx, plan.links)
            if plan.kept is not None:
                feed.settle_links(tx, plan.kept)
            feed.mark_gone(tx, plan.gone, run.id)
            save_drops(self._ledger, tx, run.account, run.feed, run.id, plan.drops)
            feed.save_baselines(tx, plan.equal)
            if plan.agreed is not None:
                feed.agree(tx, plan.agreed)
            AskedPairs(self._ledger, run.account, run.feed).save(tx, plan.asked)
            ToldProblems(self._ledger, run.account, run.feed).save(tx, plan.told, run.id)
            rejects = {(reject.file, reject.row, reject.field): reject for reject in plan.rejects}
            columns = ("file", "row", "field", "value", "reason")
            rows = [{name: getattr(reject, name) for name in columns} for reject in rejects.values()]
            self._ledger.upsert(tx, schema.rejects, [{"run": run.id} | row for row in rows])
            if plan.also is not None:
                plan.also(tx)

    def save(self, run: Run, told: Collection[str] = ()) -> None:
        """Save what changed about a run; `told` are the problems that came up while it was sent."""
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, _TABLE, [_row(run)])
            ToldProblems(self._ledger, run.account, run.feed).save(tx, told, run.id)

    def mark_undone(self, tx: sa.Connection, runs: Sequence[Run]) -> None:
        """These runs are taken back; what one of them had taken back itself counts again."""
        names = [run.id for run in runs]
        for name in self.redone(tx, runs):
            here = _TABLE.c.id == name
            summary = tx.scalar(sa.select(_TABLE.c.summary).where(here)) or {}
            ended = tx.scalar(sa.select(sa.func.count()).where(schema.outcomes.c.run == name)) or 0
            planned = sum(summary.get("changes", {}).get(kind, 0) for kind in ("create", "update", "undecided"))
            tx.execute(sa.update(_TABLE).where(here).values(state="complete" if ended >= planned else "superseded"))
        tx.execute(sa.update(_TABLE).where(_TABLE.c.id.in_(names)).values(state=UNDONE))
        gone = schema.row_links.c.gone.in_(names)
        tx.execute(sa.update(schema.row_links).where(gone).values(gone=""))

    def redone(self, tx: sa.Connection, runs: Sequence[Run]) -> list[str]:
        """The runs that the undos among these had taken back, and no other has."""
        names, images = [run.id for run in runs], schema.before_images.c
        undone = {name for run in runs if run.mode == "undo" for name in run.summary["undoes"]} - set(names)
        by_others = sa.select(images.run).where(images.run.in_(undone), images.undone_by.not_in(["", *names]))
        return sorted(undone - set(tx.scalars(by_others)))

    def find(self, run: str) -> Run | None:
        runs = self._select(_TABLE.c.id == run)
        return runs[0] if runs else None

    def unfinished(self, account: int) -> list[Run]:
        """Runs with changes in the outbox, the oldest first."""
        return self._select(_TABLE.c.account == account, _TABLE.c.id.in_(_WAITING))

    def history(self, account: int) -> list[Run]:
        return self._select(_TABLE.c.account == account)

    def last_complete(self, account: int, feed: str) -> Run | None:
        """The feed's newest import that is complete."""
        here = (_TABLE.c.account == account, _TABLE.c.feed == feed, COMPLETE, _TABLE.c.mode != "undo")
        newest = sa.select(_TABLE.c.id).where(*here).order_by(_TABLE.c.started_at.desc()).limit(1)
        runs = self._select(_TABLE.c.id == newest.scalar_subquery())
        return runs[0] if runs else None

    def _select(self, *where: sa.ColumnElement[bool]) -> list[Run]:
        """In the order in which they started; one that died with nothing left to send counts as complete."""
        columns = [column for column in _TABLE.columns if column.name != "state"]
        state = sa.case((_DIED, "complete"), else_=_TABLE.c.state).label("state")
        query = sa.select(*columns, state).where(*where, _TABLE.c.state != PRUNED).order_by(_TABLE.c.started_at)
        with self._ledger.atomic() as tx:
            return [Run(**row) for row in tx.execute(query).mappings().all()]


def save_drops(ledger: Ledger, tx: sa.Connection, account: int, feed: str, run: str, drops: Sequence[Drop]) -> None:
    """These files are done with, by the run: nothing is to be tried with them any more."""
    of_feed = {"account": account, "feed": feed}
    ledger.upsert(tx, schema.drops, [of_feed | {"run": run} | vars(drop) for drop in drops])
    ledger.upsert(tx, schema.drop_names, [of_feed | {"sha256": drop.sha256, "name": drop.name} for drop in drops])
    table = schema.drop_attempts
    here = (table.c.account == account, table.c.feed == feed)
    tx.execute(sa.delete(table).where(*here, table.c.sha256.in_([drop.sha256 for drop in drops])))


def _row(run: Run) -> dict[str, Any]:
    return {column.name: getattr(run, column.name) for column in _TABLE.columns}
