"""A change as the body of a request, and Rotor's answer as baselines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rotor_import.ledger.pending import PendingChange
from rotor_import.model.change import FieldChange
from rotor_import.model.fields import BOOLEAN_FIELD, KEY_FIELDS, TAGS_FIELD, Value, Values, blank
from rotor_import.model.row_link import is_planned
from rotor_import.model.three_way import Baseline


def payload(change: PendingChange, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields that change, and the id of a customer that Rotor knows."""
    body = {field.field: _json(field) for field in change.fields if field.field not in without}
    return body if is_planned(change.customer) else {"id": change.customer} | body


def _json(field: FieldChange) -> Any:
    if field.field == BOOLEAN_FIELD and field.after != "":
        return field.after == "true"
    if field.field == TAGS_FIELD:
        return list(field.after)
    return field.after


def baselines(
    change: PendingChange, held: Values, keys: Mapping[str, str], without: Collection[str] = ()
) -> dict[str, Baseline]:
    """What was sent, and what Rotor made of it; keys in normal form where they have one."""
    return {
        field.field: Baseline(field.sent, _held(field.field, held, keys))
        for field in change.fields
        if field.field not in without
    }


def _held(name: str, held: Values, keys: Mapping[str, str]) -> Value:
    stored = held.get(name, blank(name))
    return (keys[name] or stored) if name in KEY_FIELDS else stored
