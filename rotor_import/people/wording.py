"""What a comparison found, in words: `same phone, but different names and addresses`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, assert_never

JoinedBy = Literal["phone", "email", "source_key", "id", "link"]
"""What makes a row meet another row or a customer in Rotor: one of its keys, or a row link."""

Feature = Literal["name", "first name", "last name", "company", "address", "phone", "email"]

_PLURALS = {"company": "companies", "address": "addresses"}


def describe(joined_by: JoinedBy, agreed: Sequence[Feature], differed: Sequence[Feature]) -> str:
    key = _key(joined_by)
    same = [key, *agreed] if key else list(agreed)
    parts = [] if key else ["linked by an earlier import"]
    if same:
        parts.append(f"same {_listed(same)}")
    if differed:
        parts.append(f"but different {_listed([_PLURALS.get(feature, f'{feature}s') for feature in differed])}")
    elif not agreed:
        parts.append("and nothing else to compare")
    return ", ".join(parts)


def _key(joined_by: JoinedBy) -> str:
    match joined_by:
        case "phone" | "email":
            return joined_by
        case "source_key":
            return "legacy ID"
        case "id":
            return "Rotor ID"
        case "link":
            return ""
        case _:
            assert_never(joined_by)


def _listed(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
