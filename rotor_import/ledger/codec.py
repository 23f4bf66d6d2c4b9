"""Nouns as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rotor_import.model.change import FieldChange
from rotor_import.model.fields import Value, Values
from rotor_import.model.row_link import RowLink
from rotor_import.model.three_way import Baseline


def value_from(stored: Any) -> Value:
    return tuple(str(tag) for tag in stored) if isinstance(stored, list) else str(stored)


def values_from(stored: Mapping[str, Any]) -> Values:
    return {name: value_from(value) for name, value in stored.items()}


def baselines_to(baselines: Mapping[str, Baseline]) -> dict[str, list[Value]]:
    return {name: [baseline.sent, baseline.acknowledged] for name, baseline in baselines.items()}


def baselines_from(stored: Mapping[str, Any]) -> dict[str, Baseline]:
    return {name: Baseline(value_from(pair[0]), value_from(pair[1])) for name, pair in stored.items()}


def fields_to(fields: tuple[FieldChange, ...]) -> list[list[Any]]:
    return [[change.field, change.before, change.after, change.sent] for change in fields]


def fields_from(stored: list[list[Any]]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, None if before is None else value_from(before), value_from(after), value_from(sent))
        for name, before, after, sent in stored
    )


def prior_to(link: RowLink | None) -> dict[str, Any] | None:
    """A link to go back to; a hold's named customers are not kept with it, so it is looked at anew."""
    if link is None:
        return None
    return {name: value for name, value in asdict(link).items() if name != "named"}


def prior_from(stored: Mapping[str, Any] | None) -> RowLink | None:
    if not stored:
        return None
    unmoved = tuple((name, value) for name, value in stored.get("unmoved", ()))
    return RowLink(**{**stored, "unmoved": unmoved})
