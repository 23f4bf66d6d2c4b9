"""Folds the rows of one customer into one record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rotor_import.dedupe.survivors import surviving_value
from rotor_import.dedupe.units import surviving_unit
from rotor_import.model.change import LostValue
from rotor_import.model.fields import FIELDS, KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS, UNIT_OF, Value, Values
from rotor_import.model.policy import Policy
from rotor_import.model.rows import Record


def fold(records: Sequence[Record], policy: Policy) -> Values:
    """The record of all rows, first seen first: the last that is not blank wins unless the mapping says otherwise.

    Names and addresses survive as units.
    """
    if len(records) == 1:
        return records[0].values
    names = {name for record in records for name in record.values}
    folded = {name: _folded_field(name, records, policy) for name in names - UNIT_OF.keys()}
    for unit, members in UNIT_FIELDS.items():
        filled = [own for record in records if (own := _part(record.values, members))]
        if filled:
            folded |= surviving_unit(filled, policy.survivor_of(unit))
    return {name: folded[name] for name in FIELDS if name in folded}


def _part(values: Values, members: Sequence[str]) -> Values:
    return {name: values[name] for name in members if name in values}


def _folded_field(name: str, records: Sequence[Record], policy: Policy) -> Value:
    values = [record.values[name] for record in records if name in record.values]
    if name == TAGS_FIELD:
        return tuple(dict.fromkeys(tag for value in values for tag in value))
    return surviving_value(values, policy.survivor_of(name))


def lost_values(records: Sequence[Record], values: Values, keys: Mapping[str, str]) -> Iterator[LostValue]:
    """What the rows say and the record does not carry, each value once."""
    if len(records) == 1 and all(records[0].key(name) in ("", keys[name]) for name in KEY_FIELDS):
        return
    seen: set[tuple[str, Value]] = set()
    for record in records:
        for name in KEY_FIELDS:
            cell = record.key(name)
            if cell and cell != keys[name] and (name, cell) not in seen:
                seen.add((name, cell))
                yield LostValue(record.ref, name, cell, keys[name])
        for name, value in record.values.items():
            kept = values.get(name, "")
            if name != TAGS_FIELD and not carries(kept, value) and (name, value) not in seen:
                seen.add((name, value))
                yield LostValue(record.ref, name, value, kept)


def carries(kept: Value, value: Value) -> bool:
    """Whether a kept value equals the other, or has it among its lines."""
    return kept == value or set(str(value).splitlines()) <= set(str(kept).splitlines())
