"""Facts about a sheet that calamine does not report, or that are needed before it reads the sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rotor_import.errors import SourceError

MOST_CELLS = 5_000_000
"""The most rows times columns in one sheet: they all take memory, blank cells included."""

Position = tuple[int, int]
"""Row and column, counted from 0."""

_SECTION = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].')
_MASK = re.compile(r"[0\-() ]*00[0\-() ]*")
_CONDITION = re.compile(r"^\[<=(\d+)\]")


@dataclass
class Marks:
    """Facts about one sheet. `rows` and `columns` are the size of the area with values.

    `exact` holds cells that calamine would round or strip of zeros, `masks` the number formats that show leading
    zeros, and `errors` the cells without a value, each with the reason.
    """

    rows: int = 0
    columns: int = 0
    errors: dict[Position, str] = field(default_factory=dict)
    exact: dict[Position, str] = field(default_factory=dict)
    masks: dict[Position, str] = field(default_factory=dict)
    merged: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0

    def reach(self, path: Path, sheet: str, row: int, column: int) -> None:
        """Extend the area to include a cell. Raises SourceError if the sheet gets too large for memory."""
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows * self.columns > MOST_CELLS:
            raise SourceError(
                f"{path}, sheet {sheet!r}: it reaches to row {self.rows} and column {self.columns}, more than "
                f"{MOST_CELLS:,} cells. Delete what stands far from the table, or save the sheet as CSV."
            )

    def notes(self) -> list[str]:
        found = []
        if self.merged:
            found.append(f"{self.merged} merged cells: the value is in the first of each, the others are blank")
        if self.hidden_rows or self.hidden_columns:
            found.append(f"{self.hidden_rows} hidden rows and {self.hidden_columns} hidden columns were read too")
        return found


def mask_of(code: str) -> str:
    """The number format if it shows leading zeros, as for ZIP codes; otherwise ''."""
    return code if any(_MASK.fullmatch(_plain(section)) for section in code.split(";")[:2]) else ""


def masked(digits: str, code: str) -> str:
    """A whole number as the format shows it: `7601` with `00000` is `07601`."""
    first, _, second = code.partition(";")
    condition = _CONDITION.match(first)
    section = first if condition is None or int(digits) <= int(condition[1]) else second.partition(";")[0]
    mask = _plain(section)
    if not _MASK.fullmatch(mask):
        return digits
    left = list(digits.zfill(mask.count("0")))
    shown = [left.pop() if sign == "0" else sign for sign in reversed(mask)]
    return "".join([*left, *reversed(shown)])


def _plain(section: str) -> str:
    return _SECTION.sub(lambda found: found[1] or found[2] or "", section)
