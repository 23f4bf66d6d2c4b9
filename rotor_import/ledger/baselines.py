"""Where the ledger keeps the baselines of a feed: many of them in a snapshot, sorted by customer, newer ones in rows.

A field in a row replaces the same field in the snapshot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema, snapshots
from rotor_import.ledger.codec import baselines_from
from rotor_import.ledger.frames import batches, text_of
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.snapshots import Snapshot, owned, shared, sliced
from rotor_import.ledger.store import Ledger
from rotor_import.model import baselines as frames
from rotor_import.model.baselines import Agreed
from rotor_import.model.three_way import Baseline

_BASELINES = schema.baselines
_CHUNK = 500
# Made once, because making a statement takes longer than running it.
_OWN = (_BASELINES.c.account == sa.bindparam("of_account"), _BASELINES.c.feed == sa.bindparam("of_feed"))
_ROWS = sa.select(_BASELINES.c.customer, _BASELINES.c.fields).where(
    *_OWN, _BASELINES.c.customer.in_(sa.bindparam("of_customers", expanding=True))
)
_ROW = Prepared(sa.select(_BASELINES.c.fields).where(*_OWN, _BASELINES.c.customer == sa.bindparam("of_customer")))
"""The one row of a customer: each acknowledgement reads it."""

_HALF = r"\\u[dD][89a-fA-F]"
"""Half of a character that JSON writes as two halves. A frame cannot hold a text with one half alone."""
_HALVES = r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_BACKSLASH = r"\\\\"
_NOTHING = pl.DataFrame(schema={"customer": pl.String})

FieldBaselines = dict[str, dict[str, Baseline]]


class StoredBaselines:
    """The baselines of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._account = account
        self._scope = {"account": account, "feed": feed}
        self._snapshot = Snapshot(account, "baselines", feed)

    @cached_property
    def _where(self) -> tuple[sa.ColumnElement[bool], ...]:
        return tuple(_BASELINES.c[name] == value for name, value in self._scope.items())

    def exist(self, tx: sa.Connection) -> bool:
        rows = tx.scalar(sa.select(_BASELINES.c.customer).where(*self._where).limit(1))
        return rows is not None or self._snapshot.lines(tx) > 0

    def read(self, tx: sa.Connection, customers: Collection[str]) -> FieldBaselines:
        """Those of these customers, without customers that have none."""
        shared(tx, self._account)
        found: FieldBaselines = {}
        wanted = sorted(customers)
        for number, start, end in _ranges(self._snapshot.firsts(tx), wanted):
            some = pl.Series(wanted[start:end], dtype=pl.String).implode()
            found |= frames.baselines(self._snapshot.part(tx, number, pl.col("customer").is_in(some)))
        for customer, fields in self._rows(tx, wanted).items():
            found[customer] = found.get(customer, {}) | baselines_from(fields)
        return found

    def read_one(self, tx: sa.Connection, customer: str) -> dict[str, Baseline]:
        """Those of one customer of many who are asked for one after the other, because their changes are pending."""
        shared(tx, self._account)
        found: dict[str, Baseline] = {}
        for number, _, _ in _ranges(self._snapshot.firsts(tx), [customer]):
            found |= self._ledger.pending_baselines.of(tx, self._snapshot, number, customer)
        return found | baselines_from(self._rows(tx, [customer]).get(customer, {}))

    def read_all(self, tx: sa.Connection) -> FieldBaselines:
        shared(tx, self._account)
        found: FieldBaselines = {}
        for number, _ in self._snapshot.firsts(tx):
            found |= frames.baselines(self._snapshot.part(tx, number))
        for customer, fields in tx.execute(sa.select(_BASELINES.c.customer, _BASELINES.c.fields).where(*self._where)):
            found[customer] = found.get(customer, {}) | baselines_from(fields)
        return found

    def save(self, tx: sa.Connection, baselines: Mapping[str, Mapping[str, Baseline]]) -> None:
        """Those of a customer's other fields stay."""
        if len(baselines) == 1:  # as with each acknowledgement; most such customers have no row yet
            ((customer, fields),) = baselines.items()
            if self._ledger.insert(tx, _BASELINES, self._scope | {"customer": customer, "fields": fields}):
                return
        known = self._rows(tx, list(baselines))
        rows = [
            self._scope | {"customer": customer, "fields": {**known.get(customer, {}), **fields}}
            for customer, fields in baselines.items()
        ]
        self._ledger.upsert(tx, _BASELINES, rows)

    def forget(self, tx: sa.Connection, customer: str, names: Collection[str]) -> None:
        """Forget these fields of the customer, in its row and in the snapshot."""
        fields = self._rows(tx, [customer]).get(customer, {})
        if fields.keys() & set(names):
            left = {name: pair for name, pair in fields.items() if name not in names}
            self._ledger.upsert(tx, _BASELINES, [self._scope | {"customer": customer, "fields": left}])
        for number, _, _ in _ranges(self._snapshot.firsts(tx), [customer]):
            part = self._snapshot.part(tx, number)
            columns = [f"{side} {name}" for name in names for side in ("sent", "held")]
            own, there = pl.col("customer") == customer, [name for name in columns if name in part.columns]
            if part.select(own.any()).item() and there:
                blank = (pl.when(~own).then(pl.col(name)).alias(name) for name in there)
                self._snapshot.rewrite(tx, number, part.with_columns(blank))

    def agree(self, tx: sa.Connection, agreed: Agreed) -> None:
        """Save what differs from what is stored: in rows if that is little, else all of it in a new snapshot."""
        owned(tx, self._account)
        if agreed.customers.is_empty() and self._count_rows(tx) < snapshots.MANY:
            return
        rows, unframed = self._framed(tx)
        every = agreed.customers.alias("customer").to_frame().with_row_index("at")
        alone = pl.col("customer").is_in(unframed.implode())
        names = every.filter(~alone)
        if rows.height or self._snapshot.lines(tx):
            names = self._unlike(tx, names, rows, agreed)
        single = every.filter(alone)
        if names.height + rows.height < snapshots.MANY:
            single = pl.concat([single, names])
        else:
            self._delete(tx, unframed)
            self._snapshot.replace(tx, self._parts(tx, names, rows, agreed))
        fields = frames.baselines(agreed.lines(single.get_column("at")))
        self.save(tx, {customer: known for customer, known in fields.items() if known})

    def _count_rows(self, tx: sa.Connection) -> int:
        return int(tx.scalar(sa.select(sa.func.count()).select_from(_BASELINES).where(*self._where)) or 0)

    def _unlike(self, tx: sa.Connection, names: pl.DataFrame, rows: pl.DataFrame, agreed: Agreed) -> pl.DataFrame:
        """Those of the `names` of whom a field has another baseline, or none."""
        spans = self._spans(tx, names, rows)
        different = [some.filter(frames.unlike(agreed.lines(some.get_column("at")), older)) for older, some in spans]
        return pl.concat([names.clear(), *different])

    def _parts(
        self, tx: sa.Connection, names: pl.DataFrame, rows: pl.DataFrame, agreed: Agreed
    ) -> Iterator[pl.DataFrame]:
        for older, some in self._spans(tx, names, rows):
            yield from sliced(frames.merged(older, agreed.lines(some.get_column("at"))))

    def _spans(
        self, tx: sa.Connection, names: pl.DataFrame, rows: pl.DataFrame
    ) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Spans of customers: the baselines of each span, and those of the `names` that are in it."""
        parts = self._snapshot.firsts(tx)
        if not parts:
            both = pl.concat([names.get_column("customer"), rows.get_column("customer")]).unique().sort()
            parts = [(0, first) for first in both.gather_every(snapshots.PART)]
        firsts = [first for _, first in parts]
        spans = zip(parts, _cut(names, firsts), _cut(rows, firsts), strict=True)
        for (number, _), some, newer in spans:
            older = self._snapshot.part(tx, number) if number else _NOTHING
            yield frames.merged(older, newer), some

    def _framed(self, tx: sa.Connection) -> tuple[pl.DataFrame, pl.Series]:
        """The rows as a frame, and the customers of those rows whose texts a frame cannot hold."""
        query = sa.select(_BASELINES.c.customer, text_of(_BASELINES.c.fields)).where(*self._where)
        framed, unframed = [_NOTHING], [_NOTHING.get_column("customer")]
        for batch in batches(tx.execute(query), {"customer": pl.String, "fields": pl.String}):
            whole = pl.col("fields").str.replace_all(_BACKSLASH, "").str.replace_all(_HALVES, "")
            strange = pl.col("fields").str.contains(_HALF) & whole.str.contains(_HALF)
            unframed.append(batch.filter(strange).get_column("customer"))
            framed.append(frames.paired(batch.filter(~strange)))
        return pl.concat(framed, how="diagonal"), pl.concat(unframed)

    def _delete(self, tx: sa.Connection, but: pl.Series) -> None:
        stay = self._rows(tx, but.to_list())
        tx.execute(sa.delete(_BASELINES).where(*self._where))
        rows = [self._scope | {"customer": customer, "fields": fields} for customer, fields in stay.items()]
        self._ledger.upsert(tx, _BASELINES, rows)

    def _rows(self, tx: sa.Connection, customers: Sequence[str]) -> dict[str, dict[str, Any]]:
        own = {f"of_{name}": value for name, value in self._scope.items()}
        if len(customers) == 1:
            row = _ROW.first(tx, {**own, "of_customer": customers[0]})
            return {} if row is None else {customers[0]: row[0]}
        known: dict[str, dict[str, Any]] = {}
        for start in range(0, len(customers), _CHUNK):
            some = {**own, "of_customers": customers[start : start + _CHUNK]}
            known.update((row[0], row[1]) for row in tx.execute(_ROWS, some))
        return known


def _cut(frame: pl.DataFrame, firsts: Sequence[str]) -> list[pl.DataFrame]:
    """The customers of each span. They are not sorted otherwise: that takes as long as all the rest."""
    span = pl.Series(firsts[1:], dtype=pl.String).search_sorted(frame.get_column("customer"), side="right")
    order = span.arg_sort()
    ends = span.gather(order).search_sorted(pl.int_range(len(firsts), eager=True), side="right")
    return [frame[order[start:end]] for start, end in pairwise([0, *ends])]


def _ranges(parts: Sequence[tuple[int, str]], wanted: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """The parts that may have some of these customers, with the range of `wanted` in each; both are sorted."""
    ends = [bisect_left(wanted, first) for _, first in parts[1:]] + [len(wanted)]
    start = 0
    for (number, _), end in zip(parts, ends, strict=False):
        if end > start:
            yield number, start, end
        start = end
