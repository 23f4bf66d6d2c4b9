"""Splits a whole name into its parts, if the text is certainly a person's name.

Certain names are `First Last` with the usual additions (titles, middle names, particles, suffixes, a nickname in
parentheses), `Last, First`, and a couple who share a family name (`Bob and Mary Smith`). Companies, phone numbers,
email addresses, single words, and anything that nameparser itself finds ambiguous are not split.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from rotor_import.model.company_words import COMPANY_WORDS

_COMPANY = frozenset(COMPANY_WORDS) | {"the", "of", "account", "test", "customer", "cash", "tenant", "owner", "care"}
"""Words that stand in no person's name, whether they tell a company or not."""
_COUPLE = re.compile(r"\s+(?:and|&|\+)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_NOT_IN_NAMES = re.compile(r"[0-9@/\\:;#*_|<>=\n\r\t!?%$]")
_LONGEST = 120
_AMBIGUOUS = "can be read in more than one way"


class NameParts(NamedTuple):
    """The parts of one name; blank parts are None. If `doubt` says why the text was not split, it has no parts."""

    first: str | None = None
    last: str | None = None
    first_last: str | None = None
    middle: str | None = None
    title: str | None = None
    suffix: str | None = None
    nickname: str | None = None
    doubt: str | None = None


@lru_cache(maxsize=1 << 16)
def split_name(cell: str | None) -> NameParts:
    if cell is None:
        return NameParts()
    if doubt := _doubt(cell):
        return NameParts(doubt=doubt)
    from nameparser import parse  # noqa: PLC0415 - only whole names in one cell need it

    name = parse(cell)
    if name.ambiguities:
        return NameParts(doubt=_AMBIGUOUS)
    first, last = str(name.given), str(name.family)
    if not _is_name(first) or not _is_name(last):
        return NameParts(doubt="doesn't have both a first and a last name")
    parts = [first, last, str(name.middle), str(name.title), str(name.suffix), str(name.nickname)]
    if sorted(_words(cell)) != sorted(_words(" ".join(parts))):
        return NameParts(doubt=_AMBIGUOUS)
    middle, title, suffix, nickname = (part or None for part in parts[2:])
    return NameParts(first, last, f"{first} {last}", middle, title, suffix, nickname)


def kind_of_name(cell: str) -> Literal["person", "company", ""]:
    """Whether a cell is split as a person's name, or is not because looks like a company's."""
    doubt = split_name(cell).doubt
    if doubt is None:
        return "person"
    return "" if _COMPANY.isdisjoint(_words(cell)) else "company"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _is_name(text: str) -> bool:
    return any(len(word) > 1 for word in _words(text))


def _doubt(cell: str) -> str:
    """Why the text may be something other than a person's name, '' if nothing speaks against it."""
    if _NOT_IN_NAMES.search(cell) or len(cell) > _LONGEST:
        return "doesn't look like a person's name"
    words = _words(cell)
    if not _COMPANY.isdisjoint(words):
        return "looks like a company"
    sides = _COUPLE.split(cell)
    if len(sides) > 2 or (len(sides) == 2 and not _is_couple(*sides)):  # noqa: PLR2004 - a couple is two
        return "may be several people or a company"
    return ""


def _is_couple(left_side: str, right_side: str) -> bool:
    """`Bob` and `Mary Smith`, or `Smith, Bob` and `Mary`; initials and two whole names may be a company."""
    left, right = _words(left_side), _words(right_side)
    if "," in left_side:
        return len(left) == 2 and len(right) == 1 and len(right[0]) > 1  # noqa: PLR2004 - the family and a first name
    return len(left) == 1 and len(right) == 2 and min(map(len, (*left, *right))) > 1  # noqa: PLR2004 - first and last
