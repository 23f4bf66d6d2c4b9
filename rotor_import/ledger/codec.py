"""Nouns in JSON columns: a dataclass is a list of its values there, which is short, and a tuple is a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rotor_import.model.before_image import FieldImage, UndoneField
from rotor_import.model.change import FieldChange
from rotor_import.model.row_link import RowLink
from rotor_import.model.three_way import Baseline


def _as_json(noun: Any) -> Any:
    return list(vars(noun).values()) if hasattr(noun, "__dataclass_fields__") else dict(noun)


written = json.JSONEncoder(separators=(",", ":"), default=_as_json).encode
"""What every JSON column is written with."""


def frozen(stored: Any) -> Any:
    """A JSON list, and each list in it, as the tuple that it was before it was written."""
    if not isinstance(stored, list):
        return stored
    return tuple([frozen(part) if isinstance(part, list) else part for part in stored])  # a list is made faster


def baselines_from(stored: Mapping[str, Any]) -> dict[str, Baseline]:
    return {name: Baseline(*frozen(pair)) for name, pair in stored.items()}


def images_from(stored: list[Any]) -> tuple[FieldImage, ...]:
    return tuple(FieldImage(*frozen(field)) for field in stored)


def undone_from(stored: list[Any]) -> tuple[UndoneField, ...]:
    return tuple(UndoneField(*frozen(field)) for field in stored)


def fields_from(stored: list[Any]) -> tuple[FieldChange, ...]:
    return tuple(FieldChange(*frozen(field)) for field in stored)


def prior_to(link: RowLink | None) -> dict[str, Any] | None:
    """A link to go back to; a hold's named customers are not kept with it, so its row is looked at anew."""
    return {name: value for name, value in vars(link).items() if name != "named"} if link else None


def prior_from(stored: Mapping[str, Any] | None) -> RowLink | None:
    return RowLink(**{name: frozen(value) for name, value in stored.items()}) if stored else None
