"""Reads CSV: polars does it, and where polars cannot, Python's csv says why or reads it instead."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.model.formulas import restored_frame
from rotor_import.model.rows import REJECT_COLUMNS, SourceOptions, SourceTable

_DELIMITERS = (",", ";", "\t", "|")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Header:
    """`number` is the header's row in a spreadsheet, from 1."""

    names: tuple[str, ...]
    number: int
    delimiter: str


def read_source(path: Path, options: SourceOptions) -> SourceTable:
    """Every cell a string: `00123` stays. Raises SourceError with file, place and remedy."""
    data = _bytes(path)
    text = _text(path, data)
    header = _header(path, text, options)
    frame = _frame(path, text, header)
    if set(REJECT_COLUMNS) <= set(frame.columns):
        frame = restored_frame(frame.drop(REJECT_COLUMNS))
    cells = pl.all().str.strip_chars()
    frame = frame.select(pl.when(cells.is_in(["", *options.null_values])).then(None).otherwise(cells).name.keep())
    numbers = pl.int_range(header.number + 1, header.number + 1 + frame.height, dtype=pl.UInt32, eager=True)
    filled = ~pl.all_horizontal(pl.all().is_null())
    is_data = frame.select(filled.alias("is_data")).to_series()
    return SourceTable(path, hashlib.sha256(data).hexdigest(), frame.filter(is_data), numbers.filter(is_data))


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise SourceError(f"{path} is a folder. Name the files in it.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}. Check the name and the folder.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}).") from None
    if not data.strip():
        raise SourceError(f"{path} is empty. Export it again.")
    return data.removeprefix(_BOM)


def _text(path: Path, data: bytes) -> str:
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise SourceError(f"{path}, line {line}: this is no UTF-8 text (it holds a NUL byte). Save it as CSV UTF-8.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{path}, line {line}: this is not UTF-8. Save the file as CSV UTF-8 and try again."
        ) from None


def _header(path: Path, text: str, options: SourceOptions) -> _Header:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = options.delimiter
    if delimiter == "auto":
        delimiter = max(_DELIMITERS, key=first.count)
    for number, cells in enumerate(_records(path, text, delimiter), start=1):
        if any(cell.strip() for cell in cells):
            return _Header(_names(path, cells, number), number, delimiter)
    raise SourceError(f"{path} has no header. Its first line must name the columns.")


def _names(path: Path, cells: Sequence[str], number: int) -> tuple[str, ...]:
    """A column without a name is called by its place; two of one name cannot be told apart."""
    names = tuple(cell.strip() or f"column_{at}" for at, cell in enumerate(cells, start=1))
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        listed = ", ".join(repr(name) for name in twice[:5])
        raise SourceError(
            f"{path}, row {number}: more than one column is called {listed}. Give each a name of its own."
        )
    return names


def _frame(path: Path, text: str, header: _Header) -> pl.DataFrame:
    """The rows below the header, those of blank lines included, so that numbers stay right."""
    frame = _quick(text, header) if header.number == 1 else None
    if frame is None or frame.width != len(header.names):
        schema = dict.fromkeys(header.names, pl.String)
        frame = pl.DataFrame(list(_checked(path, text, header)), schema=schema, orient="row")
    return frame


def _quick(text: str, header: _Header) -> pl.DataFrame | None:
    try:
        return pl.read_csv(
            text.encode(),
            separator=header.delimiter,
            infer_schema=False,
            with_column_names=lambda _names: list(header.names),
        )
    except pl.exceptions.PolarsError:
        return None


def _checked(path: Path, text: str, header: _Header) -> Iterator[list[str | None]]:
    """What polars refused: a quote in the middle of a cell is fine, more cells than columns are not."""
    _check_quotes(path, text, header.delimiter)
    width = len(header.names)
    for number, cells in enumerate(_records(path, text, header.delimiter), start=1):
        if number <= header.number:
            continue
        if any(cell.strip() for cell in cells[width:]):
            raise SourceError(
                f"{path}, row {number}: it has {len(cells)} cells, but the header names {width} columns. "
                "Put a cell that holds the delimiter into quotes."
            )
        yield [*cells[:width], *[None] * (width - len(cells))]


def _check_quotes(path: Path, text: str, delimiter: str) -> None:
    """A quote that is never closed would swallow all rows after it."""
    number = sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise SourceError(
                f"{path}, row {number}: a quote is opened and never closed. Close it, or double it."
            ) from None


def _records(path: Path, text: str, delimiter: str) -> Iterator[list[str]]:
    """Every record, a blank line as an empty one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        yield from reader
    except csv.Error as error:
        raise SourceError(f"{path}, line {reader.line_num}: it cannot be read as CSV ({error}).") from None
