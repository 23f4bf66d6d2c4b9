"""Customers whose rows touch nobody else's: the mass of an import, as frames."""

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
    """UInt64 each, by which the rows of all files are in order."""
    return pl.Series([file << _FILE | row for file, row in refs], dtype=pl.UInt64)


def numbers_of(rows: pl.DataFrame) -> pl.Series:
    """The numbers of the rows that `file` and `row` name."""
    return rows.select((pl.col("file").cast(pl.UInt64) * 2**_FILE + pl.col("row")).alias("ref")).to_series()


@dataclass(frozen=True)
class Independent:
    """Groups of rows that are one customer each, decided without a replay.

    `rows`: a line a row, in the import's order: `group` (UInt32, equal for the rows of one customer), `first`
    (whether it is the customer's first), and the columns of the import's rows. `groups`: a line a customer, by its
    first row: `group`, `number` (UInt32, from 1, among all customers of the import; null until it is numbered),
    `customer` (Rotor's id, `new:…` for a new one), `known` (whether Rotor holds the customer, who then has all of it
    already), `file` and `row` of its first row, `rank`, and the folded record: `phone`, `email` and the mapped
    fields, blank null. `lost`: a line a value that the merge lost, as LostValue: `group`, `file`, `row`, `field`,
    `lost`, `kept`.
    """

    rows: pl.DataFrame
    groups: pl.DataFrame
    lost: pl.DataFrame

    @cached_property
    def positions(self) -> pl.Series:
        """For each of the rows, where among the groups its customer is (UInt32)."""
        first = self.rows.get_column("first")
        positions = (first.cum_sum() - 1).cast(pl.UInt32)
        merged = self.rows.select("group").with_row_index("line").filter(~first)
        return positions if merged.is_empty() else positions.scatter(merged.get_column("line"), self.groups_of(merged))

    def groups_of(self, lines: pl.DataFrame) -> pl.Series:
        """Where among the groups, which are in the order of their names, the `group` of each line is."""
        return self.groups.get_column("group").search_sorted(lines.get_column("group")).cast(pl.UInt32)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The record's fields that the import fills, keys among them, in the order of FIELDS."""
        return tuple(name for name in FIELDS if name in self.groups.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in (*KEY_FIELDS, TAGS_FIELD))
