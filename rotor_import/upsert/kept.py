"""What Rotor kept of the values that were sent: it may cut a text, or store another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rotor_import.ledger.pending import PendingChange
from rotor_import.model.change import FieldChange
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, Value, Values
from rotor_import.model.sameness import composed, lacking_tags, same

_PROPERTY = "property_"
_MOST = 200
"""The most characters of Rotor's value that are repeated."""


def not_said(change: PendingChange, answer: Mapping[str, Any], without: Collection[str] = ()) -> dict[str, Value]:
    """Values that were sent and that the answer does not contain: they count as kept, since nothing says otherwise."""
    return {
        field.field: field.result
        for field in change.fields
        if field.field not in without and field.result and not _is_said(field.field, answer)
    }


def _is_said(name: str, answer: Mapping[str, Any]) -> bool:
    address = answer.get("address")
    nested = isinstance(address, dict) and name.startswith(_PROPERTY) and name.removeprefix(_PROPERTY) in address
    return name in answer or nested


def kept_otherwise(
    change: PendingChange, held: Values, keys: Mapping[str, str], without: Collection[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Each field of which Rotor holds something else than was sent, and what it kept, in words.

    `held` is what Rotor answered, `keys` its phone and email in normal form. Case, white space around a text and tags
    that Rotor had already are no difference.
    """
    differences = (
        (field.field, _words(field, held, keys[field.field] if field.field in KEY_FIELDS else ""))
        for field in change.fields
        if field.field not in without and field.after
    )
    return tuple((name, words) for name, words in differences if words)


def _words(field: FieldChange, held: Values, key: str) -> str:
    """What Rotor kept of the field, '' where it kept all of it."""
    if field.field == TAGS_FIELD:
        lacking = lacking_tags(_plain_tags(field.after), _plain_tags(held.get(TAGS_FIELD, ())))
        return f"Rotor didn't keep {', '.join(lacking)}" if lacking else ""
    sent, kept = str(field.after), str(held.get(field.field, ""))
    if same(sent.casefold(), kept.casefold()) or sent == key:
        return ""
    if not kept.strip():
        return "Rotor didn't keep it"
    if is_cut(sent, kept):
        return f"Rotor kept only the first {len(kept)} characters"
    return f"Rotor stored it differently: {kept if len(kept) <= _MOST else kept[:_MOST] + '…'}"


def _plain_tags(tags: Value) -> tuple[str, ...]:
    return tuple(tag.strip().casefold() for tag in tags)


def is_cut(sent: Value, kept: Value) -> bool:
    """Whether Rotor kept just the beginning of a text."""
    if isinstance(sent, tuple) or isinstance(kept, tuple):
        return False
    beginning = _plain_text(kept)
    return beginning != "" and beginning != _plain_text(sent) and _plain_text(sent).startswith(beginning)


def _plain_text(text: str) -> str:
    return composed(text.replace("\r\n", "\n").strip().casefold())
