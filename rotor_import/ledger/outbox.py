"""The changes that are still to be sent, and what becomes of each: every step one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.accounts import unreadable
from rotor_import.ledger.codec import fields_from, fields_to, values_from
from rotor_import.ledger.feeds import Feed, Slot
from rotor_import.ledger.store import Ledger
from rotor_import.model.change import FieldChange, Kind, Outcome, Place, State
from rotor_import.model.fields import Values
from rotor_import.model.pin import Named
from rotor_import.model.threeway import Memory

_TABLE = schema.outbox


@dataclass(frozen=True)
class PendingRow:
    """A row of a pending change; `cells` are the source's own, in the file's order, for the rejects."""

    place: Place
    slot: Slot
    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Pending:
    """A change in the outbox. `unknown` means that a request for it may have been carried out.

    `follows` is a planned customer that this one is in truth: it waits for that one's id. `lookalikes` are
    customers whom Rotor held before and who could be taken for a keyless new one; None where nobody knows.
    """

    customer: str
    feed: str
    run: str
    number: int
    kind: Kind
    unknown: bool
    fields: tuple[FieldChange, ...]
    keys: Mapping[str, str]
    before_keys: Mapping[str, str]
    rows: tuple[PendingRow, ...]
    follows: str = ""
    lookalikes: tuple[str, ...] | None = None

    @property
    def keyless(self) -> bool:
        """Rotor could not find it again, so it is never sent twice."""
        return self.customer.startswith("new:") and not any(self.keys.values())

    @property
    def slots(self) -> list[Slot]:
        return [row.slot for row in self.rows]


class Outbox:
    """The pending changes of one account."""

    def __init__(self, ledger: Ledger, account: int) -> None:
        self._ledger = ledger
        self._account = account

    def pending(self) -> list[Pending]:
        """In the order in which they were planned."""
        query = sa.select(_TABLE).where(_TABLE.c.account == self._account)
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.order_by(_TABLE.c.run, _TABLE.c.number)).mappings().all()
        return [_pending(row) for row in rows]

    def replace(self, tx: sa.Connection, feed: str, pending: Sequence[Pending]) -> None:
        """A feed's new plan takes the place of all that the feed had pending."""
        here = (_TABLE.c.account == self._account, _TABLE.c.feed == feed)
        old = [_pending(row) for row in tx.execute(sa.select(_TABLE).where(*here)).mappings().all()]
        for change in old:
            self._feed(change).revert_pins(tx, change.slots)
        tx.execute(sa.delete(_TABLE).where(*here))
        self._ledger.upsert(tx, _TABLE, [self._row(change) for change in pending])

    def acknowledge(
        self,
        change: Pending,
        held: Values,
        keys: Mapping[str, str],
        memories: Mapping[str, Memory],
        outcome: Outcome,
    ) -> None:
        """Rotor holds `held` now: the change is done, its rows and holds know the customer by its id.

        So does the change that follows it, whose keys before are `keys`.
        """
        with self._ledger.atomic() as tx:
            self._end(tx, change, outcome)
            self._mirror(tx, outcome.id, held)
            feed = self._feed(change)
            feed.apply_pins(tx, change.slots, outcome.id)
            feed.remember(tx, {outcome.id: memories})
            if change.customer != outcome.id:
                self._rename(tx, change.customer, outcome.id)
            self._hand_on(tx, change.customer, outcome.id, keys)

    def give_up(self, change: Pending, outcome: Outcome, reason: str, named: Iterable[Named] = ()) -> None:
        """The change is refused or held: its rows are what they were before, and stay out until they change.

        Holds that named the customer expected it to have other keys by now: it keeps the ones it had.
        """
        with self._ledger.atomic() as tx:
            self._end(tx, change, outcome)
            feed = self._feed(change)
            fate = {"fate": "refused", "refused_group": f"{change.run}/{change.number}"}
            if outcome.state == "held":
                fate = {"fate": "held", "matching": _matching(tx, change.run)}
            feed.revert_pins(tx, change.slots, reason=reason, **fate)
            feed.name(tx, change.slots, named)
            table = schema.named
            here = (table.c.account == self._account, table.c.customer == change.customer)
            tx.execute(sa.update(table).where(*here).values(dict(change.before_keys)))

    def drop(self, change: Pending, customer: str, outcome: Outcome, memories: Mapping[str, Memory]) -> None:
        """Nothing is left to send: Rotor agrees already, or nothing may be sent any more."""
        with self._ledger.atomic() as tx:
            self._end(tx, change, outcome)
            self._feed(change).apply_pins(tx, change.slots, customer)
            self._feed(change).remember(tx, {customer: memories})
            if change.customer != customer:
                self._rename(tx, change.customer, customer)

    def revise(self, old: Pending, new: Pending, memories: Mapping[str, Memory]) -> None:
        """What Rotor holds has changed since the change was planned."""
        here = (_TABLE.c.account == self._account, _TABLE.c.customer == old.customer)
        with self._ledger.atomic() as tx:
            tx.execute(sa.delete(_TABLE).where(*here))
            self._ledger.upsert(tx, _TABLE, [self._row(new)])
            self._feed(new).remember(tx, {new.customer: memories})
            if old.customer != new.customer:
                self._feed(new).move_pins(tx, new.slots, new.customer)
                self._rename(tx, old.customer, new.customer)

    def claimed(self) -> set[str]:
        """Customers to whom rows of any feed belong."""
        query = sa.select(schema.pins.c.customer).where(schema.pins.c.account == self._account).distinct()
        with self._ledger.atomic() as tx:
            return set(tx.scalars(query))

    def memories(self, feed: str, customer: str) -> dict[str, Memory]:
        return Feed(self._ledger, self._account, feed).memories(customer).get(customer, {})

    def outcomes(self, run: str) -> list[Outcome]:
        with self._ledger.atomic() as tx:
            query = sa.select(schema.outcomes).where(schema.outcomes.c.run == run)
            rows = tx.execute(query.order_by(schema.outcomes.c.number)).mappings().all()
        return [_outcome(row) for row in rows]

    def lost_rows(self, run: str) -> list[tuple[Outcome, list[PendingRow]]]:
        """The rows of changes that were refused or held while a run sent them."""
        query = sa.select(schema.outcomes).where(
            schema.outcomes.c.run == run, schema.outcomes.c.state.in_(("refused", "held"))
        )
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.order_by(schema.outcomes.c.number)).mappings().all()
        return [(_outcome(row), _rows_from(row["rows"])) for row in rows]

    def _end(self, tx: sa.Connection, change: Pending, outcome: Outcome) -> None:
        here = (_TABLE.c.account == self._account, _TABLE.c.customer == change.customer)
        tx.execute(sa.delete(_TABLE).where(*here))
        lost = outcome.state in ("refused", "held")
        row = {
            "run": change.run,
            "number": change.number,
            "customer": change.customer,
            "kind": change.kind,
            "state": outcome.state,
            "id": outcome.id,
            "message": outcome.message,
            "problems": [list(problem) for problem in outcome.problems],
            "rows": _rows_to(change.rows) if lost else [],
        }
        self._ledger.upsert(tx, schema.outcomes, [row])

    def _mirror(self, tx: sa.Connection, id_: str, held: Values) -> None:
        table = schema.mirror
        here = (table.c.account == self._account, table.c.customer == id_)
        known = tx.scalar(sa.select(table.c.fields).where(*here)) or {}
        row = {"account": self._account, "customer": id_}
        fields = unreadable(values_from(known)) | dict(held)
        self._ledger.upsert(tx, table, [row | {"fields": fields}])

    def _rename(self, tx: sa.Connection, planned: str, id_: str) -> None:
        """Holds that named a planned customer know it by its id from now on."""
        table, twin = schema.named, schema.named.alias()
        here = (table.c.account == self._account, table.c.customer == planned)
        already = sa.exists().where(
            twin.c.account == table.c.account,
            twin.c.feed == table.c.feed,
            twin.c.ident == table.c.ident,
            twin.c.ordinal == table.c.ordinal,
            twin.c.customer == id_,
        )
        tx.execute(sa.delete(table).where(*here, already))
        tx.execute(sa.update(table).where(*here).values(customer=id_))

    def _hand_on(self, tx: sa.Connection, done: str, id_: str, keys: Mapping[str, str]) -> None:
        """The change that follows this one is about the same customer, whose id is known now."""
        mine = _TABLE.c.account == self._account
        taken = tx.scalar(sa.select(_TABLE.c.customer).where(mine, _TABLE.c.customer == id_))
        heir = tx.execute(sa.select(_TABLE).where(mine, _TABLE.c.follows == done)).mappings().first()
        if heir is None or taken is not None:
            return
        change = _pending(heir)
        here = sa.update(_TABLE).where(mine, _TABLE.c.customer == change.customer)
        tx.execute(here.values(customer=id_, follows="", before_keys=dict(keys)))
        after = sa.update(_TABLE).where(mine, _TABLE.c.follows == change.customer)
        tx.execute(after.values(follows=id_))
        self._feed(change).move_pins(tx, change.slots, id_)
        self._rename(tx, change.customer, id_)

    def _feed(self, change: Pending) -> Feed:
        return Feed(self._ledger, self._account, change.feed)

    def _row(self, change: Pending) -> dict[str, Any]:
        return {
            "account": self._account,
            "customer": change.customer,
            "feed": change.feed,
            "run": change.run,
            "number": change.number,
            "kind": change.kind,
            "state": "unknown" if change.unknown else "pending",
            "fields": fields_to(change.fields),
            "keys": dict(change.keys),
            "before_keys": dict(change.before_keys),
            "rows": _rows_to(change.rows),
            "follows": change.follows,
            "lookalikes": None if change.lookalikes is None else list(change.lookalikes),
        }


