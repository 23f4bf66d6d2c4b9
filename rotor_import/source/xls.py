"""Workbooks of Excel 5.0 to 2003 (.xls), read by xlrd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

import xlrd
from xlrd import biffh
from xlrd import sheet as xlrd_sheet
from xlrd.book import Book

from rotor_import.errors import SourceError
from rotor_import.source.bounded_xlrd import UnreadableError, open_book
from rotor_import.source.marks import Marks
from rotor_import.source.number_format import NumberFormat, number_format
from rotor_import.source.sheet import Sheet
from rotor_import.source.typed_cells import CellList, Conventions, number_cell, text_grid

_KINDS = {
    xlrd.XL_CELL_TEXT: "str",
    xlrd.XL_CELL_NUMBER: "n",
    xlrd.XL_CELL_DATE: "n",
    xlrd.XL_CELL_BOOLEAN: "b",
    xlrd.XL_CELL_ERROR: "e",
}
"""xlrd's kinds of cells, as `sheet_xml` names them. Cells that have only a format are none."""


class XlsBook:
    """An open .xls. Only the last sheet stays in memory, because it is the one most likely to be used again."""

    def __init__(self, path: PurePath, data: bytes) -> None:
        """Raises SourceError."""
        self._path = path
        with _translated(path):
            self._book = open_book(data)
        self._conventions = Conventions(_formats(self._book), self._book.datemode == 1)
        self._kept: Sheet | None = None

    def names(self) -> list[str]:
        return self._book.sheet_names()

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        if self._kept is None or self._kept.name != name:
            self._kept = None
            self._kept = self._load(name)
        return self._kept.top(most)

    def _load(self, name: str) -> Sheet:
        number = self._book.sheet_names().index(name)
        with _translated(self._path):
            loaded = self._book.sheet_by_index(number)
        marks = self._marks(loaded)
        grid = text_grid(self._path, name, self._cells(loaded, marks).frame(), marks, self._conventions)
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

    def _cells(self, loaded: xlrd_sheet.Sheet, marks: Marks) -> CellList:
        cells = CellList(self._path, loaded.name)
        for row in range(marks.rows):
            values = loaded.row_values(row)
            for column, (code, value) in enumerate(zip(loaded.row_types(row), values, strict=True)):
                kind = _KINDS.get(code)
                if kind and value != "":
                    style = loaded.cell_xf_index(row, column) if kind == "n" else 0
                    cells.add(row, column, *_typed(kind, value), style=style)
        return cells


def _typed(kind: str, value: Any) -> tuple[str, str]:
    """The kind and the text of a cell, as `sheet_xml` names them."""
    if kind == "n":
        return number_cell(value)
    return kind, xlrd.error_text_from_code.get(value, "") if kind == "e" else str(value)


@contextmanager
def _translated(path: PurePath) -> Iterator[None]:
    """For xlrd's calls alone: a fault of our own is not the file's."""
    try:
        yield
    except UnreadableError as error:
        raise SourceError(f"{path} {error}") from None
    except Exception:  # noqa: BLE001 - a broken file makes xlrd raise anything: struct.error, AssertionError, KeyError
        raise SourceError(f"{path} is damaged. Open it in a spreadsheet program, and save it as XLSX.") from None


def _formats(book: Book) -> dict[int, NumberFormat]:
    """The formats of the cell styles that need one. Where xlrd takes a format for a date's, it is one."""
    found = {}
    for style, own in enumerate(book.xf_list):
        known = book.format_map.get(own.format_key)
        if known is None:
            continue
        form = number_format(str(own.format_key), known.format_str or None)
        is_moment = known.type == biffh.FDT
        if form is None and is_moment:
            form = NumberFormat("date")
        if form and (is_moment or form.shows in ("zeros", "duration")):
            found[style] = form
    return found
