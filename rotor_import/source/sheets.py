"""The sheets of a workbook, for a person who has to choose one."""

from __future__ import annotations

from pathlib import Path

from rotor_import.errors import SourceError
from rotor_import.source.kind import kind_of
from rotor_import.source.payload import read_payload
from rotor_import.source.workbook import open_book

_WORKBOOKS = ("xlsx", "xlsb", "ods", "xls")


def sheet_names(path: Path) -> list[str]:
    """The names of its sheets in their order; none for what is no workbook, or can't be read."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if not head.startswith((b"PK", b"\xd0\xcf", b"\x09")):
            return []  # without reading all of a large text
        payload = read_payload(path)
        kind = kind_of(payload)
        return open_book(payload, kind).names() if kind in _WORKBOOKS else []
    except (OSError, SourceError):
        return []
