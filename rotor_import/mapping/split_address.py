"""Addresses in one cell, or in printed lines → their parts, where nothing about them is in doubt."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from rotor_import.mapping.rules import ADDRESS_PARTS

_STATES = (
    "AL Alabama AK Alaska AZ Arizona AR Arkansas CA California CO Colorado CT Connecticut DE Delaware "
    "DC District_of_Columbia FL Florida GA Georgia HI Hawaii ID Idaho IL Illinois IN Indiana IA Iowa KS Kansas "
    "KY Kentucky LA Louisiana ME Maine MD Maryland MA Massachusetts MI Michigan MN Minnesota MS Mississippi "
    "MO Missouri MT Montana NE Nebraska NV Nevada NH New_Hampshire NJ New_Jersey NM New_Mexico NY New_York "
    "NC North_Carolina ND North_Dakota OH Ohio OK Oklahoma OR Oregon PA Pennsylvania PR Puerto_Rico RI Rhode_Island "
    "SC South_Carolina SD South_Dakota TN Tennessee TX Texas UT Utah VT Vermont VA Virginia VI Virgin_Islands "
    "WA Washington WV West_Virginia WI Wisconsin WY Wyoming GU Guam"
)
_KNOWN = frozenset(one.replace("_", " ").lower() for one in _STATES.split())
_HOME = frozenset({"", "us", "usa", "u.s.", "u.s.a.", "united states", "united states of america"})
_STREET1 = (
    "AddressNumberPrefix AddressNumber AddressNumberSuffix StreetNamePreModifier StreetNamePreDirectional "
    "StreetNamePreType StreetName StreetNamePostType StreetNamePostModifier StreetNamePostDirectional USPSBoxType "
    "USPSBoxID USPSBoxGroupType USPSBoxGroupID"
)
_STREET2 = "OccupancyType OccupancyIdentifier SubaddressType SubaddressIdentifier BuildingName LandmarkName"
_PART = {
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
_ENDS = " ,;•·|"
_BREAK = re.compile(r"\s*[\n\r•·|]+\s*,?\s*|\s*,\s*(?:,\s*)+")
_LONGEST = 500

Verdict = tuple[str | None, ...]
"""The parts in the order of ADDRESS_PARTS, the recipient, then why the address is not taken apart."""


@lru_cache(maxsize=1 << 16)
def judge_address(cell: str | None) -> Verdict:
    """`cell` holds printed lines; where anything is in doubt, street1 is the whole of it in one line."""
    if cell is None:
        return (None,) * (len(ADDRESS_PARTS) + 2)
    line = _BREAK.sub(", ", cell).strip(_ENDS)
    parts, doubt = _parts(line) if len(line) <= _LONGEST else ({}, "it is too long")
    if doubt:
        return (line, *(None,) * len(ADDRESS_PARTS), doubt)
    return (*(parts.get(part) or None for part in (*ADDRESS_PARTS, "recipient")), None)


def _parts(line: str) -> tuple[dict[str, str], str]:
    """The parts, or in words why nobody can be certain of them."""
    import usaddress  # type: ignore[import-untyped]  # noqa: PLC0415 - it loads a model, which only addresses in one cell need

    found: dict[str, list[str]] = {}
    last = ""
    for token, label in usaddress.parse(line):
        part = _PART.get(label)
        if part is None:
            return {}, "it is no usual US address"
        if part != last and part in found:
            return {}, "it can be read as more than one address"
        if part == last and part != "recipient" and found[part][-1].endswith((",", ";")):
            return {}, "it can be read in more than one way"
        found.setdefault(part, []).append(token)
        last = part
    parts = {part: " ".join(tokens).strip(_ENDS) for part, tokens in found.items()}
    return parts, _doubt(parts, line)


def _doubt(parts: dict[str, str], line: str) -> str:
    missing = [part for part in ("street1", "city", "state", "zip") if not parts.get(part)]
    if missing:
        return f"no {missing[0].replace('street1', 'street')} is found in it"
    if parts["state"].lower().replace(".", "") not in _KNOWN or parts.get("country", "").lower() not in _HOME:
        return "it is no address in the United States"
    if not _ZIP.fullmatch(parts["zip"]) or any(sign.isdigit() for sign in parts["city"]):
        return "its ZIP or its city is in doubt"
    if not any(sign.isdigit() for sign in parts["street1"]):
        return "its street has no number"
    if _tokens(line) != _tokens(" ".join(parts.values())):
        return "some of it belongs to no part"
    return ""


def _tokens(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))
