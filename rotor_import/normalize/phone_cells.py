"""The phone in a cell that may hold more: words around it, further numbers, or a number spelled with letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rotor_import.normalize.phones import LACKS_AREA_CODE, NO_NUMBER, Normal, normal_phone, whole_phone
from rotor_import.normalize.vanity import spelled_number

AROUND = "text around the number was removed: {}"
SEVERAL = "several numbers in one cell: only the first is used ({}); left out: {}"
MAY_BE_SEVERAL = r"\d\D*[^\d.)\-]"
"""What a text of digits and signs has if it may hold more than one number, beside as many digits as the next says."""
FEWEST_OF_SEVERAL = 11
PLUS = ("+", "(+")
COUNTRY_DIGITS = 3
"""How many digits more it has if it begins with a plus."""
SURELY_SEVERAL = 18
"""Digits that no number has, whatever signs stand between them."""
_TWO_LOCAL = 14
_LONGEST = 250
_MAY_BE_SEVERAL = re.compile(MAY_BE_SEVERAL)
_SIGNS = r" \u00a0.()/\[\]~*\-\u2010-\u2015\u2212\u30fc\uff0d\u3000\u200b\u2060\uff08\uff09\uff0e\uff0f"
_RUN = re.compile(rf"(?:[+\uff0b][^\w\s+]*|[(\[\uff08])*\d(?:[\d{_SIGNS}+]*\d)?")
"""Digits and the signs that may stand within a number."""
_STRONG = re.compile(r"\s*[/*~]\s*|\s+[-\u2010-\u2015\u2212]+\s+|\s{2,}|(?<=\d)\s*(?=[(+\uff0b])")
_SPACE = re.compile(r"\s+")
_ANY_SIGN = re.compile(r"[^\d(+]+|(?=[(+])")
_TIGHT = re.compile(r"\(?\d{2,5}\)?[-.]?\d{2,4}[-.]\d{3,4}")
"""A number as people write it without a space."""
_LISTING = re.compile(r"[,;|&\n\r\t]")
"""Signs that stand between things, and within none."""
_OTHERS = re.compile(r"\s*[/,;|&\n]")
"""What stands before digits that say something else, as in 763-555-0101/0102."""
_EXTENSION = re.compile(r"[^\w\n]{0,4}(?:[^\W\d_]{1,12}[^\w\n]{0,3})?\d{1,9}#?(?!\d|[-.]\d)")
_LABEL = re.compile(r"(?i:ext)(?=\.?[ ]?\d{1,9}#?$)")
_EDGES = " \\\t\r\n\u00a0,;:/|&.=*~_-\u2010\u2011\u2012\u2013\u2014\u2015"
_JOINING = re.compile(r"(?i:(?:or|and|oder|und|ou|et|o|y|e)(?![^\W_]))")
_MOST = 20
"""Pieces of a run that are put together in turn, so that a long line of digits takes no time."""


class _Phone(NamedTuple):
    """A number in a text: its normal form, and where the text says it, without and with its extension."""

    normal: Normal
    start: int
    end: int
    extended: int


class CellPhone(NamedTuple):
    """The first phone of a cell. `rest` is what else the cell says, `''` where it says nothing."""

    normal: Normal
    rest: str = ""


def phone_in_cell(text: str, region: str, area_code: str = "") -> Normal:
    """The library's result for a text that holds a number alone, else that of the first number in it."""
    return read_cell(text, region, area_code).normal


