"""What the ledger knows of a feed: its rows' links, and each field as it was last synced."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.baselines import StoredBaselines
from rotor_import.ledger.codec import frozen, prior_from, prior_to
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.row_links import StoredLinks, feeds_of, with_details
from rotor_import.ledger.store import Ledger
from rotor_import.model.baselines import Agreed
from rotor_import.model.before_image import Links
from rotor_import.model.change import LinkUpdate
from rotor_import.model.row_link import Named, RowKey, RowLink
from rotor_import.model.row_links import RowLinks
from rotor_import.model.three_way import Baseline

_LINKS = schema.row_links
_NAMED = schema.named

# Made once, because making a statement takes longer than running it.
_LINK, _NAMED_BY = (
    tuple(table.c[name] == sa.bindparam(f"of_{name}") for name in ("account", "feed", "natural_key", "occurrence"))
    for table in (_LINKS, _NAMED)
)
_PRIOR_LINK = Prepared(sa.select(_LINKS.c.digest, _LINKS.c.seen, _LINKS.c.prior).where(*_LINK))
_STORED_LINK = sa.select(_LINKS).where(*_LINK)
_FORGET_LINK = sa.delete(_LINKS).where(*_LINK)
_FORGET_NAMED = sa.delete(_NAMED).where(*_NAMED_BY)
_OF_LINK = sa.update(_LINKS).where(*_LINK)
_MOVE_LINK = Prepared(_OF_LINK.values(customer=sa.bindparam("of_customer")))
_MARK_GONE = Prepared(_OF_LINK.values(gone=sa.bindparam("of_customer")))
_APPLY_LINK = Prepared(_OF_LINK.values(customer=sa.bindparam("of_customer"), prior=sa.null()))

_RENAMED = {"cell_id": "id", "cell_phone": "phone", "cell_email": "email", "refused_group": "group"}
_ATTRIBUTES = {
    column.name: _RENAMED.get(column.name, column.name)
    for column in _LINKS.columns
    if column.name not in ("account", "feed", "prior")
}
"""By column, the attribute of a RowLink that it keeps."""
_cells = itemgetter(*_ATTRIBUTES)


class Feed:
    """The links and baselines of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._account = account
        self._scope = {"account": account, "feed": feed}
        self._linked = StoredLinks(ledger, account, feed)
        self._baselines = StoredBaselines(ledger, account, feed)

    def links(self) -> list[LinkUpdate]:
        """All links; those of rows with a pending change, with what they were before it."""
        return self.all_links().where(pl.lit(value=True))

    def all_links(self) -> RowLinks:
        """All links as a frame, of which single ones are made on demand."""
        named = self._named()
        with self._ledger.atomic() as tx:
            frame, details = self._linked.frame(tx)
        return RowLinks(frame, lambda row: _link(with_details(row, details), named))

    def _named(self) -> dict[RowKey, list[Named]]:
        """The customers that each held row named."""
        named: dict[RowKey, list[Named]] = defaultdict(list)
        columns = (_NAMED.c.natural_key, _NAMED.c.occurrence, _NAMED.c.customer, _NAMED.c.phone, _NAMED.c.email)
        with self._ledger.atomic() as tx:
            for natural_key, occurrence, *rest in tx.execute(sa.select(*columns).where(*self._where(_NAMED))):
                named[natural_key, occurrence].append(Named(*rest))
        return named

    def elsewhere(self) -> frozenset[str]:
        """Customers that rows of the account's other feeds belong to."""
        with self._ledger.atomic() as tx:
            others = feeds_of(tx, self._account) - {str(self._scope["feed"])}
            frames = [StoredLinks(self._ledger, self._account, feed).customers(tx) for feed in others]
        return frozenset(name for frame in frames for name in frame.filter(pl.col("gone") == "").get_column("customer"))

    def reader(self) -> BaselineReader:
        return BaselineReader(self)

    def has_baselines(self) -> bool:
        with self._ledger.atomic() as tx:
            return self._baselines.exist(tx)

    def baselines_of(self, customers: Iterable[str]) -> dict[str, dict[str, Baseline]]:
        """Those of these customers, without customers that have none."""
        with self._ledger.atomic() as tx:
            return self._baselines.read(tx, set(customers))

    def baselines_in(self, tx: sa.Connection, customer: str) -> dict[str, Baseline]:
        """Those of one customer, read in the caller's transaction."""
        return self._baselines.read_one(tx, customer)

    def baselines_elsewhere(self, customers: Iterable[str]) -> Iterator[tuple[str, dict[str, Baseline]]]:
        """The baselines that the account's other feeds have of these customers, in no order."""
        wanted = set(customers)
        with self._ledger.atomic() as tx:
            for feed in sorted(feeds_of(tx, self._account) - {str(self._scope["feed"])}):
                yield from StoredBaselines(self._ledger, self._account, feed).read(tx, wanted).items()

    def baselines(self) -> dict[str, dict[str, Baseline]]:
        """By customer and field."""
        with self._ledger.atomic() as tx:
            return self._baselines.read_all(tx)

    def save_links(self, tx: sa.Connection, updates: Iterable[LinkUpdate]) -> None:
        """Save links one by one, with what a refusal would take them back to, and the customers that holds named."""
        updates = list(updates)
        self._ledger.upsert(tx, _LINKS, [self._scope | _link_row(update) for update in updates])
        row_keys = [self._bound(update.link.row_key) for update in updates]
        if row_keys:
            tx.execute(_FORGET_NAMED, row_keys)
        for update in updates:
            if update.link.named:
                self.name(tx, [update.link.row_key], update.link.named)

    def settle_links(self, tx: sa.Connection, kept: pl.DataFrame) -> None:
        """Save the links of many rows that came through; the frame is in `model.row_links.KEPT`."""
        self._linked.settle(tx, kept)

    def revert_links(self, tx: sa.Connection, row_keys: Iterable[RowKey], **outcome: str) -> None:
        """Take back what a change that was not sent made of these rows' links.

        `outcome` are columns to set where the rows are refused or held now. Without any, a new row is forgotten.
        """
        for row_key in row_keys:
            bound = self._bound(row_key)
            row = _PRIOR_LINK.first(tx, bound)
            if row is None:
                continue
            digest, seen, stored = row
            prior = prior_from(stored)
            if prior is None and not outcome:
                tx.execute(_FORGET_LINK, bound)
                continue
            values = _link_row(LinkUpdate(prior or RowLink(*row_key, "", "", seen=seen)))
            if outcome:
                values |= {"digest": digest} | outcome
            tx.execute(sa.update(_LINKS).where(*_LINK).values(values), bound)

    def links_before(self, tx: sa.Connection, row_keys: Iterable[RowKey]) -> Iterator[tuple[RowKey, RowLink | None]]:
        """What a pending change found of each of its rows; None of rows that were new then."""
        for row_key in row_keys:
            row = _PRIOR_LINK.first(tx, self._bound(row_key))
            yield row_key, prior_from(row[2]) if row else None

    def links_now(self, tx: sa.Connection, row_keys: Iterable[RowKey]) -> Iterator[tuple[RowKey, RowLink | None]]:
        """Each row's link as it is now, without the customers that a hold named; None where it has none."""
        row_keys = list(row_keys)
        self._linked.bring_out(tx, row_keys)
        for row_key in row_keys:
            row = tx.execute(_STORED_LINK, self._bound(row_key)).mappings().first()
            yield row_key, None if row is None or not (row["digest"] or row["seen"]) else _stored_link(row)

    def put_back(self, tx: sa.Connection, links: Links) -> None:
        """Give these rows the links that they had; one that had none gets an empty link, which counts as none."""
        self.save_links(tx, (LinkUpdate(link or RowLink(*row_key, "", "")) for row_key, link in links))

    def forget_baselines(self, tx: sa.Connection, customer: str, names: Collection[str]) -> None:
        self._baselines.forget(tx, customer, names)

    def name(self, tx: sa.Connection, row_keys: Iterable[RowKey], named: Iterable[Named]) -> None:
        """Save the customers on which these held rows depend, with their keys."""
        rows = [
            self._scope | {"natural_key": natural_key, "occurrence": occurrence} | vars(customer)
            for natural_key, occurrence in row_keys
            for customer in named
        ]
        self._ledger.upsert(tx, _NAMED, rows)

    def apply_links(self, tx: sa.Connection, row_keys: Iterable[RowKey], customer: str) -> None:
        """Rotor has acknowledged the change, so its rows belong to the customer for good."""
        self._update(tx, _APPLY_LINK, row_keys, customer)

    def mark_gone(self, tx: sa.Connection, row_keys: Iterable[RowKey], run: str) -> None:
        """The full file of this run no longer has the customers of these rows."""
        self._update(tx, _MARK_GONE, row_keys, run)

    def move_links(self, tx: sa.Connection, row_keys: Iterable[RowKey], customer: str) -> None:
        """The planned customer turned out to be one that Rotor holds."""
        self._update(tx, _MOVE_LINK, row_keys, customer)

    def _update(self, tx: sa.Connection, statement: Prepared, row_keys: Iterable[RowKey], customer: str) -> None:
        """Rows that are in the snapshot become rows of the table first."""
        row_keys = list(row_keys)
        bound = [self._bound(row_key) | {"of_customer": customer} for row_key in row_keys]
        if bound and statement.run_each(tx, bound) < len(bound):
            self._linked.bring_out(tx, row_keys)
            statement.run_each(tx, bound)

    def save_baselines(self, tx: sa.Connection, baselines: Mapping[str, Mapping[str, Baseline]]) -> None:
        """Save the baselines of these fields; those of a customer's other fields stay."""
        self._baselines.save(tx, baselines)

    def agree(self, tx: sa.Connection, agreed: Agreed) -> None:
        """Save the baselines of many customers, in the columns of `model.baselines`."""
        self._baselines.agree(tx, agreed)

    def _bound(self, row_key: RowKey) -> dict[str, object]:
        scope = {"of_account": self._account, "of_feed": self._scope["feed"]}
        return scope | {"of_natural_key": row_key[0], "of_occurrence": row_key[1]}

    def _where(self, table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.account == self._scope["account"], table.c.feed == self._scope["feed"]


class BaselineReader:
    """The baselines of a feed, read on demand; `prefetch` reads those of many customers at once."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._known: dict[str, Mapping[str, Baseline]] = {}

    def prefetch(self, customers: Iterable[str]) -> None:
        wanted = sorted(set(customers) - self._known.keys())
        stored = self._feed.baselines_of(wanted)
        self._known.update((customer, stored.get(customer, {})) for customer in wanted)

    def of(self, customer: str) -> Mapping[str, Baseline]:
        if customer not in self._known:
            self.prefetch([customer])
        return self._known[customer]


def _link(row: Mapping[str, Any], named: Mapping[RowKey, list[Named]]) -> LinkUpdate:
    known = dict(zip(_ATTRIBUTES.values(), _cells(row), strict=True))
    known["unmoved"] = frozen(json.loads(row["unmoved"])) if row["unmoved"] else ()
    known["named"] = tuple(named.get((row["natural_key"], row["occurrence"]), ()))
    return LinkUpdate(RowLink(**known), prior_from(json.loads(row["prior"])) if row["prior"] else None)


def _stored_link(row: sa.RowMapping) -> RowLink:
    known = dict(zip(_ATTRIBUTES.values(), _cells(row), strict=True))
    return RowLink(**known | {"unmoved": frozen(row["unmoved"])})


def _link_row(update: LinkUpdate) -> dict[str, Any]:
    link = vars(update.link)
    row = {name: link[attribute] for name, attribute in _ATTRIBUTES.items()}
    return row | {"prior": prior_to(update.prior)}
