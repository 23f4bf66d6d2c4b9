"""Binary workbooks of Excel 2007 and later (.xlsb), lists of records: a type, a length and the content."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePath

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.source.marks import Marks
from rotor_import.source.number_format import NumberFormat
from rotor_import.source.opc import Package, SheetPart
from rotor_import.source.payload import Archive
from rotor_import.source.sheet import Sheet
from rotor_import.source.typed_cells import CellList, Conventions, cell_formats, clean, number_cell, text_grid

_ROW, _COLUMN_INFO, _MERGED = 0, 60, 176
_RK, _REAL, _FORMULA_NUMBER = 2, 5, 9
_BOOLEANS = (4, 10)
_STRING, _SHARED, _FORMULA_STRING, _RICH = 6, 7, 8, 62
_TEXTS = (_STRING, _FORMULA_STRING, _RICH)
_DOUBLE = struct.Struct("<d")
_PLACE = struct.Struct("<II")
_CELLS = frozenset((*range(2, 12), _RICH))
_SHEET, _WORKBOOK = 156, 153
_SHARED_ITEM = 19
_FORMAT, _XF, _BEGIN_XFS, _END_XFS = 44, 47, 617, 618
_WORDS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_LONG = 0x80
"""A byte that isn't below says that the number goes on."""
_HEAD = 8
"""The bytes of a cell before its value: its column and style."""


class XlsbBook:
    """An open .xlsb. Only the last sheet stays in memory, because it is the one most likely to be used again."""

    def __init__(self, path: PurePath, archive: Archive) -> None:
        """Raises SourceError."""
        self._path = path
        self._package = Package(path, archive)
        self._workbook = self._package.workbook()
        self._related = self._package.relations(self._workbook)
        self._sheets, self._is_1904 = self._read_workbook()
        self._kept: Sheet | None = None

    def names(self) -> list[str]:
        return list(self._sheets)

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        if self._kept is None or self._kept.name != name:
            self._kept = None
            self._kept = self._load(name)
        return self._kept.top(most)

    def _load(self, name: str) -> Sheet:
        entry = self._sheets[name]
        cells, marks = self._cells(name, self._package.read(entry.part))
        grid = text_grid(self._path, name, cells.frame(), marks, self._conventions)
        return Sheet(name, grid, marks, entry.is_visible)

    def _read_workbook(self) -> tuple[dict[str, SheetPart], bool]:
        parts = {one.id: one.part for one in self._related if one.kind in ("worksheet", "")}
        found: dict[str, SheetPart] = {}
        is_1904 = False
        for kind, body in self._records(self._workbook):
            if kind == _SHEET:
                relation, at = _text(body, 8)
                name, _ = _text(body, at)
                part = parts.pop(relation, "")  # what is named again is no sheet of its own
                if part in self._package:
                    found[name] = SheetPart(part, not any(body[:4]))
            elif kind == _WORKBOOK:
                is_1904 = bool(body[:1] and body[0] & 1)
        return found, is_1904

    @cached_property
    def _conventions(self) -> Conventions:
        return Conventions(self._formats(), self._is_1904, self._shared())

    def _formats(self) -> dict[int, NumberFormat]:
        codes: dict[str, str] = {}
        numbers: list[str] = []
        counting = False
        for kind, body in self._records(self._package.related(self._related, self._workbook, "styles")):
            if kind == _FORMAT:
                codes[str(int.from_bytes(body[:2], "little"))] = _text(body, 2)[0]
            elif kind in (_BEGIN_XFS, _END_XFS):
                counting = kind == _BEGIN_XFS
            elif kind == _XF and counting:
                numbers.append(str(int.from_bytes(body[2:4], "little")))
        return cell_formats(numbers, codes)

    def _shared(self) -> pl.Series:
        part = self._package.related(self._related, self._workbook, "sharedStrings")
        texts = [_text(body, 1)[0] for kind, body in self._records(part) if kind == _SHARED_ITEM]
        return clean(pl.Series(texts, dtype=pl.String))

    def _records(self, part: str | None) -> Iterator[tuple[int, bytes]]:
        return _records(self._path, self._package.read(part)) if part else iter(())

    def _cells(self, name: str, data: bytes) -> tuple[CellList, Marks]:
        """Raises SourceError if the records are broken or the sheet is too large."""
        marks, cells = Marks(), CellList(self._path, name)
        row = 0
        for kind, body in _records(self._path, data):
            if kind == _ROW:
                row = int.from_bytes(body[:4], "little")
                marks.hidden_rows += bool(len(body) > 11 and body[11] & 0x10)  # noqa: PLR2004 - the offset of the flag
            elif kind in _CELLS:
                column, style = _PLACE.unpack_from(body if len(body) >= _HEAD else body.ljust(_HEAD, b"\0"))
                marks.reach(self._path, name, row, column)
                cells.add(row, column, *_value(kind, body), style=style & 0xFFFFFF)
            elif kind == _MERGED:
                marks.merged += 1
            elif kind == _COLUMN_INFO:
                marks.hidden_columns += bool(len(body) > 16 and body[16] & 1)  # noqa: PLR2004 - the offset of the flag
        return cells, marks


def _value(kind: int, body: bytes) -> tuple[str, str]:
    """The kind and the text of a cell, as `sheet_xml` names them."""
    if kind == _SHARED:
        return "s", str(int.from_bytes(body[8:12], "little"))
    if kind == _RK:
        return number_cell(_rk(int.from_bytes(body[8:12], "little")))
    if kind in (_REAL, _FORMULA_NUMBER):
        return number_cell(_DOUBLE.unpack(body[8:16].ljust(8, b"\0"))[0])
    if kind in _TEXTS:
        return "str", _text(body, _HEAD + (kind == _RICH))[0]
    if kind in _BOOLEANS:
        return "b", "1" if any(body[8:9]) else "0"
    return "e", _WORDS.get(body[8] if len(body) > _HEAD else -1, "")


def _rk(code: int) -> float:
    """A number in 30 bits: a whole one, or the front of a double; in either case perhaps times 100."""
    if code & 2:
        whole = code >> 2
        value = float(whole - (1 << 30) if whole >= 1 << 29 else whole)
    else:
        value = _DOUBLE.unpack(_PLACE.pack(0, code & 0xFFFFFFFC))[0]
    return value / 100 if code & 1 else value


def _records(path: PurePath, data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        kind = data[at]
        if kind < _LONG:
            at += 1
        else:
            kind, at = _variable(path, data, at, 2)
        size = data[at] if at < end else _LONG
        if size < _LONG:
            at += 1
        else:
            size, at = _variable(path, data, at, 4)
        if at + size > end:
            raise SourceError(f"{path} is damaged or incomplete. Open it, and save it again as XLSX.")
        yield kind, data[at : at + size]
        at += size


def _variable(path: PurePath, data: bytes, at: int, most: int) -> tuple[int, int]:
    """An integer of seven bits per byte, lowest first, and where it ends; the eighth bit says that more follow."""
    value = 0
    for index in range(most):
        if at >= len(data):
            raise SourceError(f"{path} is damaged or incomplete. Open it, and save it again as XLSX.")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, at


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A string that is preceded by its length, and the offset after it."""
    end = at + 4 + 2 * int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