@lru_cache(maxsize=1 << 14)
def read_cell(text: str, region: str, area_code: str = "") -> CellPhone:
    alone = whole_phone(text, region, area_code)
    bare = _is_bare(text)
    says_more = bool(alone.reason) if alone.value else _may_be_several(text)
    if len(text) > _LONGEST or (bare and not says_more):
        return CellPhone(alone)
    found, told = _first(text, region, area_code)
    if bare and alone.value:
        return CellPhone(alone, text[found.end :].strip(_EDGES) if found else "")
    if found is None or (bare and _has_loose_digits(text, region, area_code)):
        return CellPhone(told or alone)
    rest = _without_joining(f"{text[: found.start].strip(_EDGES)} {text[found.extended :].strip(_EDGES)}")
    if not any(map(str.isalnum, rest)):
        if bare:  # a sign at its end makes it no number to the library
            return CellPhone(alone)
        return CellPhone(found.normal, text[found.end : found.extended].strip(_EDGES))
    others = any(_phones(text[found.extended :], region, area_code))
    remark = SEVERAL.format(_split_hint(text[found.extended :]), rest) if others else AROUND.format(rest)
    whole_rest = _without_joining(f"{text[: found.start].strip(_EDGES)} {text[found.end :].strip(_EDGES)}")
    reason = "; ".join(filter(None, (found.normal.reason, remark)))
    return CellPhone(Normal(found.normal.value, reason), whole_rest)


def _is_bare(text: str) -> bool:
    """Whether it has no letter but x, which the library reads as a sign within a number, and an extension's label."""
    return not any(map(str.isalpha, _LABEL.sub("", text).replace("x", "").replace("X", "")))


def _has_loose_digits(text: str, region: str, area_code: str) -> bool:
    """Whether a text without words has digits that are no part of a number and no date: they may belong to one."""
    left, after = [], 0
    for phone in _phones(text, region, area_code):
        left.append(text[after : phone.start])
        after = phone.extended
    left.append(text[after:])
    own = [part for part in left if not _OTHERS.match(part)]
    pieces = [piece for part in own for piece in part.split() if any(map(str.isdecimal, piece))]
    return not all(map(_is_date, pieces))


def _may_be_several(text: str) -> bool:
    digits = sum(map(str.isdecimal, text))
    fewest = FEWEST_OF_SEVERAL + (COUNTRY_DIGITS if text.startswith(PLUS) else 0)
    return digits >= SURELY_SEVERAL or (digits >= fewest and _MAY_BE_SEVERAL.search(text) is not None)


def _first(text: str, region: str, area_code: str) -> tuple[_Phone | None, Normal | None]:
    """The first number of the text, or why it has none."""
    found = next(_phones(text, region, area_code), None)
    if found is None and (spelled := spelled_number(text, region)) is not None:
        found = _extended(text, _Phone(Normal(spelled.value), spelled.start, spelled.end, spelled.end), region)
    if found is not None:
        return found, None
    runs = [run[0] for run in _RUN.finditer(text)]
    reasons = {whole_phone(run, region, area_code).reason: run for run in sorted(runs, key=len)}
    if not reasons or _is_bare(text):
        return None, None if runs else Normal("", NO_NUMBER)
    lacking = next((reason for reason in reasons if reason.startswith(LACKS_AREA_CODE)), "")
    return None, Normal("", lacking or list(reasons)[-1] or NO_NUMBER)


def _phones(text: str, region: str, area_code: str) -> Iterator[_Phone]:
    """The valid numbers of a text, in their order."""
    after, seen = 0, 0
    for run in _RUN.finditer(text):
        between, seen = text[seen : run.start()], run.end()
        before = text[: run.start()]
        if not after and before and _continues(before, between):
            continue
        behind_word = before.rstrip()[-1:].isalpha()
        for start, end in _spans(run[0], region, area_code, behind_word=behind_word):
            if run.start() + start < after:
                continue
            number = text[run.start() + start : run.start() + end]
            at = _Phone(whole_phone(number, region, area_code), run.start() + start, run.start() + end, 0)
            found = _extended(text, at, region)
            after = found.extended
            yield found


def _extended(text: str, phone: _Phone, region: str) -> _Phone:
    """The number with the extension behind it, if the library sees one there."""
    plain = _Phone(phone.normal, phone.start, phone.end, phone.end)
    tail = _EXTENSION.match(text, phone.end)
    if tail is None:
        return plain
    longer = normal_phone(phone.normal.value + tail[0], region)
    if longer.value != phone.normal.value or not longer.reason:
        return plain
    reason = "; ".join(filter(None, (phone.normal.reason, longer.reason)))
    return _Phone(Normal(longer.value, reason), phone.start, phone.end, tail.end())


