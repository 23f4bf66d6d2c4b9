"""The report's tables as frames of strings: what its files hold, and what its page is made from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from rotor_import.model.formulas import restored_frame
from rotor_import.report.cells import table as frame_of
from rotor_import.report.report_table import ReportTable
from rotor_import.report.tables import TABLES

_SHORT = 4_096
"""A file with fewer characters may be a header alone."""


class Frames:
    """What the page is made from: each table of the report, or the excerpt that the page shows of it."""

    def __init__(self, find: Callable[[ReportTable], Sequence[pl.DataFrame]]) -> None:
        self._found: Mapping[str, Sequence[pl.DataFrame]] = {table.name: find(table) for table in TABLES}

    def __getitem__(self, table: ReportTable) -> pl.DataFrame:
        return self._found[table.name][0]

    def by_source(self, table: ReportTable) -> Sequence[pl.DataFrame]:
        """A frame for each of the table's files."""
        return self._found[table.name]


def read_frames(folder: Path) -> Frames:
    """The tables in a report's folder; those that have no file are empty."""
    return Frames(lambda table: [read_frame(path) for path in table.files(folder)] or [table.empty])


def read_frame(path: Path) -> pl.DataFrame:
    """A table as it was before it was written: blanks are null, and no cell has the apostrophe that defuses it."""
    header_only = _header_only(path)
    return restored_frame(pl.read_csv(path, infer_schema=False) if header_only is None else header_only)


def _header_only(path: Path) -> pl.DataFrame | None:
    """A table without rows, as many are, is read faster this way; None if there are rows."""
    with path.open(newline="", encoding="utf-8") as file:
        start = file.read(_SHORT)
    lines = list(csv.reader(io.StringIO(start, newline=""))) if len(start) < _SHORT else []
    return frame_of(lines[0], []) if len(lines) == 1 else None
