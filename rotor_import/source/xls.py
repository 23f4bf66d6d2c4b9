"""Marks of an .xls: a compound file whose stream `Workbook` is a list of records."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from rotor_import.errors import SourceError
from rotor_import.source.compound import MAGIC, workbook_stream
from rotor_import.source.marks import Marks, mask_of

_BOUNDSHEET, _FORMAT, _XF, _MERGED, _ROW, _COLINFO, _EOF, _FILEPASS = 0x85, 0x41E, 0xE0, 0xE5, 0x208, 0x7D, 0x0A, 0x2F
_NUMBER, _LABEL, _LABELSST, _BOOLERR, _FORMULA, _RK, _MULRK = 0x203, 0x204, 0xFD, 0x205, 0x06, 0x27E, 0xBD
_WORDS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BIFF8 = 0x600


def xls_marks(path: Path, data: bytes) -> dict[str, Marks]:
    """Of each sheet, by name. Raises SourceError."""
    try:
        stream = workbook_stream(data) if data.startswith(MAGIC) else data
        return _Book(path, stream).sheets()
    except (struct.error, IndexError, ValueError, UnicodeError):
        raise SourceError(f"{path} is broken. Open it, and save it as XLSX.") from None


class _Book:
    def __init__(self, path: Path, stream: bytes) -> None:
        self._path = path
        self._stream = stream
        self._wide = struct.unpack_from("<H", stream, 4)[0] == _BIFF8
        self._codes: dict[int, str] = {}
        self._styles: list[int] = []

    def sheets(self) -> dict[str, Marks]:
        found: list[tuple[str, int]] = []
        for kind, body in self._records(0):
            if kind == _FILEPASS:
                raise SourceError(f"{self._path} is protected by a password. Save it without one.")
            if kind == _BOUNDSHEET and body[5] == 0:
                found.append((self._text(body, 6, 1), struct.unpack_from("<I", body)[0]))
            elif kind == _FORMAT:
                self._codes[struct.unpack_from("<H", body)[0]] = mask_of(self._text(body, 2, 2 if self._wide else 1))
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", body, 2)[0])
        return {name: self._marks(name, start) for name, start in found}

    def _marks(self, name: str, start: int) -> Marks:
        marks = Marks() if self._wide else Marks(unknown="such an old .xls does not tell of zeros before a number")
        for kind, body in self._records(start):
            if kind in (_NUMBER, _LABEL, _LABELSST, _BOOLERR, _FORMULA, _RK, _MULRK):
                self._cell(marks, name, kind, body)
            elif kind == _MERGED:
                marks.merged += struct.unpack_from("<H", body)[0]
            elif kind == _ROW:
                marks.hidden_rows += bool(body[12] & 0x20)
            elif kind == _COLINFO:
                marks.hidden_columns += bool(body[8] & 1)
        return marks

    def _cell(self, marks: Marks, name: str, kind: int, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MULRK else column
        marks.reach(self._path, name, row, max(last, column))
        if kind == _MULRK:
            styles = [struct.unpack_from("<H", body, at)[0] for at in range(4, len(body) - 6, 6)]
        else:
            styles = [struct.unpack_from("<H", body, 4)[0]]
        error = None
        if kind == _BOOLERR and body[7] == 1:
            error = body[6]
        elif kind == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":  # noqa: PLR2004 - 2 stands for an error
            error = body[8]
        if error is not None:
            marks.errors[row, column] = f"an error, not a value: {_WORDS.get(error, 'of an unknown kind')}"
        elif kind in (_NUMBER, _RK, _MULRK, _FORMULA):
            for at, style in enumerate(styles, start=column):
                code = self._codes.get(self._styles[style], "") if style < len(self._styles) else ""
                if code:
                    marks.masks[row, at] = code

    def _records(self, at: int) -> Iterator[tuple[int, bytes]]:
        """From a BOF to its EOF; what a record continues in others is not needed here."""
        depth = 0
        while at + 4 <= len(self._stream):
            kind, size = struct.unpack_from("<HH", self._stream, at)
            yield kind, self._stream[at + 4 : at + 4 + size]
            depth += kind in (0x809, 0x409, 0x209)
            depth -= kind == _EOF
            if kind == _EOF and depth <= 0:
                return
            at += 4 + size

    def _text(self, body: bytes, at: int, prefix: int) -> str:
        length = int.from_bytes(body[at : at + prefix], "little")
        at += prefix
        if not self._wide:
            return body[at : at + length].decode("cp1252", "replace")
        wide = body[at] & 1
        raw = body[at + 1 : at + 1 + length * (1 + wide)]
        return raw.decode("utf-16-le" if wide else "latin-1", "replace")
