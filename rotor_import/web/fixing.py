"""Rejected rows on the page: their wrong cells, what is wrong with them, and the corrections."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from rotor_import.errors import CorrectionError
from rotor_import.mapping import load_mapping
from rotor_import.model.summary import Summary
from rotor_import.pipeline.corrections import CorrectedCell, with_cell, write_corrections
from rotor_import.pipeline.rejected_rows import (
    Checked,
    Ref,
    RejectedRow,
    RowCheck,
    find_rejected,
    rejected_rows,
    with_cells,
)
from rotor_import.report.page.people import People
from rotor_import.report.tables import REJECTS
from rotor_import.web.asked import tables_in
from rotor_import.web.since_plan import corrections_of, planned_corrections
from rotor_import.web.workspace import Workspace

_LOCK = threading.Lock()
_GONE = "This row is no longer rejected. Reload this page."
_ONE_NEEDED = "A phone or an email is needed"
_LONGEST = 10_000


@dataclass(frozen=True)
class Field:
    """A cell to be fixed: `file_value` is what the file says."""

    column: str
    value: str
    file_value: str
    fault: str
    is_changed: bool


@dataclass(frozen=True)
class Fixed:
    """A rejected row; where its cells aren't what is wrong, it has no fields."""

    ref: Ref
    file: str
    name: str
    reason: str
    tag: tuple[str, str, str]
    """The icon, the words, and the color."""
    fields: tuple[Field, ...]
    cells: tuple[tuple[str, str], ...]

    @property
    def as_json(self) -> dict[str, Any]:
        fields = {
            one.column: {"fault": one.fault, "was": one.file_value if one.is_changed else None} for one in self.fields
        }
        return {"fields": fields, "tag": self.tag}


