"""Number formats of spreadsheets: which of them show a date, a time, a duration or leading zeros."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Shows = Literal["date", "time", "duration", "zeros"]
"""A moment, a time of day alone, a length of time that may exceed a day, or a whole number with leading zeros."""

_LONGEST = 255
"""The most characters of a format's code. No spreadsheet lets a person write more."""
_LONGEST_MASK = 32
"""More zeros are no one's number, and each cell would be that long."""
_FIRST = re.compile(r'(?:"[^"]*(?:"|$)|\\.|[^";])*', re.DOTALL)
"""What comes before the first semicolon that is not within quotes."""
_SECTION = re.compile(r'"([^"]*)"|\\(.)|\[[^\[\]]*\]|[_*].')
_CONDITION = re.compile(r"^\[<=([0-9]+)\]")
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\[\]]*\]|[_*].|general', re.IGNORECASE)
_MASK = frozenset("0-() ")
_MOMENT = frozenset("dmyhsDMYHS")
_DAY = frozenset("dyDY")
_CLOCK = frozenset("hsHS")
_BUILT_IN: Mapping[str, Shows] = {
    **dict.fromkeys(map(str, (*range(14, 18), 22, *range(27, 37), *range(50, 59))), "date"),
    **dict.fromkeys(map(str, (18, 19, 20, 21, 45, 47)), "time"),
    "46": "duration",
}
"""The formats that files name by number alone. Those from 27 on are dates of Chinese, Japanese and Korean versions."""


@dataclass(frozen=True)
class NumberFormat:
    """`mask` is the code of a format that shows leading zeros."""

    shows: Shows
    mask: str = ""


def number_format(number: str, code: str | None) -> NumberFormat | None:
    """What the format shows other than a plain number, if anything. `code` is None for a built-in format."""
    if code is None:
        return NumberFormat(_BUILT_IN[number]) if number in _BUILT_IN else None
    if len(code) > _LONGEST:
        return None
    if any(_is_mask(_plain(section)) for section in code.split(";")[:2]):
        return NumberFormat("zeros", code)
    found = _FIRST.match(code)
    first = found[0] if found else ""
    if _ELAPSED.search(first):
        return NumberFormat("duration")
    letters = _MOMENT & set(_LITERAL.sub("", first))
    if not letters:
        return None
    return NumberFormat("time" if letters & _CLOCK and not letters & _DAY else "date")


def masked(digits: str, code: str) -> str:
    """A whole number as the format shows it: `7601` with `00000` is `07601`."""
    first, _, second = code.partition(";")
    condition = _CONDITION.match(first)
    section = first if condition is None or _is_at_most(digits, condition[1]) else second.partition(";")[0]
    mask = _plain(section)
    if not _is_mask(mask):
        return digits
    left = list(digits.zfill(mask.count("0")))
    shown = [left.pop() if sign == "0" else sign for sign in reversed(mask)]
    return "".join([*left, *reversed(shown)]).strip()


def _is_mask(plain: str) -> bool:
    return "00" in plain and len(plain) <= _LONGEST_MASK and _MASK.issuperset(plain)


def _is_at_most(digits: str, most: str) -> bool:
    """Compared as text, because Python refuses to make a number of thousands of digits."""
    digits, most = digits.lstrip("0"), most.lstrip("0")
    return (len(digits), digits) <= (len(most), most)


def _plain(section: str) -> str:
    return _SECTION.sub(lambda found: found[1] or found[2] or "", section)
