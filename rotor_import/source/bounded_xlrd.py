"""xlrd with limits: it trusts every length, link and range in a file, so a forged one could exhaust memory."""

from __future__ import annotations

import io
import struct
from typing import Any, SupportsIndex

from xlrd import biffh
from xlrd.book import Book
from xlrd.compdoc import SIGNATURE, CompDoc, CompDocError
from xlrd.sheet import Sheet

_EXCEL_5 = 50
_LONGEST_FORMAT = 5 + 2 * 255
"""The most bytes of a record with a number format, of at most 255 characters. xlrd takes time squared for more."""
_STORAGE = 1
_ENTRY = 128
_IGNORED = 0xFFFF
_NEEDED = {
    *biffh.bofcodes,
    *biffh.XL_FORMULA_OPCODES,
    biffh.XL_ARRAY,
    biffh.XL_BOOLERR,
    biffh.XL_BOUNDSHEET,
    biffh.XL_CODEPAGE,
    biffh.XL_COLINFO,
    biffh.XL_CONTINUE,
    biffh.XL_DATEMODE,
    biffh.XL_EOF,
    biffh.XL_FILEPASS,
    biffh.XL_FORMAT,
    biffh.XL_LABEL,
    biffh.XL_LABELSST,
    biffh.XL_MERGEDCELLS,
    biffh.XL_MULRK,
    biffh.XL_NUMBER,
    biffh.XL_RK,
    biffh.XL_ROW,
    biffh.XL_RSTRING,
    biffh.XL_SHRFMLA,
    biffh.XL_SST,
    biffh.XL_STRING,
    biffh.XL_TABLEOP,
    biffh.XL_TABLEOP2,
    biffh.XL_XF,
}
"""The record types that carry values, number formats, merged cells and hidden rows and columns.

All others are skipped: a single hyperlink record can claim four billion cells, a chain of defined names can double a
text forty times, and each further record of a sheet's dimensions makes xlrd allocate all of its rows again.
"""


class UnreadableError(Exception):
    """A workbook that xlrd cannot read. The message continues a sentence that starts with the file's name."""


def open_book(data: bytes) -> Book:
    """A workbook of Excel 5.0 or later; each sheet is loaded when it is first used.

    Raises UnreadableError, or any other exception if the file is broken: xlrd does not wrap what it trips over.
    """
    book = _Book()
    book.open(_workbook_stream(data) if data.startswith(SIGNATURE) else data)
    return book


class _Silence(io.TextIOBase):
    """A log file that discards xlrd's remarks about odd files."""

    def write(self, text: str) -> int:
        return len(text)


def _workbook_stream(data: bytes) -> bytes:
    """The workbook stream of a compound file (OLE): Excel 97 and later call it `Workbook`, Excel 5.0 and 95 `Book`."""
    container = _Container(data, logfile=_Silence(), ignore_workbook_corruption=True)
    for name in ("Workbook", "Book"):
        stream, start, length = container.locate_named_stream(name)
        if stream:
            return stream[start : start + length]
    raise CompDocError("it contains no workbook")


class _Container(CompDoc):
    """A compound file that is checked for cycles, because xlrd follows the mini stream and the directory blindly."""

    def _get_stream(
        self, mem: bytes, base: int, sat: list[int], sec_size: int, start_sid: int, *rest: Any, **named: Any
    ) -> bytes:
        _refuse_cycle(sat, start_sid)
        stream: bytes = super()._get_stream(mem, base, sat, sec_size, start_sid, *rest, **named)  # type: ignore[misc]
        if named.get("name") == "directory":
            _refuse_double_entries(stream)
        return stream


def _refuse_cycle(following: list[int], start: int) -> None:
    at = start
    for _ in range(len(following) + 1):
        if at < 0:
            return
        at = following[at]
    raise CompDocError("its sectors form a cycle")


def _refuse_double_entries(directory: bytes) -> None:
    """Refuse a directory that is not a tree: if two links lead to each entry, the paths double with every entry."""
    seen = set()
    waiting = [struct.unpack_from("<i", directory, 76)[0]]
    while waiting:
        at = waiting.pop()
        if at < 0:
            continue
        if at in seen:
            raise CompDocError("its directory names an entry twice")
        seen.add(at)
        kind, left, right, child = struct.unpack_from("<Bxiii", directory, at * _ENTRY + 66)
        waiting += [left, right, child if kind == _STORAGE else -1]


class _Book(Book):
    """xlrd's workbook, limited to the records that are needed."""

    _sheet_list: list[Sheet | None]
    _sh_abs_posn: list[int]

    def open(self, stream: bytes) -> None:
        """Do what `xlrd.open_workbook` does, which cannot be given a subclass.

        Rows are ragged, so that a single cell in the last row and column takes 15 MB instead of 200.
        """
        self.biff2_8_load(
            file_contents=stream, logfile=_Silence(), formatting_info=True, on_demand=True, ragged_rows=True
        )
        self.biff_version = self.getbof(biffh.XL_WORKBOOK_GLOBALS) or 0
        if self.biff_version < _EXCEL_5:
            raise UnreadableError(
                "is a workbook from before Excel 5.0 (1993). Open it in a spreadsheet program, and save it as XLSX."
            )
        self.parse_globals()
        if len(set(self._sh_abs_posn)) < len(self._sh_abs_posn):
            raise biffh.XLRDError("two sheets lie in one place")
        self._sheet_list = [None] * len(self.sheet_names())

    def get_record_parts(self) -> tuple[int, int, bytes]:
        kind, length, data = super().get_record_parts()
        is_endless = kind == biffh.XL_FORMAT and length > _LONGEST_FORMAT
        return (kind if kind in _NEEDED and not is_endless else _IGNORED), length, data

    def get_record_parts_conditional(self, reqd_record: int) -> tuple[int | None, int, bytes]:
        kind, length, data = super().get_record_parts_conditional(reqd_record)
        return kind, length, _ReadOnce(data)  # xlrd uses this only for the rest of the shared strings

    def handle_sst(self, data: bytes) -> None:
        super().handle_sst(_ReadOnce(data))

    def handle_filepass(self, data: bytes) -> None:  # noqa: ARG002 - xlrd passes the record
        raise UnreadableError("is protected by a password. Save it without one.")


class _ReadOnce(bytes):
    """A record of shared strings, of which each byte may be read once: a negative length makes xlrd start over."""

    _read = 0

    def __getitem__(self, key: SupportsIndex | slice) -> Any:
        part = bytes.__getitem__(self, key)
        self._read += len(part) if isinstance(part, bytes) else 1
        if self._read > len(self):
            raise biffh.XLRDError("its shared strings overlap")
        return part
