"""Where the ledger keeps the row links of a feed: settled ones, once there are many, in a snapshot.

The others, and those that changed since, are rows of the table; such a row replaces the snapshot's line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema, snapshots
from rotor_import.ledger.frames import framed, text_of
from rotor_import.ledger.snapshots import Snapshot, owned, shared, sliced
from rotor_import.ledger.store import Ledger
from rotor_import.model.row_link import RowKey
from rotor_import.model.row_links import KEPT, SCHEMA

_LINKS = schema.row_links
_NAMED = schema.named
_OUTBOX = schema.outbox
_SNAPSHOTS = schema.snapshots
_ROW_KEY = ["natural_key", "occurrence"]
_CHUNK = 5_000
_TEXTS = [name for name, kind in KEPT.items() if kind == pl.String]
_SETTLED_STATE = {"fate": "kept", "gone": "", "decision": "", "pending": False}
_WORDS = ("reason", "field", "matching", "refused_group")
_DETAILS = {name: _LINKS.c[name] for name in _WORDS} | {
    "unmoved": text_of(_LINKS.c.unmoved),
    "prior": text_of(_LINKS.c.prior),
}
"""Columns that only a few links have anything in."""
_NO_DETAILS = dict.fromkeys(_DETAILS, "")
_SETTLED: dict[str, object] = dict.fromkeys((*_WORDS, "gone", "decision"), "") | {
    "fate": "kept",
    "unmoved": [],
    "prior": None,
}
_ALL = sa.select(
    *(_LINKS.c[name] for name in SCHEMA if name != "pending"),
    _LINKS.c.prior.is_not(None).label("pending"),
    *_DETAILS.values(),
).where(_LINKS.c.account == sa.bindparam("of_account"), _LINKS.c.feed == sa.bindparam("of_feed"))
"""Made once, because making a statement takes longer than running it."""


class StoredLinks:
    """The row links of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._account = account
        self._scope = {"account": account, "feed": feed}
        self._snapshot = Snapshot(account, "links", feed)

    @cached_property
    def _where(self) -> tuple[sa.ColumnElement[bool], ...]:
        return tuple(_LINKS.c[name] == value for name, value in self._scope.items())

    def frame(self, tx: sa.Connection) -> tuple[pl.DataFrame, Mapping[RowKey, Mapping[str, Any]]]:
        """All links in `model.row_links.SCHEMA`, and the details of those that have any, by row key."""
        shared(tx, self._account)
        kinds = {**SCHEMA, **dict.fromkeys(_DETAILS, pl.String)}
        rows = framed(tx.execute(_ALL, {f"of_{name}": value for name, value in self._scope.items()}), kinds)
        bare = pl.all_horizontal(
            *(pl.col(name) == "" for name in _WORDS),
            pl.col("unmoved") == "[]",
            pl.col("prior").is_null(),
        )
        details = {(row["natural_key"], row["occurrence"]): row for row in rows.filter(~bare).iter_rows(named=True)}
        kept = self._kept(tx, rows.select(_ROW_KEY))
        if kept is None:
            return rows.select(list(SCHEMA)), details
        kept = kept.with_columns(pl.lit(value).alias(name) for name, value in _SETTLED_STATE.items())
        return pl.concat([kept, rows.select(kept.columns)]) if rows.height else kept, details

    def customers(self, tx: sa.Connection) -> pl.DataFrame:
        """`customer` and `gone` of each link."""
        frame, _ = self.frame(tx)
        return frame.select("customer", "gone")

    def bring_out(self, tx: sa.Connection, row_keys: Iterable[RowKey]) -> None:
        """Copy these links from the snapshot into the table, where they can be changed one by one."""
        wanted = _row_keys(row_keys)
        there = {
            (natural_key, occurrence)
            for some in wanted.iter_slices(_CHUNK)
            for natural_key, occurrence in tx.execute(
                sa.select(_LINKS.c.natural_key, _LINKS.c.occurrence).where(
                    *self._where, _LINKS.c.natural_key.in_(some.get_column("natural_key").unique().to_list())
                )
            )
        }
        wanted = wanted.join(_row_keys(there), on=_ROW_KEY, how="anti")
        if not wanted.is_empty():
            kept = self._snapshot.read(tx, KEPT)
            self._write(tx, _without_nulls(kept.join(wanted, on=_ROW_KEY, how="semi")))

    def settle(self, tx: sa.Connection, kept: pl.DataFrame) -> None:
        """Save the links of rows that came through, in `model.row_links.KEPT`, in place of the links they had."""
        if kept.is_empty() and self._count_settled(tx) < snapshots.MANY:
            return
        self._forget_named(tx, kept)
        waiting = list(tx.scalars(sa.select(_OUTBOX.c.customer).where(_OUTBOX.c.account == self._account)))
        sent = pl.col("customer").str.starts_with("new:") | pl.col("customer").is_in(
            pl.Series(waiting, dtype=pl.String).implode()
        )
        self._write(tx, kept.filter(sent))
        done = kept.filter(~sent)
        if done.height + self._count_settled(tx) < snapshots.MANY:
            self._write(tx, done)
        else:
            self._fold(tx, done)

    def _count_settled(self, tx: sa.Connection) -> int:
        count = sa.select(sa.func.count()).select_from(_LINKS).where(*self._settled())
        return int(tx.scalar(count) or 0)

    def _fold(self, tx: sa.Connection, done: pl.DataFrame) -> None:
        """Move all settled links of the table into a new snapshot, with these."""
        owned(tx, self._account)
        names = [_LINKS.c[name] for name in KEPT]
        settled = framed(tx.execute(sa.select(*names).where(*self._settled())), KEPT)
        tx.execute(sa.delete(_LINKS).where(*self._settled()))
        rows = framed(
            tx.execute(sa.select(_LINKS.c.natural_key, _LINKS.c.occurrence).where(*self._where)), _kinds(_ROW_KEY)
        )
        again = rows.join(done.select(_ROW_KEY), on=_ROW_KEY, how="semi")
        self._delete(tx, _LINKS, again)
        rows = pl.concat([rows.join(again, on=_ROW_KEY, how="anti"), settled.select(_ROW_KEY), done.select(_ROW_KEY)])
        older = self._kept(tx, rows)
        newer = _without(settled, done.select(_ROW_KEY))
        every = pl.concat([*([] if older is None else [older.select(list(KEPT))]), newer, done.select(list(KEPT))])
        blank = (pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in _TEXTS)
        self._snapshot.replace(tx, sliced(every.with_columns(blank)))

    def _kept(self, tx: sa.Connection, rows: pl.DataFrame) -> pl.DataFrame | None:
        """The snapshot's lines, without those that rows of the table replace; None if there is no snapshot."""
        if not self._snapshot.lines(tx):
            return None
        return _without(_without_nulls(self._snapshot.read(tx, KEPT)), rows)

    def _settled(self) -> tuple[sa.ColumnElement[bool], ...]:
        """Conditions for the link of a row that came through and waits for nothing."""
        waiting = sa.select(_OUTBOX.c.customer).where(_OUTBOX.c.account == self._account)
        blank = (_LINKS.c[name] == "" for name in (*_WORDS, "gone", "decision"))
        return (
            *self._where,
            *blank,
            _LINKS.c.fate == "kept",
            _LINKS.c.prior.is_(None),
            text_of(_LINKS.c.unmoved) == "[]",
            _LINKS.c.customer != "",
            ~_LINKS.c.customer.startswith("new:"),
            _LINKS.c.customer.not_in(waiting),
        )

    def _forget_named(self, tx: sa.Connection, kept: pl.DataFrame) -> None:
        query = sa.select(_NAMED.c.natural_key, _NAMED.c.occurrence).where(
            _NAMED.c.account == self._account, _NAMED.c.feed == self._scope["feed"]
        )
        named = framed(tx.execute(query.distinct()), _kinds(_ROW_KEY))
        self._delete(tx, _NAMED, named.join(kept.select(_ROW_KEY), on=_ROW_KEY, how="semi"))

    def _delete(self, tx: sa.Connection, table: sa.Table, row_keys: pl.DataFrame) -> None:
        where = (table.c[name] == sa.bindparam(f"of_{name}") for name in (*self._scope, *_ROW_KEY))
        scope = {f"of_{name}": value for name, value in self._scope.items()}
        rows = [
            scope | {"of_natural_key": natural_key, "of_occurrence": occurrence}
            for natural_key, occurrence in row_keys.iter_rows()
        ]
        if rows:
            tx.execute(sa.delete(table).where(*where), rows)

    def _write(self, tx: sa.Connection, kept: pl.DataFrame) -> None:
        rest = self._scope | _SETTLED
        for some in kept.select(list(KEPT)).iter_slices(_CHUNK):
            self._ledger.upsert(tx, _LINKS, [rest | row for row in some.iter_rows(named=True)])


