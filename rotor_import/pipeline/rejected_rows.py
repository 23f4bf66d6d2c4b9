"""Rejected rows to be fixed: which cells are wrong, said by the same code that imports them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from rotor_import.dedupe import KEYLESS
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.mapping import column_uses
from rotor_import.model.fields import ID_FIELD, KEY_FIELDS
from rotor_import.model.rows import REJECT_COLUMNS, SourceTable
from rotor_import.pipeline.cleaning import clean_table
from rotor_import.report import problems_by_file
from rotor_import.report.read import read_frame
from rotor_import.report.tables import REJECTS

Ref = tuple[int, int]
"""The file's number and the row's."""


@dataclass(frozen=True)
class RejectedRow:
    """A row of rejects.csv: its filled cells by the file's own columns, and why it was rejected."""

    file: int
    row: int
    cells: Mapping[str, str]
    reason: str
    columns: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True)
class Checked:
    """What is wrong with a row as its cells are now.

    `faults` are columns with what is wrong in them; where `needs_one` is true, one valid phone or email would do.
    `warnings` are columns whose value is dropped although the row is imported. `reasons` are those of rejects.csv.
    """

    faults: Mapping[str, str] = field(default_factory=dict)
    warnings: Mapping[str, str] = field(default_factory=dict)
    needs_one: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.reasons


def rejected_in(folder: Path) -> list[pl.DataFrame]:
    """The tables of rejected rows in a report's folder, one for each file."""
    return [read_frame(path) for path in REJECTS.files(folder)]


def rejected_rows(
    frames: Sequence[pl.DataFrame], start: int, count: int, known: Iterable[str] = ()
) -> list[RejectedRow]:
    """Some of the rejected rows, in the order of the files. `known` are columns of the files."""
    found: list[RejectedRow] = []
    for file, frame in enumerate(frames):
        own = frame.slice(max(0, start), max(0, count - len(found)))
        start -= frame.height
        found += _rows(own, file, {*known})
    return found


def find_rejected(frames: Sequence[pl.DataFrame], refs: Iterable[Ref], known: Iterable[str] = ()) -> list[RejectedRow]:
    wanted: dict[int, list[str]] = defaultdict(list)
    for file, row in refs:
        wanted[file].append(str(row))
    found: list[RejectedRow] = []
    for file, rows in sorted(wanted.items()):
        if file < len(frames):
            number = frames[file].columns[-len(REJECT_COLUMNS)]
            found += _rows(frames[file].filter(pl.col(number).is_in(rows)), file, {*known})
    return found


def _rows(frame: pl.DataFrame, file: int, known: set[str]) -> Iterator[RejectedRow]:
    own = frame.columns[: -len(REJECT_COLUMNS)]
    names = tuple(_own_name(name, known) for name in own)
    for *cells, row, _, _, reason in frame.iter_rows():
        filled = {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None}
        yield RejectedRow(file, int(row), filled, reason or "", names)


def _own_name(name: str, known: set[str]) -> str:
    """A column that is called like one of rejects.csv has another name there."""
    before = name.rstrip("_")
    return before if name not in known and before in REJECT_COLUMNS else name


class RowCheck:
    """Checks rows by the mapping. Raises MappingError where the mapping doesn't fit the file."""

    def __init__(self, mapping: CustomerMapping, *, allow_keyless: bool = False) -> None:
        self._mapping = mapping
        self._allow_keyless = allow_keyless

    def check(self, rows: Sequence[RejectedRow]) -> dict[Ref, Checked]:
        """What is wrong with each row."""
        by_columns: dict[tuple[int, tuple[str, ...]], list[RejectedRow]] = defaultdict(list)
        for row in rows:
            by_columns[row.file, row.columns].append(row)
        return {ref: found for own in by_columns.values() for ref, found in self._of_file(own)}

    def _of_file(self, rows: Sequence[RejectedRow]) -> Iterator[tuple[Ref, Checked]]:
        rows = sorted(rows, key=lambda row: row.row)
        source = _table(rows, self._mapping.source.null_values)
        table = clean_table(self._mapping, source, 0)
        uses = column_uses(self._mapping, source, table)
        needing = set(self._keyless(table.frame, rows))
        dropped = [one for one in table.notices if one.effect == "dropped"]
        [placed] = problems_by_file(dropped, table.rejects, [source], [uses])
        lines = placed.select("row", "column", "field", "reason").rows()
        rejects = {(one.row, one.field) for one in table.rejects}
        offered = {name: next(iter(uses.used_by(name)), "") for name in KEY_FIELDS}
        for row in rows:
            own = [line for line in lines if line[0] == row.row]
            reasons = [one.reason for one in table.rejects if one.row == row.row]
            keyless = row.row in needing
            faults = {
                column: reason
                for _, column, name, reason in own
                if (row.row, name) in rejects or (keyless and name in KEY_FIELDS)
            }
            warnings = {column: reason for _, column, _, reason in own if column not in faults}
            if keyless:
                wrong = {name for _, _, name, _ in own}
                faults |= {column: "" for name, column in offered.items() if column and name not in wrong}
                reasons.append(KEYLESS)
            yield (row.file, row.row), Checked(faults, warnings, keyless, tuple(reasons))

    def _keyless(self, frame: pl.DataFrame, rows: Sequence[RejectedRow]) -> list[int]:
        """Rows that could not be matched later: those that were rejected for it, and those that no key could save."""
        if self._allow_keyless:
            return []
        known = [row.row for row in rows if KEYLESS in row.reason]
        keys = [pl.col(name).is_null() for name in (ID_FIELD, *KEY_FIELDS) if name in frame.columns]
        hopeless = pl.col("source_key").is_null() | pl.col("row").is_in(known)
        return frame.filter(pl.all_horizontal(keys) & hopeless).get_column("row").to_list()


def with_cells(row: RejectedRow, cells: Mapping[str, str]) -> RejectedRow:
    """The row with other cells; '' is blank."""
    return replace(row, cells={name: cell for name, cell in {**row.cells, **cells}.items() if cell})


def _table(rows: Sequence[RejectedRow], null_values: Sequence[str]) -> SourceTable:
    columns = rows[0].columns
    blank = {"", *null_values}
    frame = pl.DataFrame(
        [
            pl.Series(name, [None if (cell := row.cells.get(name, "")) in blank else cell for row in rows], pl.String)
            for name in columns
        ]
    )
    return SourceTable(Path("the file"), "", frame, pl.Series([row.row for row in rows], dtype=pl.UInt32))
