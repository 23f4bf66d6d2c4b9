"""Finds whose a row is by Rotor's own rule; where that would have to guess, it is a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.policy import OnConflict

By = Literal["id", "link", "phone", "email", "lost", "new"]
"""`lost` is a key that the row has in the file, and lost to others together with those whom it belongs to."""

CONFLICT = "the {mine} matches A, the {theirs} matches B"
SHARED = "several customers in Rotor have this {name}"


@dataclass(frozen=True)
class Match:
    """The customer that a row belongs to, and how it was found; '' where no customer has any of the row's keys."""

    customer: str
    by: By


@dataclass(frozen=True)
class Conflict:
    """A row that could belong to several customers: `named`; `field` is what the reason is about."""

    reason: str
    named: tuple[str, ...]
    field: str


def match_row(owner: str, cells: Mapping[str, str], key_index: KeyIndex, on_conflict: OnConflict) -> Match | Conflict:
    """By id, then `owner` (whose the row or its source key is known to be), then phone, then email.

    `cells` are the row's keys that count: those that are new or changed.
    """
    keys = [(name, cells[name]) for name in KEY_FIELDS if cells.get(name)]
    if owner and cells.get("id") and cells["id"] != owner:
        return Conflict("the id matches A, the legacy ID or last import matches B", (cells["id"], owner), "id")
    known = owner or cells.get("id", "")
    decided = Match(known, "link" if owner else "id") if known else _by_keys(keys, key_index)
    if isinstance(decided, Conflict) or decided.by == "new":
        return decided
    rivals = key_index.rivals(decided.customer, keys)
    if not rivals:
        return decided
    match on_conflict:
        case "hold":
            return _conflict(decided, keys, key_index, rivals)
        case "server":  # Rotor does not know our links
            return _by_keys(keys, key_index) if decided.by == "link" else decided
        case unhandled:
            assert_never(unhandled)


def _by_keys(keys: list[tuple[str, str]], key_index: KeyIndex) -> Match | Conflict:
    for name, value in keys:
        holders = key_index.holders(name, value)
        if len(holders) > 1:
            return Conflict(SHARED.format(name=name), tuple(sorted(holders)), name)
        if holders:
            return Match(next(iter(holders)), "phone" if name == "phone" else "email")
    return Match("", "new")


def _conflict(decided: Match, keys: list[tuple[str, str]], key_index: KeyIndex, rivals: frozenset[str]) -> Conflict:
    mine = {"link": "legacy ID or last import", "id": "id"}.get(decided.by, decided.by)
    theirs = next(
        name for name, value in keys if (holders := key_index.holders(name, value)) and decided.customer not in holders
    )
    return Conflict(CONFLICT.format(mine=mine, theirs=theirs), (decided.customer, *sorted(rivals)), theirs)
