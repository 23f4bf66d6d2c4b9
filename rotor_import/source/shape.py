"""Finds the table in a sheet: below the titles, and above totals and dates."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import PurePath

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions
from rotor_import.source.names import hits

Row = Sequence[str | None]

LOOKED_AT = 60
"""How many rows at the top are searched for the header, and at the bottom for totals."""

_DATA = re.compile(
    r"^(.*@.*\..*|[-+(]?[$€£]?\(?\d[\d\s().,/:+-]*|true|false|yes|no|https?://.*|\d{4}-\d\d-\d\d.*)$", re.IGNORECASE
)
_NAMING = re.compile(
    r"\b(name|first|last|phone|mobile|cell|tel|fax|e-?mail|address|street|city|town|state|province|zip|postal|post|"
    r"country|company|customer|client|contact|account|id|number|no|date|created|status|type|notes?|tags?|source|balance)\b",
    re.IGNORECASE,
)
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?"
_CLOCK = r"(,?\s+(at\s+)?\d{1,2}:\d\d(:\d\d)?(\s*[ap]\.?m\.?)?)?"
_ZONE = r"(\s+(gmt|utc|[ecmp][sd]t)([+-]\d{1,2}(:?\d\d)?)?)?"
_DATE = (
    rf"({_DAY},?\s+)?({_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\.?\s+{_MONTH}\s+\d{{4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d)"
)
_BASIS = r"(\s+[-–]?\s*(accrual|cash)\s+basis)?"  # noqa: RUF001 - the dash of the reports
_FOOTER = re.compile(
    rf"^({_DATE}{_CLOCK}{_ZONE}{_BASIS}"
    rf"|((report|list)\s+)?(generated|printed|created|exported|run|as of)(\s+(on|at|by|date))*:?\s+{_DATE}.*"
    r"|(accrual|cash)\s+basis(\s.*\d{4}.*)?"
    r"|page\s+\d+(\s*(of|/)\s*\d+)?"
    r"|(-+\s*)?end of (report|list|file)(\s*-+)?)$",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"^(grand\s+|sub-?\s?)?totals?(\s+(number of\s+)?(customers|clients|contacts|records|rows|accounts|count))?\s*[:=]?"
    r"\s*\d{0,6}$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"^[-(]?\s*[$€£]?\s*[-]?(\d{1,4}|\d{1,3}(,\d{3})+|\d+(?=\.\d))(\.\d+)?\)?$")
_LENGTH = 60


def find_header(path: PurePath, rows: Sequence[Row], options: SourceOptions) -> int:
    """The index of the header within `rows`, the first rows of the sheet."""
    if options.header_row is not None:
        at = options.header_row - 1
        if at >= len(rows) or at < 0 or not any(rows[at]):
            raise SourceError(
                f"{path}: row {options.header_row} is blank, so it can't be the header. Change header_row."
            )
        return at
    filled = [at for at, row in enumerate(rows[:LOOKED_AT]) if any(row)]
    if not filled:
        raise SourceError(f"{path} has no header. One of its first lines must contain the column names.")
    plain = _below_titles(rows, filled, options.wanted)
    best = max(filled, key=lambda at: (hits(rows[at], options.wanted), -at))
    found = hits(rows[best], options.wanted)
    return best if found > 1 and found > hits(rows[plain], options.wanted) else plain


def _below_titles(rows: Sequence[Row], filled: Sequence[int], wanted: Sequence[str]) -> int:
    """The first row below the titles, which have one cell each, if it looks like names; else the first row."""
    first = filled[0]
    if _count(rows[first]) > 1 or hits(rows[first], wanted):
        return first
    at = next((at for at in filled if _count(rows[at]) > 1), first)
    cells = [cell for cell in rows[at] if cell]
    names = len(set(cells)) == len(cells) and not any(_DATA.match(cell) for cell in cells)
    said = hits(cells, wanted) or sum(bool(_NAMING.search(cell)) for cell in cells) * 2 >= len(cells)
    return at if names and said else first


def footers(rows: Sequence[Row]) -> list[int]:
    """The indices of trailing rows that are certainly not customers; when in doubt, a row is a customer."""
    found: list[int] = []
    for at in range(len(rows) - 1, -1, -1):
        cells = [cell for cell in rows[at] if cell]
        if not cells:
            continue
        if len(rows[at]) < 2 or not _is_footer(cells):  # noqa: PLR2004 - in one column every row has one cell
            break
        found.append(at)
    return found[::-1]


def _is_footer(cells: Sequence[str]) -> bool:
    if len(cells) == 1 and _FOOTER.match(cells[0]):
        return True
    return bool(_TOTAL.match(cells[0])) and all(_AMOUNT.match(cell) for cell in cells[1:])


def _count(row: Row) -> int:
    return sum(bool(cell) for cell in row)


def skipped(number: int, row: Row) -> str:
    """A note about a row that is not data."""
    text = " ".join(cell for cell in row if cell)
    return f"row {number} was skipped, as it isn't a customer: {textwrap.shorten(text, _LENGTH, placeholder='…')!r}"
