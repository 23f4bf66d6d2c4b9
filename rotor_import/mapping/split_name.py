"""Whole names → their parts, where the text certainly is a person's name.

Certain are `First Last` with its usual additions (titles, middle names, particles, suffixes, a nickname in
brackets), `Last, First`, and a couple with one family name (`Bob and Mary Smith`). A company, a phone number, an
e-mail address, a single word and whatever nameparser itself is unsure about is not taken apart.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rotor_import.mapping.rules import NAME_PARTS

_COMPANY_WORDS = (
    "llc inc incorporated corp corporation co company ltd limited llp lp plc pllc pc gmbh dba hoa poa association "
    "associates assoc group partners partnership holdings enterprises enterprise ventures industries international "
    "services service solutions systems supply supplies rentals rental realty properties property management mgmt "
    "apartments apts condos condominiums towers plaza mall center centre suites hotel motel inn resort restaurant "
    "cafe bakery grill pizza bar brewery school academy college university church ministries temple chapel parish "
    "hospital clinic dental medical pharmacy veterinary bank credit union insurance agency office offices studio "
    "salon spa gym fitness club foundation trust estate fund city county state town township village district "
    "department dept museum library theater theatre farm farms ranch nursery landscaping landscape lawn lawncare "
    "plumbing heating cooling hvac electric electrical roofing construction contractors contracting builders homes "
    "painting flooring cleaning maintenance remodeling restoration pool pools pest garage auto automotive motors tire "
    "tires repair repairs towing trucking transport logistics warehouse storage store stores shop market foods "
    "grocery design designs marketing media consulting technologies technology tech labs security engineering "
    "architects law attorneys accounting the of account test customer cash tenant owner"
)
_COMPANY = frozenset(_COMPANY_WORDS.split())
_COUPLE = re.compile(r"\s+(?:and|&|\+)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_ODD = re.compile(r"[0-9@/\\:;#*_|<>=\n\r\t!?%$]")
_LONGEST = 120

Verdict = tuple[str | None, ...]
"""The parts in the order of NAME_PARTS, then why the text is not taken apart."""


@lru_cache(maxsize=1 << 16)
def judge_name(cell: str | None) -> Verdict:
    blank: tuple[str | None, ...] = (None,) * len(NAME_PARTS)
    if cell is None:
        return (*blank, None)
    doubt = _doubt(cell)
    if doubt:
        return (*blank, doubt)
    from nameparser import parse  # noqa: PLC0415 - only names that stand in one cell need it

    found = parse(cell)
    if found.ambiguities:
        return (*blank, "it can be read in more than one way")
    first, last = str(found.given), str(found.family)
    if not _is_name(first) or not _is_name(last):
        return (*blank, "it does not have both a first and a last name")
    parts = {
        "first": first,
        "last": last,
        "first_last": f"{first} {last}",
        "middle": str(found.middle),
        "title": str(found.title),
        "suffix": str(found.suffix),
        "nickname": str(found.nickname),
    }
    whole = [word for name, part in parts.items() if name != "first_last" for word in _words(part)]
    if sorted(_words(cell)) != sorted(whole):
        return (*blank, "it can be read in more than one way")
    return (*(parts[name] or None for name in NAME_PARTS), None)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _is_name(text: str) -> bool:
    return any(len(word) > 1 for word in _words(text))


def _doubt(cell: str) -> str:
    """Why it is certainly no person's name, or nobody can tell."""
    if _ODD.search(cell) or len(cell) > _LONGEST:
        return "it holds what no name does"
    words = _words(cell)
    if not _COMPANY.isdisjoint(words):
        return "it looks like a company"
    sides = _COUPLE.split(cell)
    if len(sides) > 2 or (len(sides) == 2 and not _is_couple(*sides)):  # noqa: PLR2004 - a couple is two
        return "it may be several people or a company"
    return ""


def _is_couple(one: str, other: str) -> bool:
    """`Bob` and `Mary Smith`, or `Smith, Bob` and `Mary`; initials and two whole names may be a company."""
    left, right = _words(one), _words(other)
    if "," in one:
        return len(left) == 2 and len(right) == 1 and len(right[0]) > 1  # noqa: PLR2004 - the family and a first name
    return len(left) == 1 and len(right) == 2 and min(map(len, (*left, *right))) > 1  # noqa: PLR2004 - first and last
