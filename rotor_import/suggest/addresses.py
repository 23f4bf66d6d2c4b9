"""Addresses: blocks of columns, one cell, or printed lines; and which of them is the property's, which bills."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rotor_import.suggest.column_profile import Profile
from rotor_import.suggest.header_words import AddressMeaning, Header, address_meaning
from rotor_import.suggest.sql import behind_the_dot, first_block

T = TypeVar("T")
Pair = tuple[Profile, Header]

_ENOUGH = 2
_LINES = 3
_LIKELY = 0.5
_ZIP = 5
PARTS = ("street1", "street2", "city", "state", "zip", "country")


@dataclass
class Blocks(Generic[T]):
    """Addresses of a row by the words that tell them apart; each is taken once."""

    found: dict[str, T]

    PROPERTY: ClassVar[tuple[str, ...]] = (
        *("service", "property", "ship", "ship to", "shipping", "site", "job", "job site", "location", "physical"),
        *(
            "home",
            "residence",
            "delivery",
            "",
            "customer",
            "client",
            "contact",
            "primary",
            "main",
            "mailing",
            "business",
        ),
        *("work", "office", "company", "other"),
    )
    BILLING: ClassVar[tuple[str, ...]] = ("billing", "bill", "bill to", "invoice", "invoicing")

    def take(self, words: Sequence[str]) -> T | None:
        for word in words:
            if word in self.found:
                return self.found.pop(word)
        return None

    def all(self, words: Sequence[str]) -> list[T]:
        """Every one that the words name, the likeliest first."""
        found = []
        while (one := self.take(words)) is not None:
            found.append(one)
        return found


def blocks_of(columns: Sequence[Pair]) -> Blocks[Mapping[str, Profile]]:
    """Blocks with at least two of street, city and ZIP; of numbered ones the first."""
    found: dict[tuple[str, int], dict[str, Profile]] = defaultdict(dict)
    for profile, header in columns:
        meaning = address_meaning(header)
        if meaning is not None and meaning.part in PARTS and _fits(profile, meaning):
            found[meaning.block, meaning.number].setdefault(meaning.part, profile)
    blocks: dict[str, Mapping[str, Profile]] = {}
    for (block, _), parts in sorted(found.items(), key=lambda one: one[0]):
        if len(parts.keys() & {"street1", "city", "zip"}) >= _ENOUGH:
            blocks.setdefault(block, {part: parts[part] for part in PARTS if part in parts})
    return Blocks(blocks)


Rule = tuple[str, Any, list[str], str]


def address_rules(blocks: Sequence[Mapping[str, Profile]]) -> Iterator[Rule]:
    """Part, rule, columns and reason; of several blocks each row takes all parts from the first with anything in it."""
    if len(blocks) > 1:
        yield from _first_of(blocks)
        return
    (block,) = blocks
    street = block.get("street1")
    dotted = street is not None and any(" • " in value for value in street.values)
    beside = [block[part].name for part in ("city", "state", "zip") if part in block]
    for part, profile in block.items():
        why = f"{profile.filled} of {profile.rows} rows have it"
        if street is not None and dotted and part in ("street1", "city", "state", "zip"):
            rule: Any = {"sql": behind_the_dot(street.name, part, beside, profile.name)}
            why += "; some streets hold the whole address"
        else:
            rule = _plain_rule(profile)
        yield part, _with_zip(part, rule, [profile]), [profile.name], why


def _first_of(blocks: Sequence[Mapping[str, Profile]]) -> Iterator[Rule]:
    for part in PARTS:
        having = [block[part] for block in blocks if part in block]
        if having:
            pairs = [(_telling(block), block[part].name if part in block else None) for block in blocks]
            why = f"of {len(blocks)} addresses the first that a row has"
            yield part, _with_zip(part, {"sql": first_block(pairs)}, having), [one.name for one in having], why


def _telling(block: Mapping[str, Profile]) -> list[str]:
    """The columns that make an address: a country or a state alone is none."""
    return [block[part].name for part in ("street1", "city", "zip") if part in block]


def _plain_rule(profile: Profile) -> Any:
    """Cells that hold several, as Google joins them, give the first."""
    return (
        {"column": profile.name, "split": ":::"} if any(" ::: " in value for value in profile.values) else profile.name
    )


def _with_zip(part: str, rule: Any, profiles: Sequence[Profile]) -> Any:
    """ZIPs that a spreadsheet made numbers of have lost their zeros."""
    if part != "zip" or not any(value.isdigit() and len(value) < _ZIP for one in profiles for value in one.values):
        return rule
    return {**(rule if isinstance(rule, dict) else {"column": rule}), "zip": "US"}


def _fits(profile: Profile, meaning: AddressMeaning) -> bool:
    if profile.share("email") > _LIKELY or profile.share("url") > _LIKELY:
        return False
    if meaning.part == "zip":
        return profile.share("zip") > _LIKELY
    return profile.share("date") < _LIKELY and (meaning.part.startswith("street") or profile.share("number") < _LIKELY)


def one_cell_address(columns: Sequence[Pair]) -> Blocks[list[str]]:
    """Columns whose cells are whole addresses."""
    found: dict[str, list[str]] = {}
    for profile, header in columns:
        meaning = address_meaning(header)
        if meaning is not None and meaning.part == "street1" and profile.share("address") > _LIKELY:
            found.setdefault(meaning.block, [profile.name])
    return Blocks(found)


def printed_lines(columns: Sequence[Pair]) -> Blocks[list[str]]:
    """`Bill to 1`, `Bill to 2`, …: an address as it is printed, line by line."""
    found: dict[str, list[str]] = defaultdict(list)
    filled: set[str] = set()
    for profile, header in columns:
        if match := re.fullmatch(r"([a-z ]+?) (?:line )?\d", " ".join(header.words)):
            block = match[1].removesuffix(" address")
            if block in Blocks.PROPERTY or block in Blocks.BILLING:
                found[block].append(profile.name)
                if not profile.is_blank:
                    filled.add(block)
    return Blocks({block: names for block, names in found.items() if len(names) >= _LINES and block in filled})


@dataclass(frozen=True)
class Groups:
    """`flag` and the names of `parts` have `*` where the columns have the group's number."""

    flag: str
    parts: Mapping[str, tuple[str, list[str]]]
    count: int


def numbered_groups(columns: Sequence[Pair]) -> Groups | None:
    """Groups of at least two addresses that a column of each tells apart by true and false."""
    flags: dict[str, list[str]] = defaultdict(list)
    parts: dict[str, tuple[str, list[str]]] = {}
    for profile, header in columns:
        starred = re.sub(r"\d+", "*", profile.name, count=1)
        if header.said & {"billing", "bill"} and header.numbers and profile.share("boolean") > _LIKELY:
            flags[starred].append(profile.name)
        meaning = address_meaning(header)
        if meaning is not None and meaning.number and meaning.part in PARTS and _fits(profile, meaning):
            parts.setdefault(meaning.part, (starred, []))[1].append(profile.name)
    several = [flag for flag, names in flags.items() if len(names) >= _ENOUGH]
    if len(several) != 1 or len(parts.keys() & {"street1", "city", "zip"}) < _ENOUGH:
        return None
    ordered = {part: parts[part] for part in PARTS if part in parts}
    return Groups(several[0], ordered, len(flags[several[0]]))