def with_details(row: Mapping[str, Any], details: Mapping[RowKey, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A line of the frame, with its details if it has any."""
    return {**_NO_DETAILS, **row, **details.get((row["natural_key"], row["occurrence"]), {})}


def feeds_of(tx: sa.Connection, account: int) -> frozenset[str]:
    """The feeds that have links."""
    rows = sa.select(_LINKS.c.feed).where(_LINKS.c.account == account)
    whole = sa.select(_SNAPSHOTS.c.feed).where(_SNAPSHOTS.c.account == account, _SNAPSHOTS.c.kind == "links")
    return frozenset(tx.scalars(sa.union(rows, whole)))


def _without(kept: pl.DataFrame, row_keys: pl.DataFrame) -> pl.DataFrame:
    """Few lines have these row keys, so the others are told apart first, by one column."""
    alike = kept.get_column("natural_key").is_in(row_keys.get_column("natural_key").implode())
    if not alike.any():
        return kept
    stays = kept.filter(alike).join(row_keys, on=_ROW_KEY, how="anti", maintain_order="left")
    return pl.concat([kept.filter(~alike), stays])


def _without_nulls(kept: pl.DataFrame) -> pl.DataFrame:
    """A blank is '' in a link, and null in a snapshot."""
    blank = [name for name in _TEXTS if kept.get_column(name).null_count()]
    whole = [name for name in blank if kept.get_column(name).null_count() == kept.height]
    return kept.with_columns(pl.lit("").alias(name) if name in whole else pl.col(name).fill_null("") for name in blank)


def _row_keys(row_keys: Iterable[RowKey]) -> pl.DataFrame:
    return pl.DataFrame(list(row_keys), schema=_kinds(_ROW_KEY), orient="row")


def _kinds(names: Sequence[str]) -> dict[str, Any]:
    return {name: SCHEMA[name] for name in names}
