"""Writes the rules of the addresses that a file has, and the lines of the notes for those that find no field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from rotor_import.model.us_states import state_codes
from rotor_import.suggest.addresses import (
    PARTS,
    AddressCandidates,
    Block,
    NumberedAddresses,
    address_blocks,
    numbered_addresses,
    one_cell_addresses,
    printed_lines,
)
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.sql import first_block, part_after_dot, quoted
from rotor_import.suggest.suggestion import Suggestion

_SIDES = (("property", AddressCandidates.PROPERTY), ("billing", AddressCandidates.BILLING))
_ZIP_LENGTH = 5
_HALF = 0.5
_NUMBER_BEFORE = frozenset({"house", "street", "building", "address", "rue", "voie"})
"""Words of headers in languages that write the house number before the street."""

PartRule = tuple[str, Any, list[str], str]
"""A part of an address, its rule, the columns that the rule takes, and the reason."""


def choose_addresses(columns: Sequence[ColumnProfile], filled: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """`columns` are all that may be imported, `filled` those with anything in them."""
    numbered = numbered_addresses(filled)
    if numbered is not None:
        for rule in _numbered_rules(numbered):
            suggestion.add(*rule)
        _note_numbered(numbered, suggestion)
        return
    free = [column for column in filled if column.name not in suggestion.used]
    blocks, whole, printed = address_blocks(free), one_cell_addresses(free), printed_lines(columns)
    single = address_blocks(free, least=1)
    taken: set[str] = set()
    for side, words in _SIDES:
        single.by_words = {
            name: block
            for name, block in single.by_words.items()
            if taken.isdisjoint(column.name for column in block.values())
        }
        rules = list(_side_rules(side, words, blocks, printed, whole, single))
        for rule in rules:
            suggestion.add(*rule)
            taken.update(rule[2])
    for block in blocks.further:
        _note_block("Other address", block, suggestion)


def _side_rules(
    side: str,
    words: Sequence[str],
    blocks: AddressCandidates[Block],
    printed: AddressCandidates[list[str]],
    whole: AddressCandidates[list[str]],
    single: AddressCandidates[Block],
) -> Iterator[PartRule]:
    """The rules of one side: columns of parts, else printed lines, else one cell, else a lone street or city."""
    if several := blocks.take_all(words):
        rules = list(address_rules(several))
    elif names := printed.take(words) or whole.take(words) or []:
        why = "split: " + ("an address in one cell" if len(names) == 1 else "printed lines")
        of = names if len(names) > 1 else names[0]
        rules = [(part, {"address": part, "of": of}, names, why) for part in PARTS]
    else:
        rules = list(address_rules(single.take_all(words)[:1]))
    for part, *rest in rules:
        yield (f"{side}_{part}", *rest)


def address_rules(blocks: Sequence[Block]) -> Iterator[PartRule]:
    """The rules of one address; of several blocks, each row takes the first that has anything in it."""
    if len(blocks) > 1:
        yield from _first_filled(blocks)
    for block in blocks if len(blocks) == 1 else ():
        street = block.get("street1")
        dotted = street is not None and any(" • " in value for value in street.values)
        others = [block[part].name for part in ("city", "state", "zip") if part in block]
        for part in PARTS:
            columns = _columns(block, part)
            if not columns:
                continue
            column = columns[0]
            why = f"{column.filled} of {column.rows} rows have a value"
            if street is not None and dotted and part in ("street1", "city", "state", "zip"):
                rule: Any = {"sql": part_after_dot(street.name, part, others, column.name)}
                why += "; some streets contain the whole address"
            elif len(columns) > 1:
                rule = {"sql": _text(columns, part)}
            else:
                rule = column_rule(column)
            rule = with_state(part, with_zip(part, rule, [column]), [column])
            yield part, rule, [column.name for column in columns], why


def _columns(block: Block, part: str) -> list[ColumnProfile]:
    """The columns of one field: a street with its house number, a second line with the third."""
    names: tuple[str, ...]
    if part == "street1":
        number = block.get("housenumber")
        before = number is not None and bool(_NUMBER_BEFORE & set(number.header.said))
        names = ("housenumber", "street1") if before else ("street1", "housenumber")
    else:
        names = (part, "street3") if part == "street2" else (part,)
    if part == "street1" and "street1" not in block:
        return []
    return [block[name] for name in names if name in block]


def _text(columns: Sequence[ColumnProfile], part: str) -> str:
    if len(columns) == 1:
        return quoted(columns[0].name)
    between = " " if part == "street1" else ", "
    return f"CONCAT_WS('{between}', {', '.join(quoted(column.name) for column in columns)})"


def _first_filled(blocks: Sequence[Block]) -> Iterator[PartRule]:
    needed = [[block[part].name for part in ("street1", "city", "zip") if part in block] for block in blocks]
    for part in PARTS:
        columns = [_columns(block, part) for block in blocks]
        flat = [column for some in columns for column in some]
        if flat:
            texts = [_text(some, part) if some else None for some in columns]
            rule = {"sql": first_block(list(zip(needed, texts, strict=True)))}
            why = f"of {len(blocks)} addresses, the first one that a row has"
            yield part, with_zip(part, rule, flat), [column.name for column in flat], why


def column_rule(column: ColumnProfile) -> Any:
    """The column, or the first value of cells that hold several, as Google joins them."""
    joined = any(" ::: " in value for value in column.values)
    return {"column": column.name, "split": ":::"} if joined else column.name


def with_zip(part: str, rule: Any, columns: Sequence[ColumnProfile]) -> Any:
    """The rule with `zip: US` if a spreadsheet turned ZIPs into numbers, which cuts their zeros."""
    short = any(value.isdigit() and len(value) < _ZIP_LENGTH for column in columns for value in column.values)
    if part != "zip" or not short:
        return rule
    return {**(rule if isinstance(rule, dict) else {"column": rule}), "zip": "US"}


def with_state(part: str, rule: Any, columns: Sequence[ColumnProfile]) -> Any:
    """The rule with `state: US` if states are written in several ways: MN, Minnesota, Minn."""
    if part != "state":
        return rule
    values = pl.Series([value for column in columns for value in column.values], dtype=pl.String)
    codes = values.to_frame("state").select(state_codes(pl.col("state"))).to_series()
    known, same = codes.drop_nulls().len(), (codes == values).sum()
    is_mixed = same not in (0, known) or values.n_unique() > codes.n_unique()
    if known <= _HALF * len(values) or not is_mixed:
        return rule
    return {**(rule if isinstance(rule, dict) else {"column": rule}), "state": "US"}


def _numbered_rules(addresses: NumberedAddresses) -> Iterator[PartRule]:
    """Addresses in groups of columns, `Address_1 City`, `Address_2 City`, of which one says whether it bills."""
    for side, key, flag, which in (
        ("property", "prefer", "false", "isn't for billing, or else the first"),
        ("billing", "when", "true", "bills"),
    ):
        why = f"of {addresses.count} addresses, the first that {which}"
        for part, (name, columns) in addresses.parts.items():
            rule: dict[str, Any] = {"first_of": [name], key: {addresses.flag: flag}}
            if part == "zip":
                rule["zip"] = "US"
            yield f"{side}_{part}", rule, columns, why


def _note_numbered(addresses: NumberedAddresses, suggestion: Suggestion) -> None:
    """A line for each of the addresses."""
    columns = [column for _, names in addresses.parts.values() for column in names]
    placeholders = ", ".join(f"{{{name}}}" for name, _ in addresses.parts.values())
    suggestion.note_lines[tuple(columns)] = f"Address: {placeholders}"


def _note_block(label: str, block: Block, suggestion: Suggestion) -> None:
    names = [column.name for part in PARTS for column in _columns(block, part)]
    suggestion.note_lines[tuple(names)] = f"{label}: " + ", ".join(f"{{{name}}}" for name in names)


def keep_further_properties(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> None:
    """Where rows of one customer have different addresses, the first counts, and all of them go into the notes."""
    same = _whose(columns, suggestion)
    cells = {column.name: column.cells for column in columns}
    for unit in ("property", "billing"):
        taken = [choice for choice in suggestion.choices if choice.field.startswith(f"{unit}_")]
        street = next((choice.columns[0] for choice in taken if choice.field == f"{unit}_street1"), None)
        if same is None or street is None:
            continue
        rows = pl.DataFrame({"same": same, "street": cells[street].str.to_lowercase()}).drop_nulls()
        if rows.group_by("same").agg(pl.col("street").n_unique()).filter(pl.col("street") > 1).is_empty():
            continue
        suggestion.survivors.append(f"{unit}_address")
        names = tuple(dict.fromkeys(name for choice in taken for name in choice.columns))
        if not any(set(names) <= set(line) for line in suggestion.note_lines):
            placeholders = ", ".join(f"{{{name}}}" for name in names)
            suggestion.note_lines[names] = f"{unit.capitalize()}: {placeholders}"


def _whose(columns: Sequence[ColumnProfile], suggestion: Suggestion) -> pl.Series | None:
    """What says that rows are one customer: the key, else the first phone or email."""
    names = [suggestion.key] if suggestion.key is not None else []
    names += [choice for choice in suggestion.choices if choice.field in ("phone", "email")]
    for choice in names:
        cells = next((column.cells for column in columns if column.name == choice.columns[0]), None)
        if cells is None:
            continue
        before = choice.rule.get("before") if isinstance(choice.rule, dict) else None
        return cells.str.split(before).list.first() if before else cells
    return None
