"""A sheet as text, whichever library read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import polars as pl

from rotor_import.source.marks import Marks

_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
_TIME = r"^(?:1899-12-3[01]) (\d\d:\d\d:\d\d)"


@dataclass(frozen=True)
class Sheet:
    """All cells of a sheet from A1 on, strings or null."""

    name: str
    grid: pl.DataFrame
    marks: Marks
    is_visible: bool

    @property
    def is_table(self) -> bool:
        return self.grid.height > 1


class Book(Protocol):
    """An open workbook. Both methods raise SourceError where it cannot be read."""

    def names(self) -> list[str]:
        """The sheets that hold cells, in the workbook's order: charts and macros are left out."""

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        """`most` is how many rows from the top are wanted."""


def trimmed(grid: pl.DataFrame) -> pl.DataFrame:
    """Cells without white space around them; a date without a time of day, a time of day without a date."""
    cells = pl.all().str.strip_chars().str.replace(_MIDNIGHT, "${1}").str.replace(_TIME, "${1}")
    return grid.select(cells.replace("", None))
