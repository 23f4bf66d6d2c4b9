"""Reads the report's tables back from its folder."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import polars as pl

from rotor_import.model.formulas import restored_frame
from rotor_import.report.cells import table as frame_of
from rotor_import.report.report_table import Frames

_SHORT = 4_096
"""A file with fewer characters may be a header alone."""


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
