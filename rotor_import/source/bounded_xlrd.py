"""xlrd with limits: it believes every length, link and range in a file, and a forged one could fill the memory."""

from __future__ import annotations

import io
import struct
from typing import Any, SupportsIndex

from xlrd import biffh
from xlrd.book import Book
from xlrd.compdoc import SIGNATURE, CompDoc, CompDocError
from xlrd.sheet import Sheet

_EXCEL_5 = 50
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
"""Record types that carry values, formats, merges and what is hidden.

The rest stays unread: one hyperlink record can claim four billion cells, a chain of defined names can double a text
forty times, and a second record of dimensions makes xlrd lay out the whole sheet once more.
"""


class UnreadableError(Exception):
    """A workbook that xlrd could never read; the message says why and what to do, and follows the file's name."""


def open_book(data: bytes) -> Book:
    """A workbook of Excel 5.0 or later, whose sheets are read one by one when they are asked for.

    Raises UnreadableError; where the file is broken, whatever xlrd stumbles over.
    """
    book = _Book()
    book.open(_workbook_stream(data) if data.startswith(SIGNATURE) else data)
    return book


class _Silence(io.TextIOBase):
    """Takes xlrd's remarks about odd files, which nobody asked for."""

    def write(self, text: str) -> int:
        return len(text)


def _workbook_stream(data: bytes) -> bytes:
    """What the compound file (OLE) holds under the name that workbooks have since Excel 97, or had before it."""
    container = _Container(data, logfile=_Silence(), ignore_workbook_corruption=True)
    for name in ("Workbook", "Book"):
        stream, start, length = container.locate_named_stream(name)
        if stream:
            return stream[start : start + length]
    raise CompDocError("there is no workbook in it")


class _Container(CompDoc):
    """A compound file without circles: xlrd follows the small sectors and the directory wherever they lead."""

    def _get_stream(
        self, mem: bytes, base: int, sat: list[int], sec_size: int, start_sid: int, *rest: Any, **named: Any
    ) -> bytes:
        _refuse_circle(sat, start_sid)
        stream: bytes = super()._get_stream(mem, base, sat, sec_size, start_sid, *rest, **named)  # type: ignore[misc]
        if named.get("name") == "directory":
            _refuse_double_entries(stream)
        return stream


def _refuse_circle(following: list[int], start: int) -> None:
    at = start
    for _ in range(len(following) + 1):
        if at < 0:
            return
        at = following[at]
    raise CompDocError("its sectors run in a circle")


def _refuse_double_entries(directory: bytes) -> None:
    """Each entry hangs on one other; with two ways to each, xlrd would walk a billion ways through thirty."""
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
    """xlrd's workbook, which is shown only the records that are needed."""

    _sheet_list: list[Sheet | None]

    def open(self, stream: bytes) -> None:
        """What xlrd.open_workbook does, which has no place for a class of one's own.

        Rows are ragged, so that a single cell in the last row and column takes 15 MB and not 200.
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
        self._sheet_list = [None] * len(self.sheet_names())

    def get_record_parts(self) -> tuple[int, int, bytes]:
        kind, length, data = super().get_record_parts()
        return (kind if kind in _NEEDED else _IGNORED), length, data

    def get_record_parts_conditional(self, reqd_record: int) -> tuple[int | None, int, bytes]:
        kind, length, data = super().get_record_parts_conditional(reqd_record)
        return kind, length, _ReadOnce(data)  # xlrd asks like this only for what continues the shared texts

    def handle_sst(self, data: bytes) -> None:
        super().handle_sst(_ReadOnce(data))

    def handle_filepass(self, data: bytes) -> None:  # noqa: ARG002 - xlrd hands over the record
        raise UnreadableError("is protected by a password. Save it without one.")


class _ReadOnce(bytes):
    """A record of shared texts: a negative length in it would make xlrd go back and read a text again and again."""

    _read = 0

    def __getitem__(self, key: SupportsIndex | slice) -> Any:
        part = super().__getitem__(key)
        self._read += len(part) if isinstance(part, bytes) else 1
        if self._read > len(self) + 1:  # a text that another record continues is asked for one byte more
            raise biffh.XLRDError("its shared texts overlap")
        return part
