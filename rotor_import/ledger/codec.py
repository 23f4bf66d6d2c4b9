"""Nouns as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rotor_import.model.change import FieldChange
from rotor_import.model.fields import Value, Values
from rotor_import.model.pin import Pin
from rotor_import.model.threeway import Memory


def value_from(stored: Any) -> Value:
    return tuple(str(tag) for tag in stored) if isinstance(stored, list) else str(stored)


def values_from(stored: Mapping[str, Any]) -> Values:
    return {name: value_from(value) for name, value in stored.items()}


def memories_to(memories: Mapping[str, Memory]) -> dict[str, list[Value]]:
    return {name: [memory.sent, memory.acknowledged] for name, memory in memories.items()}


def memories_from(stored: Mapping[str, Any]) -> dict[str, Memory]:
    return {name: Memory(value_from(pair[0]), value_from(pair[1])) for name, pair in stored.items()}


def fields_to(fields: tuple[FieldChange, ...]) -> list[list[Any]]:
    return [[change.field, change.before, change.after, change.sent] for change in fields]


def fields_from(stored: list[list[Any]]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, None if before is None else value_from(before), value_from(after), value_from(sent))
        for name, before, after, sent in stored
    )


def prior_to(pin: Pin | None) -> dict[str, Any] | None:
    """A pin to go back to; a hold's named customers are not kept with it, so it is looked at anew."""
    if pin is None:
        return None
    return {name: value for name, value in asdict(pin).items() if name != "named"}


def prior_from(stored: Mapping[str, Any] | None) -> Pin | None:
    if not stored:
        return None
    unmoved = tuple((name, value) for name, value in stored.get("unmoved", ()))
    return Pin(**{**stored, "unmoved": unmoved})
