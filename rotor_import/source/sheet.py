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
    """All cells of a sheet, starting at A1: strings or null."""

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
        """The sheets with cells, in the workbook's order; chart and macro sheets are left out."""

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        """`most` limits how many rows are returned, counted from the top."""


def trimmed(grid: pl.DataFrame) -> pl.DataFrame:
    """The cells without surrounding white space; midnight is dropped from dates, and the zero date from times."""
    cells = pl.all().str.strip_chars().str.replace(_MIDNIGHT, "${1}").str.replace(_TIME, "${1}")
    return grid.select(cells.replace("", None))
