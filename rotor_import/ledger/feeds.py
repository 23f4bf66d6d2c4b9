"""What is remembered of a feed: its rows' links, and each field as it was last synced."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.baselines import StoredBaselines
from rotor_import.ledger.codec import prior_from, prior_to
from rotor_import.ledger.row_links import StoredLinks, feeds_of, rest_of
from rotor_import.ledger.store import Ledger
from rotor_import.model.baselines import Agreed
from rotor_import.model.change import LinkUpdate
from rotor_import.model.row_link import Named, RowKey, RowLink
from rotor_import.model.row_links import RowLinks
from rotor_import.model.three_way import Baseline

_LINKS = schema.row_links
_NAMED = schema.named

# Made once, for making them takes longer than carrying them out.
_LINK = (
    _LINKS.c.account == sa.bindparam("of_account"),
    _LINKS.c.feed == sa.bindparam("of_feed"),
    _LINKS.c.natural_key == sa.bindparam("of_natural_key"),
    _LINKS.c.occurrence == sa.bindparam("of_occurrence"),
)
_MOVE_LINK = sa.update(_LINKS).where(*_LINK).values(customer=sa.bindparam("of_customer"))
_MARK_GONE = sa.update(_LINKS).where(*_LINK).values(gone=sa.bindparam("of_customer"))
_APPLY_LINK = _MOVE_LINK.values(prior=sa.null())


class Feed:
    """The links and baselines of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._account = account
        self._of = {"account": account, "feed": feed}
        self._linked = StoredLinks(ledger, account, feed)
        self._baselines = StoredBaselines(ledger, account, feed)

    def links(self) -> list[LinkUpdate]:
        """All links, those of rows with a pending change with what they were before it."""
        return self.all_links().where(pl.lit(value=True))

    def all_links(self) -> RowLinks:
        """As `links`, to be looked at as a frame first."""
        named = self._named()
        with self._ledger.atomic() as tx:
            frame, odd = self._linked.frame(tx)

        def make(row: Mapping[str, Any]) -> LinkUpdate:
            whole = dict(rest_of(row, odd))
            return _link(whole | {"unmoved": _json(whole["unmoved"]) or (), "prior": _json(whole["prior"])}, named)

        return RowLinks(frame, make)

    def _named(self) -> dict[RowKey, list[Named]]:
        named: dict[RowKey, list[Named]] = defaultdict(list)
        columns = (_NAMED.c.natural_key, _NAMED.c.occurrence, _NAMED.c.customer, _NAMED.c.phone, _NAMED.c.email)
        with self._ledger.atomic() as tx:
            for natural_key, occurrence, *rest in tx.execute(sa.select(*columns).where(*self._where(_NAMED))):
                named[natural_key, occurrence].append(Named(*rest))
        return named

    def elsewhere(self) -> frozenset[str]:
        """Customers to whom rows of the account's other feeds belong."""
        with self._ledger.atomic() as tx:
            others = feeds_of(tx, self._account) - {str(self._of["feed"])}
            found = [StoredLinks(self._ledger, self._account, feed).customers(tx) for feed in others]
        return frozenset(name for one in found for name in one.filter(pl.col("gone") == "").get_column("customer"))

    def reader(self) -> BaselineReader:
        return BaselineReader(self)

    def has_baselines(self) -> bool:
        with self._ledger.atomic() as tx:
            return self._baselines.any(tx)

    def baselines_of(self, customers: Iterable[str]) -> dict[str, dict[str, Baseline]]:
        """Of each of these customers of whom there are any."""
        with self._ledger.atomic() as tx:
            return self._baselines.of(tx, set(customers))

    def baselines_elsewhere(self, customers: Iterable[str]) -> Iterator[tuple[str, dict[str, Baseline]]]:
        """What the account's other feeds remember of each of these, in no order."""
        wanted = set(customers)
        with self._ledger.atomic() as tx:
            for feed in sorted(feeds_of(tx, self._account) - {str(self._of["feed"])}):
                yield from StoredBaselines(self._ledger, self._account, feed).of(tx, wanted).items()

    def baselines(self) -> dict[str, dict[str, Baseline]]:
        """Of each customer."""
        with self._ledger.atomic() as tx:
            return self._baselines.all(tx)

    def save_links(self, tx: sa.Connection, updates: Iterable[LinkUpdate]) -> None:
        updates = list(updates)
        self._ledger.upsert(tx, _LINKS, [self._of | _link_row(update) for update in updates])
        row_keys = [
            {"key_natural_key": update.link.natural_key, "key_occurrence": update.link.occurrence} for update in updates
        ]
        if row_keys:
            here = (
                _NAMED.c.natural_key == sa.bindparam("key_natural_key"),
                _NAMED.c.occurrence == sa.bindparam("key_occurrence"),
            )
            tx.execute(sa.delete(_NAMED).where(*self._where(_NAMED), *here), row_keys)
        for update in updates:
            if update.link.named:
                self.name(tx, [update.link.row_key], update.link.named)

    def settle_links(self, tx: sa.Connection, kept: pl.DataFrame) -> None:
        """As `save_pins`, of many rows that came through: in `model.links.KEPT`."""
        self._linked.settle(tx, kept)

    def revert_links(self, tx: sa.Connection, row_keys: Iterable[RowKey], **outcome: str) -> None:
        """Take back what an unsent change made of these rows' links.

        `outcome` are columns to set for rows that are refused or held now; without any a row that was new is
        forgotten.
        """
        for natural_key, occurrence in row_keys:
            here = (*self._where(_LINKS), _LINKS.c.natural_key == natural_key, _LINKS.c.occurrence == occurrence)
            row = tx.execute(sa.select(_LINKS.c.digest, _LINKS.c.prior).where(*here)).first()
            if row is None:
                continue
            prior = prior_from(row.prior)
            if prior is None and not outcome:
                tx.execute(sa.delete(_LINKS).where(*here))
                continue
            values = _link_row(LinkUpdate(prior or RowLink(natural_key, occurrence, "", "")))
            if outcome:
                values |= {"digest": row.digest} | outcome
            tx.execute(sa.update(_LINKS).where(*here).values(values))

    def name(self, tx: sa.Connection, row_keys: Iterable[RowKey], named: Iterable[Named]) -> None:
        """Keep what a held row depends on."""
        rows = [
            self._of
            | {"natural_key": natural_key, "occurrence": occurrence}
            | {"customer": one.customer, "phone": one.phone, "email": one.email}
            for natural_key, occurrence in row_keys
            for one in named
        ]
        self._ledger.upsert(tx, _NAMED, rows)

    def apply_links(self, tx: sa.Connection, row_keys: Iterable[RowKey], customer: str) -> None:
        """Rotor has acknowledged the change: its rows belong to the customer for good."""
        self._update(tx, _APPLY_LINK, row_keys, customer)

    def mark_gone(self, tx: sa.Connection, row_keys: Iterable[RowKey], run: str) -> None:
        """The full file of this run has these rows' customers no more."""
        self._update(tx, _MARK_GONE, row_keys, run)

    def move_links(self, tx: sa.Connection, row_keys: Iterable[RowKey], customer: str) -> None:
        """The planned customer turned out to be one that Rotor holds."""
        self._update(tx, _MOVE_LINK, row_keys, customer)

    def _update(self, tx: sa.Connection, statement: sa.Update, row_keys: Iterable[RowKey], customer: str) -> None:
        here = {f"of_{name}": value for name, value in self._of.items()} | {"of_customer": customer}
        row_keys = list(row_keys)
        each = [
            here | {"of_natural_key": natural_key, "of_occurrence": occurrence} for natural_key, occurrence in row_keys
        ]
        if each and tx.execute(statement, each).rowcount < len(each):
            self._linked.bring_out(tx, row_keys)
            tx.execute(statement, each)

    def save_baselines(self, tx: sa.Connection, baselines: Mapping[str, Mapping[str, Baseline]]) -> None:
        """Keep these fields' baselines beside the others of each customer."""
        self._baselines.keep(tx, baselines)

    def agree(self, tx: sa.Connection, agreed: Agreed) -> None:
        """As `remember`, of many customers."""
        self._baselines.agree(tx, agreed)

    def _where(self, table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.account == self._of["account"], table.c.feed == self._of["feed"]


class BaselineReader:
    """The baselines of a feed, read as they are asked for; `prefetch` reads those of many customers at once."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._known: dict[str, Mapping[str, Baseline]] = {}

    def prefetch(self, customers: Iterable[str]) -> None:
        wanted = sorted(set(customers) - self._known.keys())
        found = self._feed.baselines_of(wanted)
        self._known.update((customer, found.get(customer, {})) for customer in wanted)

    def of(self, customer: str) -> Mapping[str, Baseline]:
        if customer not in self._known:
            self.prefetch([customer])
        return self._known[customer]


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _link(row: Mapping[str, Any], named: Mapping[tuple[str, int], list[Named]]) -> LinkUpdate:
    link = RowLink(
        row["natural_key"],
        row["occurrence"],
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
        named=tuple(named.get((row["natural_key"], row["occurrence"]), ())),
    )
    return LinkUpdate(link, prior_from(row["prior"]))


def _link_row(update: LinkUpdate) -> dict[str, Any]:
    link = update.link
    return {
        "natural_key": link.natural_key,
        "occurrence": link.occurrence,
        "customer": link.customer,
        "digest": link.digest,
        "cell_id": link.id,
        "cell_phone": link.phone,
        "cell_email": link.email,
        "fate": link.fate,
        "reason": link.reason,
        "field": link.field,
        "matching": link.matching,
        "refused_group": link.group,
        "gone": link.gone,
        "decision": link.decision,
        "unmoved": [list(one) for one in link.unmoved],
        "prior": prior_to(update.prior),
    }
