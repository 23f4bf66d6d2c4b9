"""Customers whose rows share no key with anybody else's: the bulk of an import, as frames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from rotor_import.model.change import RowRef
from rotor_import.model.fields import FIELDS, KEY_FIELDS, TAGS_FIELD

_FILE = 32
"""Bits of a row's number in the number of its RowRef."""


def ref_numbers(refs: Iterable[RowRef]) -> pl.Series:
    """A number (UInt64) for each row, in the order of all files' rows."""
    return pl.Series([file << _FILE | row for file, row in refs], dtype=pl.UInt64)


def newly_seen(ref: RowRef, last_seen: int) -> int:
    """The order of a row that is seen for the first time, after all those that were seen before."""
    file, row = ref
    return last_seen + 1 + (file << _FILE | row)


def numbers_of(rows: pl.DataFrame) -> pl.Series:
    """`ref_numbers` for a frame with the columns `file` and `row`."""
    return rows.select((pl.col("file").cast(pl.UInt64) * 2**_FILE + pl.col("row")).alias("ref")).to_series()


@dataclass(frozen=True)
class Independent:
    """Groups of rows that are one customer each, decided without a replay, as three frames.

    `rows` has a line for each row, in the import's order: `group` (UInt32, equal for the rows of one customer), `first`
    (whether it is the customer's first), `linked` (whether its stored link is up to date), `seen` (Int64, as in
    RowLink), and the columns of the import's rows.

    `groups` has a line for each customer, by its first row: `group`; `number` (UInt32, from 1, among all customers of
    the import; absent until it is numbered); `customer` (Rotor's id, `new:…` for a new one); `known` (whether Rotor
    holds the customer, and then as the file says) and `held_at`, where in the directory's frame; `linked` (whether all
    of its rows are); `file` and `row` of its first row; `rank`; and the folded record: `phone`, `email` and the mapped
    fields, blank ones null.

    `lost` has a line for each value that a merge lost, as LostValue: `group`, `file`, `row`, `field`, `lost`, `kept`.
    """

    rows: pl.DataFrame
    groups: pl.DataFrame
    lost: pl.DataFrame

    @cached_property
    def positions(self) -> pl.Series:
        """For each of the rows, the position (UInt32) of its customer among the groups."""
        first = self.rows.get_column("first")
        if first.all():
            return pl.int_range(len(first), dtype=pl.UInt32, eager=True)
        positions = (first.cum_sum() - 1).cast(pl.UInt32)
        merged = self.rows.select("group").with_row_index("line").filter(~first)
        return positions.scatter(merged.get_column("line"), self.groups_of(merged))

    def groups_of(self, lines: pl.DataFrame) -> pl.Series:
        """For each line, the position of its `group` among the groups, which are sorted."""
        return self.groups.get_column("group").search_sorted(lines.get_column("group")).cast(pl.UInt32)

    def of(self, numbers: Iterable[int]) -> Independent:
        """The part that is about the customers with these numbers."""
        wanted = pl.lit(pl.Series(sorted(numbers), dtype=pl.UInt32)).implode()
        groups = self.groups.filter(pl.col("number").is_in(wanted))
        theirs = pl.col("group").is_in(groups.get_column("group").implode())
        return Independent(self.rows.filter(theirs), groups, self.lost.filter(theirs))

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The record's fields that the import fills, keys included, in the order of FIELDS."""
        return tuple(name for name in FIELDS if name in self.groups.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in (*KEY_FIELDS, TAGS_FIELD))
