"""What is remembered of a feed: its rows' pins, and each field as it was last synced."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.codec import prior_from, prior_to
from rotor_import.ledger.pinned import Pinned, feeds_of, rest_of
from rotor_import.ledger.remembered import Memories
from rotor_import.ledger.store import Ledger
from rotor_import.model.change import PinUpdate
from rotor_import.model.memories import Agreed
from rotor_import.model.pin import Named, Pin, Slot
from rotor_import.model.pins import Pins
from rotor_import.model.threeway import Memory

_PINS = schema.pins
_NAMED = schema.named

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


class Feed:
    """The pins and memories of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._account = account
        self._of = {"account": account, "feed": feed}
        self._pinned = Pinned(ledger, account, feed)
        self._memories = Memories(ledger, account, feed)

    def pins(self) -> list[PinUpdate]:
        """All pins, those of rows with a pending change with what they were before it."""
        return self.all_pins().where(pl.lit(value=True))

    def all_pins(self) -> Pins:
        """As `pins`, to be looked at as a frame first."""
        named = self._named()
        with self._ledger.atomic() as tx:
            frame, odd = self._pinned.frame(tx)

        def make(row: Mapping[str, Any]) -> PinUpdate:
            whole = dict(rest_of(row, odd))
            return _pin(whole | {"unmoved": _json(whole["unmoved"]) or (), "prior": _json(whole["prior"])}, named)

        return Pins(frame, make)

    def _named(self) -> dict[Slot, list[Named]]:
        named: dict[Slot, list[Named]] = defaultdict(list)
        columns = (_NAMED.c.ident, _NAMED.c.ordinal, _NAMED.c.customer, _NAMED.c.phone, _NAMED.c.email)
        with self._ledger.atomic() as tx:
            for ident, ordinal, *rest in tx.execute(sa.select(*columns).where(*self._where(_NAMED))):
                named[ident, ordinal].append(Named(*rest))
        return named

    def elsewhere(self) -> frozenset[str]:
        """Customers to whom rows of the account's other feeds belong."""
        with self._ledger.atomic() as tx:
            others = feeds_of(tx, self._account) - {str(self._of["feed"])}
            found = [Pinned(self._ledger, self._account, feed).customers(tx) for feed in others]
        return frozenset(name for one in found for name in one.filter(pl.col("gone") == "").get_column("customer"))

    def recall(self) -> Recall:
        return Recall(self)

    def has_memories(self) -> bool:
        with self._ledger.atomic() as tx:
            return self._memories.any(tx)

    def memories_of(self, customers: Iterable[str]) -> dict[str, dict[str, Memory]]:
        """Of each of these customers of whom there are any."""
        with self._ledger.atomic() as tx:
            return self._memories.of(tx, set(customers))

    def memories_elsewhere(self, customers: Iterable[str]) -> Iterator[tuple[str, dict[str, Memory]]]:
        """What the account's other feeds remember of each of these, in no order."""
        wanted = set(customers)
        with self._ledger.atomic() as tx:
            for feed in sorted(feeds_of(tx, self._account) - {str(self._of["feed"])}):
                yield from Memories(self._ledger, self._account, feed).of(tx, wanted).items()

    def memories(self) -> dict[str, dict[str, Memory]]:
        """Of each customer."""
        with self._ledger.atomic() as tx:
            return self._memories.all(tx)

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
            if update.pin.named:
                self.name(tx, [update.pin.slot], update.pin.named)

    def settle_pins(self, tx: sa.Connection, kept: pl.DataFrame) -> None:
        """As `save_pins`, of many rows that came through: in `model.pins.KEPT`."""
        self._pinned.settle(tx, kept)

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
        slots = list(slots)
        each = [here | {"of_ident": ident, "of_ordinal": ordinal} for ident, ordinal in slots]
        if each and tx.execute(statement, each).rowcount < len(each):
            self._pinned.bring_out(tx, slots)
            tx.execute(statement, each)

    def remember(self, tx: sa.Connection, memories: Mapping[str, Mapping[str, Memory]]) -> None:
        """Keep these fields' memories beside the others of each customer."""
        self._memories.keep(tx, memories)

    def agree(self, tx: sa.Connection, agreed: Agreed) -> None:
        """As `remember`, of many customers."""
        self._memories.agree(tx, agreed)

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

    def of(self, customer: str) -> Mapping[str, Memory]:
        if customer not in self._known:
            self.prefetch([customer])
        return self._known[customer]


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _pin(row: Mapping[str, Any], named: Mapping[tuple[str, int], list[Named]]) -> PinUpdate:
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
