"""Facts about a sheet beside its values: its size, its errors, and what is merged or hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath

from rotor_import.errors import SourceError

MOST_CELLS = 5_000_000
"""The most rows times columns in one sheet: they all take memory, blank cells included."""

Position = tuple[int, int]
"""Row and column, counted from 0."""


@dataclass
class Marks:
    """Facts about one sheet.

    `rows` and `columns` are the size of the area with values, and `errors` the cells without a value, each with the
    reason.
    """

    rows: int = 0
    columns: int = 0
    errors: dict[Position, str] = field(default_factory=dict)
    merged: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    with_nul: int = 0

    def reach(self, path: PurePath, sheet: str, row: int, column: int) -> None:
        """Extend the area to include a cell. Raises SourceError if the sheet gets too large for memory."""
        if row < self.rows and column < self.columns:
            return
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows * self.columns > MOST_CELLS:
            raise SourceError(
                f"{path}, sheet {sheet!r}: it extends to row {self.rows} and column {self.columns}, more than "
                f"{MOST_CELLS:,} cells. Delete what is far away from the table, or save the sheet as CSV."
            )

    def notes(self) -> list[str]:
        found = []
        if self.merged:
            found.append(f"{self.merged} merged cells: the value is in the first of each, the others are blank")
        if self.hidden_rows or self.hidden_columns:
            found.append(f"{self.hidden_rows} hidden rows and {self.hidden_columns} hidden columns were read too")
        if self.with_nul:
            found.append(f"NUL characters were removed from {self.with_nul} cells")
        return found
