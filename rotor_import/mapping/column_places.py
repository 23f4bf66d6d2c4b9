"""Reads from a mapping where each column of a file goes: the one place that a person would name for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rotor_import.mapping.columns import Columns
from rotor_import.mapping.rules import GROUP, FieldRule
from rotor_import.mapping.schema import Mapping, placeholders
from rotor_import.mapping.sql import named_columns
from rotor_import.model.column_names import loose_name
from rotor_import.model.column_uses import KEY
from rotor_import.model.fields import ADDRESSES, FIELDS, ID_FIELD, NOTES_FIELD

NAME = "name"
NOWHERE = ""
TARGETS = (*FIELDS, ID_FIELD, NAME, *ADDRESSES, KEY, NOWHERE)
"""Where a column can go: fields, a whole name or address, the legacy ID, and nowhere."""
NAME_FIELDS = {"first_name": "first", "last_name": "last"}
ADDRESS_PARTS = {
    unit: {name: name.removeprefix(unit.removesuffix("address")) for name in names} for unit, names in ADDRESSES.items()
}
_PLAIN, _KEY, _OTHER, _NOTES = range(4)


@dataclass(frozen=True)
class Place:
    """Where a column goes. `fields` are those that it fills there; `beside` are all columns that go there, in order.

    `is_plain` is false where the mapping says more than a column and what is done to its cells: such a place is shown
    as the mapping says it.
    """

    target: str = NOWHERE
    fields: tuple[str, ...] = ()
    is_plain: bool = True
    beside: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Other fields that take something from the column."""


@dataclass(frozen=True)
class _Found:
    target: str
    field: str
    rank: int
    beside: tuple[str, ...]


def places(mapping: Mapping, names: Sequence[str], file: str = "the file") -> dict[str, Place]:
    """The place of each of the file's columns. Raises MappingError for a name that could be several of them."""
    found: dict[str, list[_Found]] = {name: [] for name in names}
    columns = Columns(names, file)
    for one in _found(mapping, columns):
        for column in one.beside:
            if one not in found[column]:
                found[column].append(one)
    return {column: _place(column, own) for column, own in found.items()}


def rule_columns(rule: FieldRule, columns: Columns) -> tuple[str, ...]:
    """The file's columns from which a rule takes its value."""
    names = (*rule.columns, *(rule.of or ()), *placeholders(rule.template or ""), *named_columns(rule.sql or ""))
    return tuple(dict.fromkeys(one for name in names for one in columns.group(name, "", optional=True).values()))


def is_plain(rule: FieldRule) -> bool:
    """Whether it says no more than columns and what is done to their cells."""
    grouped = any(GROUP.search(name) for name in rule.columns)
    return rule.origin in ("column", "first_of") and not grouped and rule.when is None and rule.prefer is None


def _found(mapping: Mapping, columns: Columns) -> Iterator[_Found]:
    for field, rule in mapping.fields.items():
        target, rank = _target(field, rule)
        yield _Found(target, field, rank, rule_columns(rule, columns))
    if mapping.key is not None:
        present = (columns.find(name, "", optional=True) for name in mapping.key.columns)
        yield _Found(KEY, KEY, _KEY, tuple(dict.fromkeys(name for name in present if name is not None)))


def _target(field: str, rule: FieldRule) -> tuple[str, int]:
    if rule.when is None and rule.name is not None and NAME_FIELDS.get(field) == rule.name:
        return NAME, _PLAIN
    if rule.when is None and rule.address is not None:
        for unit, parts in ADDRESS_PARTS.items():
            if parts.get(field) == rule.address:
                return unit, _PLAIN
    if field == NOTES_FIELD and rule.origin == "template":
        return field, _NOTES
    return field, _PLAIN if is_plain(rule) else _OTHER


def _place(column: str, found: Sequence[_Found]) -> Place:
    if not found:
        return Place()
    best = min(found, key=lambda one: (one.rank, -_likeness(column, one) if one.rank == _OTHER else 0))
    fields = tuple(one.field for one in found if one.target == best.target)
    also = tuple(dict.fromkeys(one.field for one in found if one.target != best.target))
    beside = () if best.rank == _NOTES else best.beside
    return Place(best.target, fields, best.rank != _OTHER, beside, also)


def _likeness(column: str, one: _Found) -> int:
    """How well the field's name fits the column: `Service City` is a city, whatever else is made of it."""
    last = one.field.rpartition("_")[2].rstrip("12")
    return (last in loose_name(column)) + (one.beside[:1] == (column,)) * (len(one.beside) == 1)


def together(place: Place, column: str) -> tuple[str, ...]:
    """The other columns that go to the same place."""
    return tuple(name for name in place.beside if name != column)


def plainly(place: Place) -> Place:
    """The place without what stands beside it."""
    return replace(place, beside=(), also=())
