"""Number formats of spreadsheets: which of them show a date, a time, a duration or leading zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Shows = Literal["date", "time", "duration", "zeros"]
"""A moment, a time of day alone, a length of time that may exceed a day, or a whole number with leading zeros."""

_SECTION = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|[_*].')
_MASK = re.compile(r"[0\-() ]*00[0\-() ]*")
_CONDITION = re.compile(r"^\[<=(\d+)\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|[_*].|general', re.IGNORECASE)
_MOMENT = frozenset("dmyhsDMYHS")
_DAY = frozenset("dyDY")
_CLOCK = frozenset("hsHS")
_BUILT_IN: Mapping[int, Shows] = {
    **dict.fromkeys((*range(14, 18), 22, *range(27, 37), *range(50, 59)), "date"),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), "time"),
    46: "duration",
}
"""The formats that files name by number alone. Those from 27 on are dates of Chinese, Japanese and Korean versions."""


@dataclass(frozen=True)
class NumberFormat:
    shows: Shows
    code: str = ""


def number_format(number: int, code: str | None) -> NumberFormat | None:
    """What the format shows other than a plain number, if anything. `code` is None for a built-in format."""
    if code is None:
        return NumberFormat(_BUILT_IN[number]) if number in _BUILT_IN else None
    if mask := mask_of(code):
        return NumberFormat("zeros", mask)
    first = code.partition(";")[0] if '"' not in code else _LITERAL_END.split(code)[0]
    if _ELAPSED.search(first):
        return NumberFormat("duration", code)
    letters = _MOMENT & set(_LITERAL.sub("", first))
    if not letters:
        return None
    return NumberFormat("time" if letters & _CLOCK and not letters & _DAY else "date", code)


_LITERAL_END = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
"""A semicolon that is not within quotes."""


def mask_of(code: str) -> str:
    """The number format if it shows leading zeros, as for ZIP codes; otherwise ''."""
    return code if any(_MASK.fullmatch(_plain(section)) for section in code.split(";")[:2]) else ""


def masked(digits: str, code: str) -> str:
    """A whole number as the format shows it: `7601` with `00000` is `07601`."""
    first, _, second = code.partition(";")
    condition = _CONDITION.match(first)
    section = first if condition is None or int(digits) <= int(condition[1]) else second.partition(";")[0]
    mask = _plain(section)
    if not _MASK.fullmatch(mask):
        return digits
    left = list(digits.zfill(mask.count("0")))
    shown = [left.pop() if sign == "0" else sign for sign in reversed(mask)]
    return "".join([*left, *reversed(shown)])


def _plain(section: str) -> str:
    return _SECTION.sub(lambda found: found[1] or found[2] or "", section)
