"""The changes that are still to be sent, and what becomes of each. Every step is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.accounts import unreadable
from rotor_import.ledger.before_images import BeforeImages, Sent, sent_as
from rotor_import.ledger.codec import frozen
from rotor_import.ledger.feeds import Feed
from rotor_import.ledger.named_customers import IS_NAMED, rename
from rotor_import.ledger.pending import PendingChange, PendingRow, pending_from, pending_to, rows_from
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.row_links import StoredLinks, feeds_of
from rotor_import.ledger.store import Ledger
from rotor_import.model.change import Outcome
from rotor_import.model.fields import Values, blank
from rotor_import.model.row_link import Named
from rotor_import.model.three_way import Baseline

_TABLE = schema.outbox
_MIRROR = schema.mirror
_NAMED = schema.named
_OUTCOMES = schema.outcomes
_LOST = ("refused", "held")

# Each acknowledgement needs these statements. Made once, because making a statement takes longer than running it.
_ACCOUNT = sa.bindparam("of_account", type_=sa.Integer)
_CUSTOMER, _ID = sa.bindparam("of_customer", type_=sa.Text), sa.bindparam("of_id", type_=sa.Text)
_FORGET = Prepared(sa.delete(_TABLE).where(_TABLE.c.account == _ACCOUNT, _TABLE.c.customer == _CUSTOMER))
_TAKEN = Prepared(sa.select(_TABLE.c.customer).where(_TABLE.c.account == _ACCOUNT, _TABLE.c.customer == _ID))
_SUCCESSOR = Prepared(sa.select(_TABLE).where(_TABLE.c.account == _ACCOUNT, _TABLE.c.succeeds == _CUSTOMER))
_MIRRORED = Prepared(sa.select(_MIRROR.c.fields).where(_MIRROR.c.account == _ACCOUNT, _MIRROR.c.customer == _CUSTOMER))
_PENDING = Prepared(sa.select(_TABLE).where(_TABLE.c.account == _ACCOUNT).order_by(_TABLE.c.run, _TABLE.c.number))
_SUCCEEDED = sa.exists().where(_TABLE.c.account == _ACCOUNT, _TABLE.c.succeeds == _CUSTOMER)
_MENTIONED = Prepared(sa.select(IS_NAMED, _SUCCEEDED))
"""Whether holds name a customer, and whether a change succeeds the customer's own."""


