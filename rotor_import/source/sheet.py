"""A sheet as text, whatever kind of workbook it is from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.source.marks import Marks

MOST_SHEETS = 10_000
"""The most sheets of one workbook: each of them is looked at."""


@dataclass(frozen=True)
class Sheet:
    """All cells of a sheet, starting at A1: strings without white space at the ends, or null."""

    name: str
    grid: pl.DataFrame
    marks: Marks
    is_visible: bool

    @property
    def is_table(self) -> bool:
        return self.grid.height > 1

    def top(self, most: int | None) -> Sheet:
        """The sheet with at most so many rows."""
        return self if most is None else replace(self, grid=self.grid.head(most))


class Book(Protocol):
    """An open workbook. Both methods raise SourceError where it cannot be read."""

    def names(self) -> list[str]:
        """The sheets with cells, in the workbook's order; chart and macro sheets are left out."""

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        """`most` limits how many rows are returned, counted from the top."""


def too_many_sheets(path: PurePath) -> SourceError:
    return SourceError(f"{path} has more than {MOST_SHEETS:,} sheets. Save the customers' sheet as a file of its own.")
