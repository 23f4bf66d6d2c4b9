"""Text → records, by Python's csv; a quote that would swallow rows is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from rotor_import.errors import SourceError

_END = "\x1eend\x1e"
_LONGEST_CELL = 2**20


def head(text: str, delimiter: str, most: int) -> list[list[str]]:
    """The first records, up to the first error; the last one may be cut off."""
    reader = csv.reader(io.StringIO(text[: 2**16], newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(islice(reader, most))
    return found


def records(path: Path, text: str, delimiter: str) -> Iterator[list[str]]:
    """Every record; a blank line is an empty record. Raises SourceError for a quote that is never closed.

    An end mark is appended to the text: if it does not come back as a record of its own, a quote was still open.
    """
    lines = io.StringIO(text, newline="").readlines()
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += "\n"
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(chain(lines, [_END]), delimiter=delimiter)
    started = 0
    try:
        for number, record in enumerate(reader, start=1):
            if reader.line_num > len(lines):
                if record != [_END]:
                    raise _open_quote(path, number, started + 1)
                return
            if reader.line_num - started > 1:
                _check(path, number, started + 1, lines[started : reader.line_num], delimiter)
            started = reader.line_num
            yield record
    except csv.Error:
        raise SourceError(
            f"{path}, line {started + 1}: a cell is longer than {_LONGEST_CELL} characters; "
            "most likely a quote is opened and never closed. Close it, or double it."
        ) from None


def _check(path: Path, number: int, line: int, lines: Iterable[str], delimiter: str) -> None:
    """Refuse a cell that spans lines but is not quoted cleanly: a stray quote swallowed the rows in between."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        raise _open_quote(path, number, line) from None


def _open_quote(path: Path, number: int, line: int) -> SourceError:
    where = f"row {number}" if number == line else f"row {number} (line {line})"
    return SourceError(f"{path}, {where}: a quote is opened and never closed. Close it, or double it.")
