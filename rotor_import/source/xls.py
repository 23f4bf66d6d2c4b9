"""Workbooks of Excel 5.0 to 2003 (.xls), read by xlrd."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, cast

import polars as pl
import xlrd
from xlrd import sheet as xlrd_sheet
from xlrd.book import Book
from xlrd.xldate import xldate_as_datetime

from rotor_import.errors import SourceError
from rotor_import.source.bounded_xlrd import UnreadableError, open_book
from rotor_import.source.marks import Marks, mask_of, masked
from rotor_import.source.sheet import Sheet, trimmed

_DECIMALS = 9
"""The same as for the other kinds of workbook; more decimals would only show floating-point noise."""


class XlsBook:
    """An open .xls. Only the last sheet stays in memory, because it is the one most likely to be used again."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Raises SourceError."""
        self._path = path
        with _translated(path):
            self._book = open_book(data)
        self._masks = _masks(self._book)
        self._kept: Sheet | None = None

    def names(self) -> list[str]:
        return self._book.sheet_names()

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        if self._kept is None or self._kept.name != name:
            self._kept = None
            self._kept = self._load(name)
        kept = self._kept
        return kept if most is None else Sheet(kept.name, kept.grid.head(most), kept.marks, kept.is_visible)

    def _load(self, name: str) -> Sheet:
        number = self._book.sheet_names().index(name)
        with _translated(self._path):
            loaded = self._book.sheet_by_index(number)
            marks = self._marks(loaded)
            grid = trimmed(self._grid(loaded, marks))
            self._book.unload_sheet(number)
        return Sheet(name, grid, marks, loaded.visibility == 0)

    def _marks(self, loaded: xlrd_sheet.Sheet) -> Marks:
        marks = Marks()
        for row in range(loaded.nrows):
            if any(loaded.row_types(row)):  # merged cells below the table leave empty rows
                marks.reach(self._path, loaded.name, row, loaded.row_len(row) - 1)
        marks.merged = len(loaded.merged_cells)
        marks.hidden_rows = sum(bool(one.hidden) for row, one in loaded.rowinfo_map.items() if row < marks.rows)
        marks.hidden_columns = sum(bool(one.hidden) for at, one in loaded.colinfo_map.items() if at < marks.columns)
        return marks

    def _grid(self, loaded: xlrd_sheet.Sheet, marks: Marks) -> pl.DataFrame:
        """The cells as text. Error cells are left blank and recorded in `marks`."""
        columns: list[list[str | None]] = [[None] * marks.rows for _ in range(marks.columns)]
        for row in range(marks.rows):
            values = cast("list[str | float]", loaded.row_values(row))
            for column, (kind, value) in enumerate(zip(loaded.row_types(row), values, strict=True)):
                if kind == xlrd.XL_CELL_ERROR:
                    words = xlrd.error_text_from_code.get(int(value), "of an unknown kind")
                    marks.errors[row, column] = f"an error, not a value: {words}"
                elif kind == xlrd.XL_CELL_NUMBER and self._masks:
                    columns[column][row] = self._number(float(value), loaded.cell_xf_index(row, column))
                elif value != "":
                    columns[column][row] = _text(kind, value, self._book.datemode)
        return pl.DataFrame([pl.Series(f"c{at}", cells, dtype=pl.String) for at, cells in enumerate(columns)])

    def _number(self, value: float, style: int) -> str:
        text = _decimal(value)
        mask = self._masks.get(style)
        return masked(text, mask) if mask and re.fullmatch(r"\d+", text) else text


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except SourceError:
        raise
    except UnreadableError as error:
        raise SourceError(f"{path} {error}") from None
    except Exception:  # noqa: BLE001 - a broken file makes xlrd raise anything: struct.error, AssertionError, KeyError
        raise SourceError(f"{path} is broken. Open it in a spreadsheet program, and save it as XLSX.") from None


def _masks(book: Book) -> dict[int, str]:
    """The number formats that show leading zeros, by cell style."""
    codes = {key: one.format_str or "" for key, one in book.format_map.items()}  # built-in formats may have no code
    formats = {key: mask_of(code) for key, code in codes.items()}
    return {number: mask for number, style in enumerate(book.xf_list) if (mask := formats.get(style.format_key))}


def _text(kind: int, value: str | float, datemode: Literal[0, 1]) -> str:
    if isinstance(value, str):
        return value
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "true" if value else "false"
    return _date(value, datemode) if kind == xlrd.XL_CELL_DATE else _decimal(value)


def _decimal(value: float) -> str:
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _date(value: float, datemode: Literal[0, 1]) -> str:
    """A count of days as a date; a count outside the calendar stays a number."""
    try:
        moment = xldate_as_datetime(value, datemode)
    except (OverflowError, ValueError):
        return _decimal(value)
    return moment.isoformat(" ", "milliseconds" if moment.microsecond else "seconds")