def _matching(tx: sa.Connection, run: str) -> str:
    """The policy that the run planned under."""
    return str(tx.scalar(sa.select(schema.runs.c.matching).where(schema.runs.c.id == run)) or "")


def _pending(row: sa.RowMapping) -> Pending:
    return Pending(
        customer=row["customer"],
        feed=row["feed"],
        run=row["run"],
        number=row["number"],
        kind=row["kind"],
        unknown=row["state"] == "unknown",
        fields=fields_from(row["fields"]),
        keys=row["keys"],
        before_keys=row["before_keys"],
        rows=tuple(_rows_from(row["rows"])),
        follows=row["follows"],
        lookalikes=None if row["lookalikes"] is None else tuple(row["lookalikes"]),
    )


def _outcome(row: sa.RowMapping) -> Outcome:
    state: State = row["state"]
    return Outcome(
        customer=row["customer"],
        number=row["number"],
        kind=row["kind"],
        state=state,
        id=row["id"],
        message=row["message"],
        problems=tuple((field, message) for field, message in row["problems"]),
    )


def _rows_to(rows: Iterable[PendingRow]) -> list[list[Any]]:
    return [[*row.place, *row.slot, list(row.cells)] for row in rows]


def _rows_from(stored: Iterable[Sequence[Any]]) -> list[PendingRow]:
    return [PendingRow((file, row), (ident, ordinal), tuple(cells)) for file, row, ident, ordinal, cells in stored]
