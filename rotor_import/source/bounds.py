"""Limits for text files: what exceeds them is no table of customers, or would exhaust memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import polars as pl

from rotor_import.errors import SourceError

MOST_COLUMNS = 16_384
"""As many as a spreadsheet has."""
LONGEST_CELL = 2**20
"""The most bytes of one cell. A spreadsheet's cell holds 32,767 characters."""
LONGEST_LINE = 2**24
"""The most bytes of one line."""
_MOST_LINES = 20_000_000
_PLACES = 64
_PLACE = 2**14
"""How many places of a large file are looked at, and the bytes of each."""
_MOST_PADDING = 20_000_000
"""How many cells may be lacking in lines that are shorter than the header."""


def refuse_wide(path: PurePath, row: int, header: Sequence[object]) -> None:
    if len(header) > MOST_COLUMNS:
        raise SourceError(
            f"{path}, row {row}: the header has {len(header):,} columns; a spreadsheet has at most {MOST_COLUMNS:,}. "
            "Export only the columns that describe customers, or set the delimiter in the mapping: "
            "`source: {delimiter: …}`."
        )


def refuse_padding(path: PurePath, width: int, body: Sequence[Sequence[object]]) -> None:
    if width * len(body) - sum(map(len, body)) > _MOST_PADDING:
        raise SourceError(
            f"{path}: the header has {width:,} columns, but most of its {len(body):,} rows have few cells. "
            "Export only the columns that describe customers."
        )


def refuse_long_cells(path: PurePath, frame: pl.DataFrame, numbers: pl.Series) -> None:
    """The row of the first cell that is too long is in the message."""
    if frame.is_empty() or (frame.estimated_size() <= LONGEST_CELL):
        return
    longest = frame.select(pl.all().str.len_bytes().max())
    for column in longest:
        if (column.item() or 0) > LONGEST_CELL:
            cells = frame.get_column(column.name)
            at = (cells.str.len_bytes() > LONGEST_CELL).arg_true()[0]
            raise SourceError(
                f"{path}, row {numbers[at]}: a cell is longer than {LONGEST_CELL:,} bytes. "
                "If a quote is opened and never closed, close it. Otherwise shorten the cell."
            )


def refuse_lines(path: PurePath, data: bytes) -> None:
    """A line that is too long, or too many lines. It takes no time for a file of the usual kind."""
    start = 0
    while len(data) - start > LONGEST_LINE:
        end = max(data.rfind(b"\n", start, start + LONGEST_LINE), data.rfind(b"\r", start, start + LONGEST_LINE))
        if end < 0:
            number = data.count(b"\n", 0, start) + 1
            raise SourceError(
                f"{path}, line {number}: the line is longer than {LONGEST_LINE >> 20} MB. "
                "If a cell holds that much text, shorten it; otherwise export the file again."
            )
        start = end + 1
    if _may_have_many_lines(data) and (data.count(b"\n") or data.count(b"\r")) > _MOST_LINES:
        raise SourceError(f"{path} has more than {_MOST_LINES:,} lines. Split it into several files.")


def _may_have_many_lines(data: bytes) -> bool:
    """Whether places all over the file have so many line ends that all of it may have too many."""
    if len(data) <= _MOST_LINES:
        return False
    step = len(data) // _PLACES
    places = [data[at : at + _PLACE] for at in range(0, len(data), step)]
    ends = sum(place.count(b"\n") + place.count(b"\r") for place in places)
    return ends * len(data) > _MOST_LINES / 2 * sum(map(len, places))
