"""Finds addresses: blocks of columns, whole addresses in one cell, printed lines; and which is the billing address."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header_words import AddressMeaning, address_meaning
from rotor_import.suggest.sql import first_block, part_after_dot

T = TypeVar("T")

PARTS = ("street1", "street2", "city", "state", "zip", "country")
_PROPERTY_WORDS = (
    "service,property,ship,ship to,shipping,site,job,job site,location,physical,home,residence,delivery,,"
    "customer,client,contact,primary,main,mailing,business,work,office,company,other"
)
_ENOUGH = 2
_LINES = 3
_LIKELY = 0.5
_ZIP_LENGTH = 5
_NEEDED = {"street1", "city", "zip"}
"""An address has some of these; a country or a state alone makes none."""


@dataclass
class AddressCandidates(Generic[T]):
    """The addresses of a row by the words that tell them apart; each is taken once."""

    by_words: dict[str, T]

    PROPERTY: ClassVar[tuple[str, ...]] = tuple(_PROPERTY_WORDS.split(","))
    BILLING: ClassVar[tuple[str, ...]] = ("billing", "bill", "bill to", "invoice", "invoicing")

    def take(self, words: Sequence[str]) -> T | None:
        for word in words:
            if word in self.by_words:
                return self.by_words.pop(word)
        return None

    def take_all(self, words: Sequence[str]) -> list[T]:
        """All addresses that the words name, the likeliest first."""
        return [self.by_words.pop(word) for word in words if word in self.by_words]


Block = Mapping[str, ColumnProfile]
"""The columns of one address, by the part of the address."""


def address_blocks(columns: Sequence[ColumnProfile]) -> AddressCandidates[Block]:
    """Blocks with at least two of street, city and ZIP; of numbered blocks the first."""
    numbered: dict[tuple[str, int], dict[str, ColumnProfile]] = defaultdict(dict)
    for column in columns:
        meaning = address_meaning(column.header)
        if meaning is not None and meaning.part in PARTS and _fits(column, meaning):
            numbered[meaning.block, meaning.number].setdefault(meaning.part, column)
    blocks: dict[str, Block] = {}
    for words, number in sorted(numbered):
        parts = numbered[words, number]
        if len(parts.keys() & _NEEDED) >= _ENOUGH:
            blocks.setdefault(words, {part: parts[part] for part in PARTS if part in parts})
    return AddressCandidates(blocks)


PartRule = tuple[str, Any, list[str], str]
"""A part of an address, its rule, the columns that the rule takes, and the reason."""


def address_rules(blocks: Sequence[Block]) -> Iterator[PartRule]:
    """The rules of one address; of several blocks, each row takes the first that has anything in it."""
    if len(blocks) > 1:
        yield from _first_filled(blocks)
        return
    (block,) = blocks
    street = block.get("street1")
    dotted = street is not None and any(" • " in value for value in street.values)
    others = [block[part].name for part in ("city", "state", "zip") if part in block]
    for part, column in block.items():
        why = f"{column.filled} of {column.rows} rows have it"
        if street is not None and dotted and part in ("street1", "city", "state", "zip"):
            rule: Any = {"sql": part_after_dot(street.name, part, others, column.name)}
            why += "; some streets hold the whole address"
        else:
            rule = _column_rule(column)
        yield part, _with_zip(part, rule, [column]), [column.name], why


def _first_filled(blocks: Sequence[Block]) -> Iterator[PartRule]:
    needed = [[block[part].name for part in ("street1", "city", "zip") if part in block] for block in blocks]
    for part in PARTS:
        columns = [block[part] for block in blocks if part in block]
        if columns:
            names = [block[part].name if part in block else None for block in blocks]
            rule = {"sql": first_block(list(zip(needed, names, strict=True)))}
            why = f"of {len(blocks)} addresses the first that a row has"
            yield part, _with_zip(part, rule, columns), [column.name for column in columns], why


def _column_rule(column: ColumnProfile) -> Any:
    """The column, or the first value of cells that hold several, as Google joins them."""
    joined = any(" ::: " in value for value in column.values)
    return {"column": column.name, "split": ":::"} if joined else column.name


def _with_zip(part: str, rule: Any, columns: Sequence[ColumnProfile]) -> Any:
    """The rule with `zip: US` if a spreadsheet turned ZIPs into numbers, which cuts their zeros."""
    short = any(value.isdigit() and len(value) < _ZIP_LENGTH for column in columns for value in column.values)
    if part != "zip" or not short:
        return rule
    return {**(rule if isinstance(rule, dict) else {"column": rule}), "zip": "US"}


def _fits(column: ColumnProfile, meaning: AddressMeaning) -> bool:
    """Whether the cells can be what the header says."""
    if column.share("email") > _LIKELY or column.share("url") > _LIKELY:
        return False
    if meaning.part == "zip":
        return column.share("zip") > _LIKELY
    return column.share("date") < _LIKELY and (meaning.part.startswith("street") or column.share("number") < _LIKELY)


def one_cell_addresses(columns: Sequence[ColumnProfile]) -> AddressCandidates[list[str]]:
    """Columns whose cells are whole addresses."""
    by_words: dict[str, list[str]] = {}
    for column in columns:
        meaning = address_meaning(column.header)
        if meaning is not None and meaning.part == "street1" and column.share("address") > _LIKELY:
            by_words.setdefault(meaning.block, [column.name])
    return AddressCandidates(by_words)


def printed_lines(columns: Sequence[ColumnProfile]) -> AddressCandidates[list[str]]:
    """Addresses as they are printed, line by line: `Bill to 1`, `Bill to 2`, and so on."""
    lines: dict[str, list[str]] = defaultdict(list)
    filled: set[str] = set()
    for column in columns:
        if match := re.fullmatch(r"([a-z ]+?) (?:line )?\d", " ".join(column.header.words)):
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
        if header.word_set & {"billing", "bill"} and header.numbers and column.share("boolean") > _LIKELY:
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
