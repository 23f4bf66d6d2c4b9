"""What a column's cells say about its meaning."""

from __future__ import annotations

from rotor_import.model.column_names import loose_name
from rotor_import.suggest.column_profile import Profile
from rotor_import.suggest.header_words import Header, phone_meaning

LIKELY = 0.6
"""Of the cells, where the header says the same."""
SPOILED = 0.3
"""Of the cells of a phone or e-mail column by its header, many of which are invalid."""
CERTAIN = 0.9
"""Of the cells, where the header says nothing."""
FEW = 8
_TRUE = {"true", "yes", "y", "1"}
_FALSE = {"false", "no", "n", "0"}


def tag_marks(profile: Profile) -> dict[str, str]:
    """How a cell's tags are parted, and what stands around each."""
    separator = max((";", ",", ":::", "|"), key=lambda mark: sum(mark in value for value in profile.values))
    marks = {"split": separator} if any(separator in value for value in profile.values) else {}
    pieces = [piece.strip() for value in profile.values for piece in value.split(separator)]
    if sum(piece.startswith('"') for piece in pieces) * 2 > len(pieces):
        return {"split": ",", **marks, "strip": '"'}
    if any(piece.startswith("* ") for piece in pieces):
        return {"split": ":::", **marks, "strip": "*"}
    return marks


def is_text(profile: Profile) -> bool:
    wrong = max(profile.share(kind) for kind in ("phone", "email", "date", "uuid", "url", "boolean"))
    return wrong < LIKELY and profile.share("number") < LIKELY


def status_of(value: str, *, inverse: bool) -> str:
    word = loose_name(value)
    if word in ("active", "aktiv", "current", "open", "lead", "customer"):
        return "active" if word not in ("lead", "customer") else ""
    if word in ("inactive", "notactive", "archived", "deleted", "closed", "inaktiv", "disabled", "former"):
        return "inactive"
    if word in _TRUE:
        return "inactive" if inverse else "active"
    if word in _FALSE:
        return "active" if inverse else "inactive"
    return ""


def label_rank(label: str) -> int:
    meaning = phone_meaning(Header.of(label))
    return meaning.rank if meaning else FEW


def filled_words(profile: Profile) -> str:
    return f"{percent(profile.filled / max(profile.rows, 1))} of the rows have it"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"
