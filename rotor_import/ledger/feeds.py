"""What is remembered of a feed: its rows' pins, and each field as it was last synced."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.codec import memories_from, memories_to, prior_from, prior_to
from rotor_import.ledger.frames import framed, text_of
from rotor_import.ledger.store import Ledger
from rotor_import.model.change import PinUpdate
from rotor_import.model.pin import Named, Pin
from rotor_import.model.pins import SCHEMA as PIN_SCHEMA
from rotor_import.model.pins import Pins
from rotor_import.model.threeway import Memory

Slot = tuple[str, int]
"""A row's ident and ordinal."""

_PINS = schema.pins
_NAMED = schema.named
_MEMORIES = schema.memories
_CHUNK = 500

# Made once, for making them takes longer than carrying them out.
_PIN = (
    _PINS.c.account == sa.bindparam("of_account"),
    _PINS.c.feed == sa.bindparam("of_feed"),
    _PINS.c.ident == sa.bindparam("of_ident"),
    _PINS.c.ordinal == sa.bindparam("of_ordinal"),
)
_MOVE_PIN = sa.update(_PINS).where(*_PIN).values(customer=sa.bindparam("of_customer"))
_MARK_GONE = sa.update(_PINS).where(*_PIN).values(gone=sa.bindparam("of_customer"))
_APPLY_PIN = _MOVE_PIN.values(prior=sa.null())
_REMEMBERED = sa.select(_MEMORIES.c.customer, _MEMORIES.c.fields).where(
    _MEMORIES.c.account == sa.bindparam("of_account"),
    _MEMORIES.c.feed == sa.bindparam("of_feed"),
    _MEMORIES.c.customer.in_(sa.bindparam("of_customers", expanding=True)),
)


_PIN_COLUMNS = PIN_SCHEMA
_PIN_REST_COLUMNS = dict.fromkeys(("reason", "field", "matching", "refused_group", "unmoved", "prior"), pl.String)
_PIN_REST = (
    _PINS.c.reason,
    _PINS.c.field,
    _PINS.c.matching,
    _PINS.c.refused_group,
    text_of(_PINS.c.unmoved),
    text_of(_PINS.c.prior),
)


