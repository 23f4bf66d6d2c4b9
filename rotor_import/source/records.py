"""Text → records, by Python's csv; a quote that would swallow rows is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import PurePath

from rotor_import.errors import SourceError
from rotor_import.source.bounds import LONGEST_CELL

TOP = 2**16
"""How many characters at the top of a file tell what it is like."""
_END = "\x1eend\x1e"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def head(text: str, delimiter: str, most: int) -> list[list[str]]:
    """The first records, up to the first error; the last one may be cut off where the text is as long as `TOP`."""
    reader = csv.reader(io.StringIO(text[:TOP], newline=""), delimiter=delimiter)
    found: list[list[str]] = []
    with suppress(csv.Error):
        found.extend(islice(reader, most))
    return found


def records(path: PurePath, text: str, delimiter: str, stray: dict[int, str]) -> Iterator[list[str]]:
    """Every record; a blank line is an empty record. Raises SourceError for a quote that is never closed.

    `stray` receives the text of each line whose quotes are neither around cells nor doubled, by its row number. An end
    mark is appended to the text: if it does not come back as a record of its own, a quote was still open.
    """
    csv.field_size_limit(LONGEST_CELL)
    own: list[str] = []
    reader = csv.reader(_noted(text, own), delimiter=delimiter)
    started = 0
    try:
        for number, record in enumerate(reader, start=1):
            if own[-1] is _END:
                if record != [_END]:
                    raise _open_quote(path, number, started + 1)
                return
            if any('"' in line for line in own) and not _is_clean(own, delimiter):
                if len(own) > 1:  # a stray quote swallowed the lines in between, or nobody knows which ones
                    raise _open_quote(path, number, started + 1, ", or a quote inside a cell isn't doubled")
                stray[number] = own[0].rstrip("\r\n")
            started = reader.line_num
            own.clear()
            yield record
    except csv.Error:
        raise SourceError(
            f"{path}, line {started + 1}: a cell is longer than {LONGEST_CELL:,} characters; "
            "probably a quote is opened and never closed. Close it, or double it if it is part of the text."
        ) from None


def _noted(text: str, own: list[str]) -> Iterator[str]:
    """The lines of a text and the end mark; each is noted in `own` as the reader takes it."""
    for found in _LINE.finditer(text):
        line = found[0] if found[0].endswith(("\n", "\r")) else found[0] + "\n"
        own.append(line)
        yield line
    own.append(_END)
    yield _END


def _is_clean(lines: Iterable[str], delimiter: str) -> bool:
    """Whether its quotes are around whole cells, or doubled within them."""
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _open_quote(path: PurePath, number: int, line: int, more: str = "") -> SourceError:
    where = f"row {number}" if number == line else f"row {number} (line {line})"
    return SourceError(
        f"{path}, {where}: a quote is opened and never closed{more}. Close it, or double it if it is part of the text."
    )