def _spans(run: str, region: str, area_code: str, *, behind_word: bool) -> list[tuple[int, int]]:
    """Where the numbers of a run of digits and signs stand.

    A part of a longer number may look like a number too, so a run is divided only where it is written as several.
    """
    if whole_phone(run, region, area_code).value:
        return [(0, len(run))]
    for divide in (_at_strong_separators, _at_spaces, _at_signs, _tight):
        if spans := divide(run, region, area_code, behind_word=behind_word):
            return spans
    return []


def _at_strong_separators(run: str, region: str, area_code: str, *, behind_word: bool) -> list[tuple[int, int]]:
    """The numbers between slashes and the like, if the first part is one."""
    parts = _parts(run, _STRONG)
    if len(parts) == 1:
        return []
    found: list[tuple[int, int]] = []
    for start, end in parts:
        inner = _spans(run[start:end], region, area_code, behind_word=behind_word and not start)
        if not inner and not found:
            return []
        found += [(start + first, start + last) for first, last in inner]
    return found


def _at_spaces(run: str, region: str, area_code: str, *, behind_word: bool) -> list[tuple[int, int]]:
    del behind_word
    return _put_together(run, _parts(run, _SPACE), region, area_code)


def _at_signs(run: str, region: str, area_code: str, *, behind_word: bool) -> list[tuple[int, int]]:
    del behind_word
    if sum(map(str.isdecimal, run)) < _TWO_LOCAL:
        return []
    return _put_together(run, _parts(run, _ANY_SIGN), region, area_code)


def _put_together(run: str, parts: Sequence[tuple[int, int]], region: str, area_code: str) -> list[tuple[int, int]]:
    """The numbers that all pieces of a run together make up, with nothing left."""
    if not 1 < len(parts) <= _MOST:
        return []
    found, at = [], 0
    while at < len(parts):
        for last in range(len(parts) - 1, at - 1, -1):
            start, end = parts[at][0], parts[last][1]
            if whole_phone(run[start:end], region, area_code).value:
                found.append((start, end))
                at = last + 1
                break
        else:
            return []
    return found


def _continues(before: str, between: str) -> bool:
    """Whether digits may belong to digits before them, although a sign stands between that no number has."""
    return any(map(str.isdecimal, before)) and not any(map(str.isalpha, between)) and not _LISTING.search(between)


def _tight(run: str, region: str, area_code: str, *, behind_word: bool) -> list[tuple[int, int]]:
    """A number without a space in it, unless digits before it may belong to it: no word says what those are."""
    for start, end in _parts(run, _SPACE):
        part = run[start:end]
        if _TIGHT.fullmatch(part) and whole_phone(part, region, area_code).value:
            return [(start, end)]
        if not behind_word and not _is_date(part):
            return []
    return []


def _is_date(part: str) -> bool:
    return re.fullmatch(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}", part) is not None


def _parts(run: str, separator: re.Pattern[str]) -> Sequence[tuple[int, int]]:
    """The pieces of a run between separators."""
    parts, start = [], 0
    for mark in separator.finditer(run):
        if mark.start() > start:
            parts.append((start, mark.start()))
        start = mark.end()
    return [*parts, (start, len(run))] if start < len(run) else parts


def _without_joining(rest: str) -> str:
    """The rest without an `or` at its beginning, and with its parts one space apart."""
    text = " ".join(rest.split())
    joining = _JOINING.match(text)
    return text[joining.end() :].strip(_EDGES) if joining else text


def _split_hint(after: str) -> str:
    """The mapping's key that would make candidates of all numbers, as it is written there."""
    word = re.match(r"\s*(?:(?P<sign>[/,;|&\n])|(?P<word>or|and)\b)", after)
    if word is None:
        return "`rest: notes` in the mapping keeps the others"
    mark = word["sign"] or f" {word['word']} "
    return f'`split: "{mark}"` in the mapping separates them'.replace("\n", r"\n")