class Feed:
    """The pins and memories of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._of = {"account": account, "feed": feed}

    def pins(self) -> list[PinUpdate]:
        """All pins, those of rows with a pending change with what they were before it."""
        named = self._named()
        with self._ledger.atomic() as tx:
            rows = tx.execute(sa.select(_PINS).where(*self._where(_PINS))).mappings().all()
        return [_pin(row, named) for row in rows]

    def all_pins(self) -> Pins:
        """As `pins`, to be looked at as a frame first."""
        named = self._named()
        columns = [_PINS.c[name] for name in _PIN_COLUMNS if name != "pending"]
        query = sa.select(*columns, _PINS.c.prior.is_not(None).label("pending"), *_PIN_REST)
        with self._ledger.atomic() as tx:
            frame = framed(tx.execute(query.where(*self._where(_PINS))), {**_PIN_COLUMNS, **_PIN_REST_COLUMNS})
        return Pins(
            frame,
            lambda row: _pin({**row, "unmoved": _json(row["unmoved"]) or (), "prior": _json(row["prior"])}, named),
        )

    def _named(self) -> dict[Slot, list[Named]]:
        named: dict[Slot, list[Named]] = defaultdict(list)
        columns = (_NAMED.c.ident, _NAMED.c.ordinal, _NAMED.c.customer, _NAMED.c.phone, _NAMED.c.email)
        with self._ledger.atomic() as tx:
            for ident, ordinal, *rest in tx.execute(sa.select(*columns).where(*self._where(_NAMED))):
                named[ident, ordinal].append(Named(*rest))
        return named

    def elsewhere(self) -> frozenset[str]:
        """Customers to whom rows of the account's other feeds belong."""
        query = sa.select(_PINS.c.customer).where(
            _PINS.c.account == self._of["account"], _PINS.c.feed != self._of["feed"]
        )
        with self._ledger.atomic() as tx:
            return frozenset(tx.scalars(query.where(_PINS.c.gone == "").distinct()))

    def recall(self) -> Recall:
        return Recall(self)

    def has_memories(self) -> bool:
        with self._ledger.atomic() as tx:
            return tx.scalar(sa.select(_MEMORIES.c.customer).where(*self._where(_MEMORIES)).limit(1)) is not None

    def memories_of(self, customers: Iterable[str]) -> dict[str, dict[str, Memory]]:
        """Of each of these customers of whom there are any."""
        with self._ledger.atomic() as tx:
            found = self._remembered(tx, list(customers))
        return {customer: memories_from(fields) for customer, fields in found.items()}

    def memories_elsewhere(self, customers: Iterable[str]) -> Iterator[tuple[str, dict[str, Memory]]]:
        """What the account's other feeds remember of each of these, in no order."""
        others = (_MEMORIES.c.account == self._of["account"], _MEMORIES.c.feed != self._of["feed"])
        query = sa.select(_MEMORIES.c.customer, _MEMORIES.c.fields).where(*others)
        wanted = sorted(customers)
        for start in range(0, len(wanted), _CHUNK):
            with self._ledger.atomic() as tx:
                found = tx.execute(query.where(_MEMORIES.c.customer.in_(wanted[start : start + _CHUNK]))).all()
            yield from ((customer, memories_from(fields)) for customer, fields in found)

    def memories(self, customer: str = "") -> dict[str, dict[str, Memory]]:
        """Of each customer, or of one."""
        query = sa.select(_MEMORIES.c.customer, _MEMORIES.c.fields).where(*self._where(_MEMORIES))
        if customer:
            query = query.where(_MEMORIES.c.customer == customer)
        with self._ledger.atomic() as tx:
            return {customer: memories_from(fields) for customer, fields in tx.execute(query)}

    def save_pins(self, tx: sa.Connection, updates: Iterable[PinUpdate]) -> None:
        updates = list(updates)
        self._ledger.upsert(tx, _PINS, [self._of | _pin_row(update) for update in updates])
        slots = [{"slot_ident": update.pin.ident, "slot_ordinal": update.pin.ordinal} for update in updates]
        if slots:
            here = (
                _NAMED.c.ident == sa.bindparam("slot_ident"),
                _NAMED.c.ordinal == sa.bindparam("slot_ordinal"),
            )
            tx.execute(sa.delete(_NAMED).where(*self._where(_NAMED), *here), slots)
        for update in updates:
            self.name(tx, [update.pin.slot], update.pin.named)

    def revert_pins(self, tx: sa.Connection, slots: Iterable[Slot], **outcome: str) -> None:
        """Take back what an unsent change made of these rows' pins.

        `outcome` are columns to set for rows that are refused or held now; without any a row that was new is
        forgotten.
        """
        for ident, ordinal in slots:
            here = (*self._where(_PINS), _PINS.c.ident == ident, _PINS.c.ordinal == ordinal)
            row = tx.execute(sa.select(_PINS.c.digest, _PINS.c.prior).where(*here)).first()
            if row is None:
                continue
            prior = prior_from(row.prior)
            if prior is None and not outcome:
                tx.execute(sa.delete(_PINS).where(*here))
                continue
            values = _pin_row(PinUpdate(prior or Pin(ident, ordinal, "", "")))
            if outcome:
                values |= {"digest": row.digest} | outcome
            tx.execute(sa.update(_PINS).where(*here).values(values))

    def name(self, tx: sa.Connection, slots: Iterable[Slot], named: Iterable[Named]) -> None:
        """Keep what a held row depends on."""
        rows = [
            self._of
            | {"ident": ident, "ordinal": ordinal}
            | {"customer": one.customer, "phone": one.phone, "email": one.email}
            for ident, ordinal in slots
            for one in named
        ]
        self._ledger.upsert(tx, _NAMED, rows)

    def apply_pins(self, tx: sa.Connection, slots: Iterable[Slot], customer: str) -> None:
        """Rotor has acknowledged the change: its rows belong to the customer for good."""
        self._update(tx, _APPLY_PIN, slots, customer)

    def mark_gone(self, tx: sa.Connection, slots: Iterable[Slot], run: str) -> None:
        """The full file of this run has these rows' customers no more."""
        self._update(tx, _MARK_GONE, slots, run)

    def move_pins(self, tx: sa.Connection, slots: Iterable[Slot], customer: str) -> None:
        """The planned customer turned out to be one that Rotor holds."""
        self._update(tx, _MOVE_PIN, slots, customer)

    def _update(self, tx: sa.Connection, statement: sa.Update, slots: Iterable[Slot], customer: str) -> None:
        here = {f"of_{name}": value for name, value in self._of.items()} | {"of_customer": customer}
        each = [here | {"of_ident": ident, "of_ordinal": ordinal} for ident, ordinal in slots]
        if each:
            tx.execute(statement, each)

    def remember(self, tx: sa.Connection, memories: Mapping[str, Mapping[str, Memory]]) -> None:
        """Keep these fields' memories beside the others of each customer."""
        known = self._remembered(tx, list(memories))
        rows = [
            self._of | {"customer": customer, "fields": known.get(customer, {}) | memories_to(fields)}
            for customer, fields in memories.items()
        ]
        self._ledger.upsert(tx, _MEMORIES, rows)

    def _remembered(self, tx: sa.Connection, customers: Sequence[str]) -> dict[str, dict[str, Any]]:
        known: dict[str, dict[str, Any]] = {}
        for start in range(0, len(customers), _CHUNK):
            some = {f"of_{name}": value for name, value in self._of.items()}
            some["of_customers"] = customers[start : start + _CHUNK]
            known.update((row[0], row[1]) for row in tx.execute(_REMEMBERED, some))
        return known

    def _where(self, table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.account == self._of["account"], table.c.feed == self._of["feed"]


class Recall:
    """The memories of a feed, read as they are asked for; `prefetch` reads those of many customers at once."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._known: dict[str, Mapping[str, Memory]] = {}

    def prefetch(self, customers: Iterable[str]) -> None:
        wanted = sorted(set(customers) - self._known.keys())
        found = self._feed.memories_of(wanted)
        self._known.update((customer, found.get(customer, {})) for customer in wanted)

    def fresh(self, customers: Iterable[str]) -> Mapping[str, Mapping[str, Memory]]:
        """Of so many that they are not kept."""
        return self._feed.memories_of(customers)

    def of(self, customer: str) -> Mapping[str, Memory]:
        if customer not in self._known:
            self.prefetch([customer])
        return self._known[customer]


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _pin(row: Mapping[Any, Any], named: Mapping[tuple[str, int], list[Named]]) -> PinUpdate:
    pin = Pin(
        row["ident"],
        row["ordinal"],
        row["customer"],
        row["digest"],
        row["cell_id"],
        row["cell_phone"],
        row["cell_email"],
        fate=row["fate"],
        reason=row["reason"],
        field=row["field"],
        matching=row["matching"],
        group=row["refused_group"],
        gone=row["gone"],
        decision=row["decision"],
        unmoved=tuple((name, value) for name, value in row["unmoved"]),
        named=tuple(named.get((row["ident"], row["ordinal"]), ())),
    )
    return PinUpdate(pin, prior_from(row["prior"]))


def _pin_row(update: PinUpdate) -> dict[str, Any]:
    pin = update.pin
    return {
        "ident": pin.ident,
        "ordinal": pin.ordinal,
        "customer": pin.customer,
        "digest": pin.digest,
        "cell_id": pin.id,
        "cell_phone": pin.phone,
        "cell_email": pin.email,
        "fate": pin.fate,
        "reason": pin.reason,
        "field": pin.field,
        "matching": pin.matching,
        "refused_group": pin.group,
        "gone": pin.gone,
        "decision": pin.decision,
        "unmoved": [list(one) for one in pin.unmoved],
        "prior": prior_to(update.prior),
    }
