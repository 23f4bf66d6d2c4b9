"""Finds addresses: blocks of columns, whole addresses in one cell, printed lines; and which is the billing address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from rotor_import.suggest.cell_evidence import LIKELY
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.meaning import AddressMeaning, address_meaning, place_named

T = TypeVar("T")

PARTS = ("street1", "street2", "city", "state", "zip", "country")
_COLUMNS = ("housenumber", "street1", "street2", "street3", "city", "state", "zip", "country")
"""What columns of an address may hold; house number and third line have no field of their own."""
_ENOUGH = 2
_LINES = 3
_LIKELY = 0.5
_NEEDED = {"street1", "city", "zip"}
"""An address has some of these; a country or a state alone makes none."""
_HERE = ("", "service", "property", "site", "job", "location", "shipping", "home", "mailing", "physical")

Block = Mapping[str, ColumnProfile]
"""The columns of one address, by the part of the address."""


@dataclass
class AddressCandidates(Generic[T]):
    """The addresses of a row by the words that tell them apart; each is taken once."""

    by_words: dict[str, T]
    further: list[T] = field(default_factory=list)
    """More addresses under the same words: the second, the third."""

    PROPERTY: ClassVar[tuple[str, ...]] = (
        *("service", "property", "shipping", "site", "job", "location", "physical", "home", "", "mailing"),
        *("personal", "company", "work", "other"),
    )
    BILLING: ClassVar[tuple[str, ...]] = ("billing", "invoice")

    def take(self, side: Sequence[str]) -> T | None:
        """The likeliest address of a side."""
        return next(iter(self.take_all(side)[:1]), None)

    def take_all(self, side: Sequence[str]) -> list[T]:
        """All addresses of a side, the likeliest first; words that nobody knows are a property's, and come last."""
        bills = side == self.BILLING
        own = [words for words in self.by_words if (not set(words.split()).isdisjoint(self.BILLING)) == bills]
        known = {word: at for at, word in enumerate(side)}
        own.sort(key=lambda words: min(known.get(word, len(side)) for word in (words, *words.split())))
        return [self.by_words.pop(words) for words in own]


def address_blocks(columns: Sequence[ColumnProfile], *, least: int = _ENOUGH) -> AddressCandidates[Block]:
    """Blocks with at least so many of street, city and ZIP; of numbered blocks the first."""
    numbered: dict[tuple[str, int], dict[str, ColumnProfile]] = defaultdict(dict)
    for column in columns:
        meaning = address_meaning(column.header)
        if meaning is not None and meaning.part in _COLUMNS and _fits(column, meaning):
            block = numbered[meaning.block, meaning.number]
            known = block.get(meaning.part)
            if known is None or (meaning.part == "street1" and _holds_more(known, column)):
                block[meaning.part] = column
    _join_street_and_city(numbered)
    blocks: dict[str, Block] = {}
    further: list[Block] = []
    for words, number in sorted(numbered):
        parts = numbered[words, number]
        if len(parts.keys() & _NEEDED) < least:
            continue
        block = {part: parts[part] for part in _COLUMNS if part in parts}
        if words in blocks:
            further.append(block)
        else:
            blocks[words] = block
    return AddressCandidates(blocks, further)


def _holds_more(known: ColumnProfile, other: ColumnProfile) -> bool:
    """Whether the first street is a whole address, and the other one only a street."""
    return known.share("address") > _LIKELY >= other.share("address")


def _join_street_and_city(numbered: dict[tuple[str, int], dict[str, ColumnProfile]]) -> None:
    """`Service Address` beside `City`, `State`, `Zip`: one address, if no other street could be in that city."""
    rest = numbered.get(("", 0), {})
    streets = [
        parts
        for (words, _), parts in numbered.items()
        if words in _HERE and "street1" in parts and not parts.keys() & {"city", "zip"}
    ]
    if "street1" not in rest and rest.keys() & {"city", "zip"} and len(streets) == 1:
        streets[0].update(rest)
        del numbered["", 0]


def _fits(column: ColumnProfile, meaning: AddressMeaning) -> bool:
    """Whether the cells can be what the header says."""
    if column.share("email") > _LIKELY or column.share("url") > _LIKELY:
        return False
    if meaning.part == "zip":
        return column.share("zip") > _LIKELY
    if meaning.part == "housenumber" and column.share("phone") > _LIKELY:
        return False
    if meaning.part in ("street1", "housenumber"):
        return column.share("date") < _LIKELY and column.share("boolean") < _LIKELY
    return column.share("date") < _LIKELY and (meaning.part.startswith("street") or column.share("number") < _LIKELY)


def one_cell_addresses(columns: Sequence[ColumnProfile]) -> AddressCandidates[list[str]]:
    """Columns whose cells are whole addresses, whatever their header says; those that say address come first."""
    by_words: dict[str, list[str]] = {}
    further = []
    for column in columns:
        meaning = address_meaning(column.header)
        place = meaning.block if meaning is not None and meaning.part == "street1" else place_named(column.header)
        if place is not None:
            is_address = column.share("address") > _LIKELY
        else:
            place = " ".join(column.header.words)
            is_address = column.whole_addresses >= LIKELY and not column.header.is_about_others
        if is_address and place in by_words:
            further.append([column.name])
        elif is_address:
            by_words[place] = [column.name]
    return AddressCandidates(by_words, further)


def printed_lines(columns: Iterable[ColumnProfile]) -> AddressCandidates[list[str]]:
    """Addresses as they are printed, line by line: `Bill to 1`, `Bill to 2`, and so on."""
    lines: dict[str, list[str]] = defaultdict(list)
    filled: set[str] = set()
    for column in columns:
        if match := re.fullmatch(r"([a-z ]+?) \d", " ".join(column.header.words)):
            words = match[1].removesuffix(" address")
            if words in AddressCandidates.PROPERTY or words in AddressCandidates.BILLING:
                lines[words].append(column.name)
                if not column.is_blank:
                    filled.add(words)
    return AddressCandidates(
        {words: names for words, names in lines.items() if len(names) >= _LINES and words in filled}
    )


@dataclass(frozen=True)
class NumberedAddresses:
    """Addresses in numbered groups of columns; a column of each says whether it is the billing address.

    `flag` and the names in `parts` have `*` in place of the group's number.
    """

    flag: str
    parts: Mapping[str, tuple[str, list[str]]]
    count: int


def numbered_addresses(columns: Sequence[ColumnProfile]) -> NumberedAddresses | None:
    """None if there are fewer than two groups with a billing flag."""
    flags: dict[str, list[str]] = defaultdict(list)
    parts: dict[str, tuple[str, list[str]]] = {}
    for column in columns:
        header = column.header
        starred = with_star(column.name)
        if "billing" in header.word_set and header.numbers and column.share("boolean") > _LIKELY:
            flags[starred].append(column.name)
        meaning = address_meaning(header)
        if meaning is not None and meaning.number and meaning.part in PARTS and _fits(column, meaning):
            parts.setdefault(meaning.part, (starred, []))[1].append(column.name)
    repeated = [flag for flag, names in flags.items() if len(names) >= _ENOUGH]
    if len(repeated) != 1 or len(parts.keys() & _NEEDED) < _ENOUGH:
        return None
    (flag,) = repeated
    return NumberedAddresses(flag, {part: parts[part] for part in PARTS if part in parts}, len(flags[flag]))


def with_star(name: str) -> str:
    """The name with `*` in place of its first number."""
    return re.sub(r"\d+", "*", name, count=1)
