"""What a mapping makes of each column: which fields its cells are in, and whether they are in there as they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

KEY = "key"
"""What uses a column that holds the legacy ID; it is named like a field, and is none."""


@dataclass(frozen=True)
class Use:
    """A field that takes its value from a column. Both series are Boolean and as long as `ColumnUses.rows`."""

    field: str
    taken: pl.Series
    """Whether something of the cell is in the row's value of the field."""
    whole: pl.Series
    """Whether all of the cell is in it, letter for letter."""


@dataclass(frozen=True)
class Hint:
    """What could be better about a column's cells for a field, and the mapping's line that would do it.

    `rows` and `examples` are some of the `count` cells.
    """

    column: str
    field: str
    words: str
    fix: str
    count: int
    rows: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnUses:
    """The uses of one file's columns, by the file's own names; columns that no field takes have none."""

    rows: pl.Series
    """The numbers of the rows that were mapped: neither left out nor rejected by then."""
    by_column: Mapping[str, tuple[Use, ...]]
    asked: Mapping[str, str] = field(default_factory=dict)
    """Columns of which no value is taken, with the part of the mapping that looks at them all the same."""
    hints: tuple[Hint, ...] = ()

    def used_by(self, name: str) -> list[str]:
        """The columns from which a field takes its value."""
        return [column for column, uses in self.by_column.items() if any(use.field == name for use in uses)]