class Rejects:
    """The rejected rows of the dry run, with the corrections so far."""

    def __init__(self, workspace: Workspace, summary: Summary, folder: Path) -> None:
        self._desk = workspace.desk
        self._summary = summary
        self._allow_keyless = workspace.settings.allow_keyless
        self._frames = tables_in(folder, REJECTS)
        self._paths = [file["path"] for file in summary["files"]]
        self._known = {one["column"] for one in summary.get("columns", [])}

    @cached_property
    def corrections(self) -> dict[tuple[str, int, str], CorrectedCell]:
        """Raises CorrectionError."""
        return corrections_of(self._desk.corrections)

    @cached_property
    def _planned(self) -> dict[tuple[str, int, str], CorrectedCell]:
        """The corrections that the dry run was made with."""
        return planned_corrections(self._desk)

    @property
    def total(self) -> int:
        return sum(frame.height for frame in self._frames)

    def changed_since_plan(self) -> int:
        """How many cells have another correction than in the dry run."""
        before, now = self._planned, self.corrections
        return sum(before.get(place) != now.get(place) for place in {*before, *now})

    def some(self, start: int, count: int) -> list[Fixed]:
        return self._shown(rejected_rows(self._frames, start, count, self._known))

    def one(self, ref: Ref) -> Fixed:
        """Raises CorrectionError."""
        found = self._shown(find_rejected(self._frames, [ref], self._known))
        if not found:
            raise CorrectionError(_GONE)
        return found[0]

    def earlier(self) -> list[CorrectedCell]:
        """The corrections of rows that are no longer rejected."""
        left = {(file, row) for file, frame in enumerate(self._frames) for row in _numbers(frame)}
        return [cell for cell in self.corrections.values() if (self._file_of(cell), cell.row) not in left]

    def correct(self, ref: Ref, column: str, value: str) -> Fixed:
        """Keep what the cell should say; what the file says itself is no correction. Raises CorrectionError."""
        if len(value.strip()) > _LONGEST:
            raise CorrectionError(f"This is too long for a cell. Use at most {_LONGEST:,} characters.")
        with _LOCK:
            found = find_rejected(self._frames, [ref], self._known)
            if not found or column not in found[0].columns:
                raise CorrectionError(_GONE)
            row = found[0]
            was, mark = self._was(row, column), self._summary["files"][row.file]["sha256"]
            now, file = value.strip(), self._file_in(row)
            self._keep(CorrectedCell(row.row, column, was, now, file, "" if was else mark))
        return self.one(ref)

    def put_back(self, place: tuple[str, int, str]) -> None:
        """Let a corrected cell say what the file says."""
        with _LOCK:
            cell = self.corrections.get(place)
            if cell is not None:
                self._keep(replace(cell, now=cell.was))

    def _keep(self, cell: CorrectedCell) -> None:
        write_corrections(self._desk.corrections, with_cell(self.corrections.values(), cell))
        del self.corrections

    def _file_in(self, row: RejectedRow) -> str:
        """The file as corrections name it."""
        return self._paths[row.file] if len(self._paths) > 1 else ""

    def _was(self, row: RejectedRow, column: str) -> str:
        """What the file itself says; in the dry run's report, a cell says what it was corrected to."""
        cell, used = row.cells.get(column, ""), self._planned.get((self._file_in(row), row.row, column))
        return used.was if used is not None and used.now == cell else cell

    def _file_of(self, cell: CorrectedCell) -> int:
        return self._paths.index(cell.file) if cell.file in self._paths else 0

    def _own(self, row: RejectedRow) -> dict[str, CorrectedCell]:
        """The row's corrections by column."""
        return {
            cell.column: cell
            for cell in self.corrections.values()
            if (self._file_of(cell), cell.row) == (row.file, row.row)
        }

    def _corrected(self, row: RejectedRow) -> dict[str, str]:
        return {column: cell.now for column, cell in self._own(row).items()}

    def _put_back(self, row: RejectedRow) -> dict[str, str]:
        """The cells that were corrected for the dry run, as the file has them."""
        place = self._file_in(row), row.row
        return {column: self._was(row, column) for *own, column in self._planned if (*own,) == place}

    def _shown(self, rows: Sequence[RejectedRow]) -> list[Fixed]:
        """Raises MappingError where the mapping doesn't fit the file."""
        if not rows:
            return []
        check = RowCheck(load_mapping(self._desk.now.mapping), allow_keyless=self._allow_keyless)
        now = [with_cells(row, self._put_back(row) | self._corrected(row)) for row in rows]
        then, checked = check.check(rows), check.check(now)
        both = zip(rows, now, strict=True)
        return [self._fixed(row, new, then[row.file, row.row], checked[row.file, row.row]) for row, new in both]

    def _fixed(self, row: RejectedRow, new: RejectedRow, then: Checked, now: Checked) -> Fixed:
        """The cells that are wrong or were; none where the row was rejected for something else than its cells."""
        own, file = self._own(row), self._paths[row.file]
        touched = {*then.faults, *now.faults, *own, *self._put_back(row)}
        can_be_fixed = any(reason in row.reason for reason in then.reasons)
        columns = [name for name in row.columns if name in touched]
        fields = [self._field(name, new, own.get(name), now) for name in columns] if can_be_fixed else []
        if fields and now.needs_one and not any(field.fault for field in fields):
            fields[0] = replace(fields[0], fault=_ONE_NEEDED)
        cells = tuple(new.cells.items())
        name = People(self._summary).named((file, str(row.row)), list(cells))["name"]
        return Fixed((row.file, row.row), file, name, row.reason, _tag(now, fields), tuple(fields), cells)

    def _field(self, column: str, row: RejectedRow, cell: CorrectedCell | None, now: Checked) -> Field:
        value, warning = row.cells.get(column, ""), now.warnings.get(column, "")
        words = now.faults.get(column, "") or (f"{warning.rstrip('.')}; it will be left out" if warning else "")
        return Field(column, value, cell.was if cell else value, words, is_changed=cell is not None)


def _tag(now: Checked, fields: Iterable[Field]) -> tuple[str, str, str]:
    if not list(fields):
        return "stop", "Can't be fixed here", "stop"
    if now.is_sound:
        return "check", "Fixed", "go"
    return ("stop", "Needs one of them", "stop") if now.needs_one else ("stop", "Rejected", "stop")


def _numbers(frame: pl.DataFrame) -> list[int]:
    return [int(row) for row in frame.to_series(-4)]