class Outbox:
    """The pending changes of one account."""

    def __init__(self, ledger: Ledger, account: int) -> None:
        self._ledger, self._account = ledger, account
        self._images = BeforeImages(ledger, account)

    def pending(self) -> list[PendingChange]:
        """In the order in which they were planned."""
        with self._ledger.atomic() as tx:
            rows = _PENDING.all(tx, {"of_account": self._account})
        return [pending_from(row) for row in rows]

    def replace(self, tx: sa.Connection, feed: str, pending: Sequence[PendingChange]) -> None:
        """Put a feed's new plan in the place of everything that the feed had pending."""
        here = (_TABLE.c.account == self._account, _TABLE.c.feed == feed)
        old = [pending_from(row) for row in tx.execute(sa.select(_TABLE).where(*here)).all()]
        for change in old:
            self._feed(change).revert_links(tx, change.row_keys)
        tx.execute(sa.delete(_TABLE).where(*here))
        self._ledger.upsert(tx, _TABLE, [pending_to(self._account, change) for change in pending])

    def acknowledge(
        self,
        change: PendingChange,
        held: Values,
        keys: Mapping[str, str],
        baselines: Mapping[str, Baseline],
        outcome: Outcome,
        *,
        is_certain: bool = True,
    ) -> None:
        """Rotor holds `held` now, so the change is done; its rows, holds and successor know the customer by its id.

        `keys` are the customer's keys, which the successor starts from. Unless it `is_certain`, somebody who counts as
        created may have been there before. Written with the next transaction.
        """

        def write(tx: sa.Connection) -> None:
            self._end(tx, change, outcome)
            self._mirror(tx, outcome.id, held)
            sent = sent_as(outcome, is_certain=is_certain)
            self._settle(tx, change, outcome.id, baselines, sent, _left(change, held, keys))
            self._identify(tx, change.customer, outcome.id, keys)

        self._ledger.soon(write)

    def flush(self) -> None:
        self._ledger.flush()

    def give_up(self, change: PendingChange, outcome: Outcome, reason: str, named: Iterable[Named] = ()) -> None:
        """The change is refused or held: its rows return to what they were, and are left out until they change.

        Holds that named the customer were saved with the keys that it was to get; it keeps the ones it had.
        """
        with self._ledger.atomic() as tx:
            self._end(tx, change, outcome)
            feed = self._feed(change)
            fate = {"fate": "refused", "refused_group": f"{change.run}/{change.number}"}
            if outcome.state == "held":
                fate = {"fate": "held", "matching": _matching(tx, change.run)}
            feed.revert_links(tx, change.row_keys, reason=reason, **fate)
            feed.name(tx, change.row_keys, named)
            here = (_NAMED.c.account == self._account, _NAMED.c.customer == change.customer)
            tx.execute(sa.update(_NAMED).where(*here).values(dict(change.before_keys)))
            self._given_up(tx, change, reason)

    def drop(
        self, change: PendingChange, revised: PendingChange, outcome: Outcome, baselines: Mapping[str, Baseline]
    ) -> PendingChange | None:
        """Nothing is left to send: Rotor agrees already, or somebody changed the rest there.

        `revised` names the customer as Rotor holds it. Returns the change that succeeds this one, as it is now.
        """
        customer = revised.customer
        left = {name: known.acknowledged for name, known in baselines.items()}
        with self._ledger.atomic() as tx:
            self._end(tx, change, outcome)
            # Nobody knows whether a customer was new whom Rotor's list had not shown to be.
            sent = sent_as(outcome, is_certain=change.kind != "undecided")
            self._settle(tx, change, customer, baselines, sent, left)
            return self._identify(tx, change.customer, customer, revised.before_keys)

    def revise(
        self, old: PendingChange, new: PendingChange, baselines: Mapping[str, Baseline], sent: Sent = ""
    ) -> None:
        """Replace a pending change, because Rotor holds something else than when it was planned.

        `sent` is what Rotor did with the part of it that it holds now, if that was sent.
        """
        left = {name: known.acknowledged for name, known in baselines.items()}
        with self._ledger.atomic() as tx:
            self._replace(tx, old, new)
            if sent:
                done = [field for field in old.fields if field.field in left]
                self._images.record(tx, replace(old, fields=tuple(done)), new.customer, sent, left)
            self._save_baselines(tx, new, baselines)
            self._revised(tx, old, new, left)
            if old.customer != new.customer:
                self._feed(new).move_links(tx, new.row_keys, new.customer)
                rename(tx, self._account, old.customer, new.customer)
                self._move_successor(tx, old.customer, new.customer)

    def claimed(self) -> set[str]:
        """Customers that rows of any feed belong to."""
        with self._ledger.atomic() as tx:
            feeds = feeds_of(tx, self._account)
            frames = [StoredLinks(self._ledger, self._account, feed).customers(tx) for feed in feeds]
        return {customer for frame in frames for customer in frame.get_column("customer")}

    def count_customers(self, feed: str) -> int:
        """How many customers rows of a feed belong to, including planned ones."""
        with self._ledger.atomic() as tx:
            customers = StoredLinks(self._ledger, self._account, feed).customers(tx).get_column("customer")
        return customers.filter(customers != "").n_unique()

    def held_rows(self) -> dict[str, int]:
        """How many rows of each feed wait for a person."""
        links = schema.row_links.c
        query = sa.select(links.feed, sa.func.count()).where(links.account == self._account, links.fate == "held")
        with self._ledger.atomic() as tx:
            return {row[0]: row[1] for row in tx.execute(query.group_by(links.feed))}

    def baselines(self, feed: str, customer: str) -> dict[str, Baseline]:
        return Feed(self._ledger, self._account, feed).baselines_of([customer]).get(customer, {})

    def outcomes(self, run: str) -> list[Outcome]:
        return [outcome for outcome, _ in self._ended(_OUTCOMES.c.run == run)]

    def lost_rows(self, run: str) -> list[tuple[Outcome, tuple[PendingRow, ...]]]:
        """The rows of the changes that were refused or held when the run sent them."""
        return self._ended(_OUTCOMES.c.run == run, _OUTCOMES.c.state.in_(_LOST))

    def kept_otherwise(self, run: str) -> list[tuple[Outcome, tuple[PendingRow, ...]]]:
        """The changes that the run carried out and of which Rotor kept something else, with their first rows."""
        ended = self._ended(_OUTCOMES.c.run == run, _OUTCOMES.c.state.not_in(_LOST))
        return [(outcome, rows) for outcome, rows in ended if outcome.problems]

    def _ended(self, *where: sa.ColumnElement[bool]) -> list[tuple[Outcome, tuple[PendingRow, ...]]]:
        query = sa.select(_OUTCOMES).where(*where).order_by(_OUTCOMES.c.number)
        with self._ledger.atomic() as tx:
            rows = tx.execute(query).mappings().all()
        return [(_outcome(row), rows_from(row["rows"])) for row in rows]

    def _settle(
        self,
        tx: sa.Connection,
        change: PendingChange,
        id_: str,
        baselines: Mapping[str, Baseline],
        sent: Sent,
        left: Values,
    ) -> None:
        """Nothing is left to send, so the change's rows belong to the customer for good."""
        if sent:
            self._images.record(tx, change, id_, sent, left)
        self._feed(change).apply_links(tx, change.row_keys, id_)
        self._feed(change).save_baselines(tx, {id_: baselines})

    def _given_up(self, tx: sa.Connection, change: PendingChange, reason: str) -> None: ...

    def _revised(self, tx: sa.Connection, old: PendingChange, new: PendingChange, left: Values) -> None: ...

    def _save_baselines(self, tx: sa.Connection, change: PendingChange, baselines: Mapping[str, Baseline]) -> None:
        self._feed(change).save_baselines(tx, {change.customer: baselines})

    def _replace(self, tx: sa.Connection, old: PendingChange, new: PendingChange) -> None:
        _FORGET.run(tx, self._bound(old.customer))
        self._ledger.upsert(tx, _TABLE, [pending_to(self._account, new)])

    def _end(self, tx: sa.Connection, change: PendingChange, outcome: Outcome) -> None:
        _FORGET.run(tx, self._bound(change.customer))
        rows = change.rows if outcome.state in _LOST else change.rows[:1] if outcome.problems else ()
        own = {"run": change.run, "customer": change.customer, "rows": rows}
        self._ledger.upsert(tx, _OUTCOMES, [vars(outcome) | own])

    def _mirror(self, tx: sa.Connection, id_: str, held: Values) -> None:
        row = {"account": self._account, "customer": id_, "fields": dict(held)}
        if not self._ledger.insert(tx, _MIRROR, row):
            (known,) = _MIRRORED.one(tx, self._bound(id_))
            self._ledger.upsert(tx, _MIRROR, [row | {"fields": unreadable(known) | dict(held)}])

    def _identify(self, tx: sa.Connection, done: str, id_: str, keys: Mapping[str, str]) -> PendingChange | None:
        """The customer of a change that is done is known by its id; returns the change that succeeds it, as it is."""
        is_named, is_succeeded = _MENTIONED.one(tx, self._bound(done))
        if is_named and done != id_:
            rename(tx, self._account, done, id_)
        return self._identify_successor(tx, done, id_, keys) if is_succeeded else None

    def _identify_successor(
        self, tx: sa.Connection, done: str, id_: str, keys: Mapping[str, str]
    ) -> PendingChange | None:
        """The change that succeeds this one is about the same customer, whose id is known now.

        If that customer has another change to come, the successor goes after it.
        """
        successor = _SUCCESSOR.first(tx, self._bound(done))
        if successor is None:
            return None
        change = pending_from(successor)
        if _TAKEN.first(tx, {"of_account": self._account, "of_id": id_}) is not None:
            last = self._last_of(tx, id_)
            self._move_successor(tx, done, last)
            return replace(change, succeeds=last)
        known = {"customer": id_, "succeeds": "", "before_keys": dict(keys)}
        here = (_TABLE.c.account == self._account, _TABLE.c.customer == change.customer)
        tx.execute(sa.update(_TABLE).where(*here).values(known))
        self._move_successor(tx, change.customer, id_)
        self._feed(change).move_links(tx, change.row_keys, id_)
        rename(tx, self._account, change.customer, id_)
        return replace(change, customer=id_, succeeds="", before_keys=keys)

    def _move_successor(self, tx: sa.Connection, old: str, new: str) -> None:
        """What followed one customer's change follows another's, or the same one's by its id."""
        here = (_TABLE.c.account == self._account, _TABLE.c.succeeds == old)
        tx.execute(sa.update(_TABLE).where(*here).values(succeeds=new))

    def _last_of(self, tx: sa.Connection, customer: str) -> str:
        """The last of the changes that follow a customer's own."""
        while following := _SUCCESSOR.first(tx, self._bound(customer)):
            customer = pending_from(following).customer
        return customer

    def _bound(self, customer: str) -> dict[str, object]:
        return {"of_account": self._account, "of_customer": customer}

    def _feed(self, change: PendingChange) -> Feed:
        return Feed(self._ledger, self._account, change.feed)


def _left(change: PendingChange, held: Values, keys: Mapping[str, str]) -> Values:
    """What Rotor holds now: keys in normal form, and blank what it answered without."""
    nothing = {field.field: blank(field.field) for field in change.fields}
    return {**nothing, **held, **{name: key for name, key in keys.items() if key}}


def _matching(tx: sa.Connection, run: str) -> str:
    """The policy that the run planned under."""
    return str(tx.scalar(sa.select(schema.runs.c.matching).where(schema.runs.c.id == run)) or "")


def _outcome(row: sa.RowMapping) -> Outcome:
    columns = {name: row[name] for name in Outcome.__dataclass_fields__}
    return Outcome(**columns | {"problems": frozen(row["problems"])})
