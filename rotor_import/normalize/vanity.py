"""Numbers that are spelled with the letters of a keypad, such as 1-800-FLOWERS."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from rotor_import.normalize.phones import normal_phone

_SPELLED = re.compile(
    r"(?<![^\W_])(?P<digits>\+?\(?[0-9](?:[0-9 ().-]*[0-9])?\)?)(?P<join>[-.]| ?)"
    r"(?P<words>[0-9]*[A-Za-z][A-Za-z0-9]*(?:[-. ][A-Za-z0-9]+)*)(?![^\W_])"
)
_PIECE = re.compile(r"[A-Za-z0-9]+")
_LABELS = frozenset(
    (
        *("home", "house", "cell", "cel", "cells", "cellular", "mobile", "mobil", "work", "office", "ofc", "main"),
        *("fax", "phone", "phones", "tel", "number", "line", "land", "landline", "desk", "front", "shop", "car"),
        *("business", "bus", "biz", "billing", "reception", "voice", "voicemail", "mail", "msg", "message"),
        *("text", "texts", "only", "call", "calls", "please", "leave", "ext", "extension", "pager", "page", "beeper"),
        *("wife", "husband", "spouse", "mom", "mother", "dad", "father", "son", "daughter", "neighbor", "owner"),
        *("tenant", "manager", "assistant", "contact", "personal", "emergency", "primary", "secondary", "other", "alt"),
        *("best", "first", "second", "new", "old", "no", "yes", "none", "day", "days", "night", "nights"),
        *("eve", "evening", "evenings", "direct", "toll", "free"),
    )
)
"""What people write behind a phone to say whose or what it is."""
_BUSINESS = frozenset(
    (PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.UAN)
)
"""The kinds of numbers whose letters may be joined loosely, since no person's own number is one of them."""
_AMERICAN = 10
"""Digits of a number in North America: an area code of 3, and 7 more."""
_AREA, _EXCHANGE = 3, 6
_LAST_GROUP = 4
_FEWEST_LETTERS = 3


class Spelled(NamedTuple):
    """The normal form of a number in a text, and where the text says it."""

    value: str
    start: int
    end: int


def spelled_number(text: str, region: str) -> Spelled | None:
    """The first number of the text that is spelled in part.

    Whoever writes a name behind a number that is too short does not spell: letters count only where they fill whole
    groups of it.
    """
    for found in _SPELLED.finditer(text):
        pieces = [(piece.start(), piece.end()) for piece in _PIECE.finditer(text, found.start("words"), found.end())]
        american = _is_american(found["digits"], region)
        spelled = (_american if american else _other)(text, found, pieces, region)
        if spelled is not None:
            return spelled
    return None


def _is_american(digits: str, region: str) -> bool:
    return digits.startswith("+1") if "+" in digits else phonenumbers.country_code_for_region(region) == 1


def _american(text: str, found: re.Match[str], pieces: Sequence[tuple[int, int]], region: str) -> Spelled | None:
    digits = "".join(filter(str.isdecimal, found["digits"])).removeprefix("1")
    lacking = _AMERICAN - len(digits)
    taken, end = _taken(text, pieces, lacking)
    if (
        len(digits) < _AREA
        or len(taken) < lacking
        or _says_whose(text, pieces, end)
        or not _has_letters(taken[:lacking])
    ):
        return None
    number = f"+1{digits}{taken[:lacking]}"
    if _kind(number, region) in _BUSINESS:
        loose = len(digits) == _AREA or found["join"] in ("-", ".", "")
        fits = loose and len(digits) <= _EXCHANGE
    else:
        fits = _fills_groups(text, found, pieces, end) and len(taken) == lacking
    value = normal_phone(number, region).value if fits else ""
    return Spelled(value, found.start(), end - len(taken) + lacking) if value else None


def _fills_groups(text: str, found: re.Match[str], pieces: Sequence[tuple[int, int]], end: int) -> bool:
    """Whether capitals stand, tightly joined, for the last four or the last seven digits."""
    digits = "".join(filter(str.isdecimal, found["digits"])).removeprefix("1")
    words = text[pieces[0][0] : end]
    tight = found["join"] in ("-", ".") or found["digits"].endswith(")")
    letters = words.replace("-", "").replace(".", "")
    whole = len(digits) == _AREA or (len(digits) == _EXCHANGE and len(words) == _LAST_GROUP)
    return tight and whole and letters.isalpha() and letters.isupper()


def _other(text: str, found: re.Match[str], pieces: Sequence[tuple[int, int]], region: str) -> Spelled | None:
    """Outside of North America only businesses' numbers are spelled, and groups have no fixed length."""
    words = text[pieces[0][0] : found.end()]
    letters = "".join(filter(str.isalpha, words))
    if _says_whose(text, pieces, found.end()) or len(letters) < _LAST_GROUP or not letters.isupper():
        return None
    number = found["digits"] + "".join(filter(str.isalnum, words))
    value = normal_phone(number, region).value if _kind(number, region) in _BUSINESS else ""
    return Spelled(value, found.start(), found.end()) if value else None


def _taken(text: str, pieces: Sequence[tuple[int, int]], lacking: int) -> tuple[str, int]:
    """The letters and digits of as many pieces as are lacking, and where the last of them ends."""
    taken, end = "", 0
    for start, stop in pieces:
        if len(taken) >= lacking:
            break
        taken, end = taken + text[start:stop], stop
    return taken, end


def _says_whose(text: str, pieces: Sequence[tuple[int, int]], end: int) -> bool:
    return any(text[start:stop].lower() in _LABELS for start, stop in pieces if stop <= end)


def _has_letters(taken: str) -> bool:
    return sum(map(str.isalpha, taken)) >= _FEWEST_LETTERS


def _kind(number: str, region: str) -> int:
    try:
        return phonenumbers.number_type(phonenumbers.parse(number, region))
    except NumberParseException:
        return PhoneNumberType.UNKNOWN
