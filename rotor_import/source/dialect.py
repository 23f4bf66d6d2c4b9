"""Detects the character that separates cells."""

from __future__ import annotations

import re
from collections import Counter

from rotor_import.model.rows import SourceOptions
from rotor_import.source.names import hits
from rotor_import.source.records import TOP, head

_DELIMITERS = (",", ";", "\t", "|")
_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SEP_LINE = re.compile(r"\Asep=(.)\r?\n?", re.IGNORECASE)
_SAMPLE = 100


def sep_line(top: str) -> tuple[str, str]:
    """The delimiter in Excel's `sep=;` line, and that line, which does not count as a row; both '' if there is none."""
    found = _SEP_LINE.match(top)
    return (found[1], found[0]) if found else ("", "")


def find_delimiter(text: str, options: SourceOptions) -> str:
    """The delimiter that separates the wanted columns, or the one that gives most lines equally many cells."""
    if options.delimiter != "auto":
        return options.delimiter
    return max(_DELIMITERS, key=lambda delimiter: _score(text, delimiter, options.wanted))


def _score(text: str, delimiter: str, wanted: tuple[str, ...]) -> tuple[int, float, int]:
    rows = head(text, delimiter, _SAMPLE)
    if len(text) >= TOP and 1 < len(rows) < _SAMPLE:
        rows.pop()  # the text ends within it
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return 0, 0.0, 1
    named = max(hits(row, wanted) for row in rows[:20])
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, many = max(widths.items(), key=lambda one: one[::-1], default=(1, 0))
    return named, round(many / len(rows), 1), width


def words(delimiter: str) -> str:
    return f"cells are separated by {_WORDS.get(delimiter, repr(delimiter))}"
