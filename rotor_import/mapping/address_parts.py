"""Splits an address that stands in one cell, or in printed lines, if every part of it is certain."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

from rotor_import.model.us_states import STATE_CODES

_STATES = frozenset(STATE_CODES) | {code.lower() for code in STATE_CODES.values()}
_UNITED_STATES = frozenset({"", "us", "usa", "u.s.", "u.s.a.", "united states", "united states of america"})
_STREET1 = (
    "AddressNumberPrefix AddressNumber AddressNumberSuffix StreetNamePreModifier StreetNamePreDirectional "
    "StreetNamePreType StreetName StreetNamePostType StreetNamePostModifier StreetNamePostDirectional USPSBoxType "
    "USPSBoxID USPSBoxGroupType USPSBoxGroupID"
)
_STREET2 = "OccupancyType OccupancyIdentifier SubaddressType SubaddressIdentifier BuildingName LandmarkName"
_PART_OF_LABEL = {
    **dict.fromkeys(_STREET1.split(), "street1"),
    **dict.fromkeys(_STREET2.split(), "street2"),
    "PlaceName": "city",
    "StateName": "state",
    "ZipCode": "zip",
    "ZipPlus4": "zip",
    "CountryName": "country",
    "Recipient": "recipient",
}
_ZIP = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_EDGES = " ,;•·|"
_LINE_BREAK = re.compile(r"\s*[\n\r•·|]+\s*,?\s*|\s*,\s*(?:,\s*)+")
_LONGEST = 500


class AddressParts(NamedTuple):
    """The parts of one address; blank parts are None.

    If `doubt` says why the address could not be split with certainty, `street1` is all of it, in one line.
    """

    street1: str | None = None
    street2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    recipient: str | None = None
    doubt: str | None = None


@lru_cache(maxsize=1 << 16)
def split_address(cell: str | None) -> AddressParts:
    """Split a US address of one or more printed lines."""
    if cell is None:
        return AddressParts()
    line = _LINE_BREAK.sub(", ", cell).strip(_EDGES)
    parts, doubt = _parse(line) if len(line) <= _LONGEST else ({}, "too long")
    if doubt:
        return AddressParts(street1=line, doubt=doubt)
    return AddressParts(**{part: text or None for part, text in parts.items()})


def _parse(line: str) -> tuple[dict[str, str], str]:
    """The parts of the address, and why they are doubtful ('' if they are certain)."""
    import usaddress  # type: ignore[import-untyped]  # noqa: PLC0415 - it loads a model, which only addresses in one cell need

    tokens: dict[str, list[str]] = {}
    last = ""
    for token, label in usaddress.parse(line):
        part = _PART_OF_LABEL.get(label)
        if part is None:
            return {}, "doesn't look like a US address"
        if part != last and part in tokens:
            return {}, "can be read as more than one address"
        if part == last and part != "recipient" and tokens[part][-1].endswith((",", ";")):
            return {}, "can be read in more than one way"
        tokens.setdefault(part, []).append(token)
        last = part
    parts = {part: " ".join(words).strip(_EDGES) for part, words in tokens.items()}
    return parts, _doubt(parts, line)


def _doubt(parts: dict[str, str], line: str) -> str:
    missing = [part for part in ("street1", "city", "state", "zip") if not parts.get(part)]
    if missing:
        return f"no {missing[0].replace('street1', 'street')} found in it"
    is_american = parts.get("country", "").lower() in _UNITED_STATES
    if parts["state"].lower().replace(".", "") not in _STATES or not is_american:
        return "not an address in the United States"
    if not _ZIP.fullmatch(parts["zip"]) or any(character.isdigit() for character in parts["city"]):
        return "the ZIP or the city is unclear"
    if not any(character.isdigit() for character in parts["street1"]):
        return "the street has no number"
    if _count_words(line) != _count_words(" ".join(parts.values())):
        return "part of it is neither street, city, state nor ZIP"
    return ""


def _count_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))
