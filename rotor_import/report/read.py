"""Reads the report's tables back from its folder."""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import Path

import polars as pl

from rotor_import.model.formulas import restored_frame
from rotor_import.report.cells import table as frame_of
from rotor_import.report.report_table import Frames

_SHORT = 16_384
"""A file with fewer bytes is read at once, and may be a header alone."""


def read_frames(folder: Path) -> Frames:
    """The tables in a report's folder; those that have no file are empty."""
    return Frames(lambda table: [read_frame(path) for path in table.files(folder)] or [table.empty])


def read_frame(path: Path) -> pl.DataFrame:
    """A table as it was before it was written: blanks are null, and no cell has the apostrophe that defuses it.

    A spreadsheet may have saved it meanwhile, with another separator or in its own encoding.
    """
    with path.open("rb") as file:
        start = file.read(_SHORT)
    delimiter = _delimiter(start)
    header_only = _header_only(start, delimiter)
    if header_only is not None:
        return restored_frame(header_only)
    whole = path if len(start) == _SHORT else start
    try:
        frame = pl.read_csv(whole, infer_schema=False, separator=delimiter)
    except pl.exceptions.ComputeError:
        frame = pl.read_csv(whole, infer_schema=False, separator=delimiter, encoding="cp1252")
    return restored_frame(frame)


def _delimiter(start: bytes) -> str:
    """What separates the cells of a table of ours, of which none has a single column."""
    header = start.partition(b"\n")[0]
    return "," if b"," in header else max(";\t", key=lambda sign: header.count(sign.encode()))


def _header_only(start: bytes, delimiter: str) -> pl.DataFrame | None:
    """A table without rows, as many are, is read faster this way; None if there are rows."""
    if len(start) == _SHORT:
        return None
    text = start.decode("utf-8-sig", "replace")
    lines = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 2))
    return frame_of(lines[0], []) if len(lines) == 1 else None
