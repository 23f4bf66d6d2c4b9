"""Marks of an .xlsb, whose sheets are lists of records: a type, a length and the content."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from rotor_import.errors import SourceError
from rotor_import.source.marks import Marks, mask_of
from rotor_import.source.payload import Archive

_ROW, _COLUMN_INFO, _MERGED = 0, 60, 176
_CELLS = range(1, 12)
_BLANK = 1
_ERRORS = (3, 11)
_NUMBERS = (2, 5, 9)
_SHEET = 156
_FORMAT, _XF, _BEGIN_XFS, _END_XFS = 44, 47, 617, 618
_WORDS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_SHORT = 7


def xlsb_styles(path: Path, archive: Archive) -> dict[int, str]:
    """The number formats that show leading zeros, by cell style."""
    if "xl/styles.bin" not in archive.names:
        return {}
    codes: dict[int, str] = {}
    found: dict[int, str] = {}
    counting, number = False, 0
    for kind, body in _records(path, archive.read("xl/styles.bin")):
        if kind == _FORMAT:
            codes[int.from_bytes(body[:2], "little")] = mask_of(body[6:].decode("utf-16-le", "replace"))
        elif kind in (_BEGIN_XFS, _END_XFS):
            counting = kind == _BEGIN_XFS
        elif kind == _XF and counting:
            if code := codes.get(int.from_bytes(body[2:4], "little")):
                found[number] = code
            number += 1
    return found


def xlsb_marks(path: Path, sheet: str, data: bytes, masks: dict[int, str]) -> Marks:
    """Raises SourceError if the records are broken or the sheet is too large."""
    marks = Marks()
    row = 0
    for kind, body in _records(path, data):
        if kind == _ROW:
            row = int.from_bytes(body[:4], "little")
            marks.hidden_rows += bool(len(body) > 11 and body[11] & 0x10)  # noqa: PLR2004 - the offset of the flag
        elif kind in _CELLS and kind != _BLANK:
            column, style = struct.unpack_from("<II", body.ljust(8, b"\0"))
            marks.reach(path, sheet, row, column)
            if kind in _ERRORS:
                words = _WORDS.get(body[8] if len(body) > _SHORT + 1 else -1, "of an unknown kind")
                marks.errors[row, column] = f"an error, not a value: {words}"
            elif kind in _NUMBERS and (mask := masks.get(style & 0xFFFFFF)):
                marks.masks[row, column] = mask
        elif kind == _MERGED:
            marks.merged += 1
        elif kind == _COLUMN_INFO:
            marks.hidden_columns += bool(len(body) > 16 and body[16] & 1)  # noqa: PLR2004 - the offset of the flag
    return marks


def _records(path: Path, data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        kind, at = _variable(path, data, at, 2)
        size, at = _variable(path, data, at, 4)
        if at + size > end:
            raise SourceError(f"{path} is broken: it ends within a record. Open it, save it again as XLSX.")
        yield kind, data[at : at + size]
        at += size


def _variable(path: Path, data: bytes, at: int, most: int) -> tuple[int, int]:
    """An integer of seven bits per byte, lowest first, and where it ends; the eighth bit says that more follow."""
    value = 0
    for index in range(most):
        if at >= len(data):
            raise SourceError(f"{path} is broken: it ends within a record. Open it, save it again as XLSX.")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return value, at


def sheet_parts(path: Path, archive: Archive) -> dict[str, str]:
    """The entry of each sheet, by the sheet's name. Raises SourceError."""
    try:
        relations = ET.fromstring(archive.read("xl/_rels/workbook.bin.rels"))  # noqa: S314 - expat refuses entity bombs
        book = archive.read("xl/workbook.bin")
    except (KeyError, ET.ParseError, ValueError):
        raise SourceError(f"{path} is broken: parts of it are missing. Open it, save it again as XLSX.") from None
    targets = {one.get("Id", ""): one.get("Target", "") for one in relations}
    found = {}
    for kind, body in _records(path, book):
        if kind == _SHEET:
            relation, at = _text(body, 8)
            name, _ = _text(body, at)
            found[name] = posixpath.normpath(posixpath.join("/xl", targets.get(relation, ""))).lstrip("/")
    return found


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A string that is preceded by its length, and the offset after it."""
    end = at + 4 + 2 * int.from_bytes(body[at : at + 4], "little")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
