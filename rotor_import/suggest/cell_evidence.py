"""What the cells of a column say about its meaning."""

from __future__ import annotations

from rotor_import.model.column_names import loose_name
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header_words import Header, phone_rank

LIKELY = 0.6
"""The share of cells that must agree if the header says the same."""
SPOILED = 0.3
"""The share of valid cells that is enough if the header says phone or email."""
CERTAIN = 0.9
"""The share of cells that must agree if the header says nothing."""
FEW = 8
_TRUE = {"true", "yes", "y", "1"}
_FALSE = {"false", "no", "n", "0"}


def tag_marks(profile: ColumnProfile) -> dict[str, str]:
    """How a cell's tags are separated, and what stands around each."""
    separator = max((";", ",", ":::", "|"), key=lambda mark: sum(mark in value for value in profile.values))
    marks = {"split": separator} if any(separator in value for value in profile.values) else {}
    pieces = [piece.strip() for value in profile.values for piece in value.split(separator)]
    if sum(piece.startswith('"') for piece in pieces) * 2 > len(pieces):
        return {"split": ",", **marks, "strip": '"'}
    if any(piece.startswith("* ") for piece in pieces):
        return {"split": ":::", **marks, "strip": "*"}
    return marks


def is_text(profile: ColumnProfile) -> bool:
    wrong = max(profile.share(kind) for kind in ("phone", "email", "date", "uuid", "url", "boolean"))
    return wrong < LIKELY and profile.share("number") < LIKELY


def status_of(value: str, *, inverse: bool) -> str:
    """The status that a value means, '' if it is unknown; `inverse` for a column such as Archived."""
    word = loose_name(value)
    if word in ("active", "aktiv", "current", "open"):
        return "active"
    if word in ("inactive", "notactive", "archived", "deleted", "closed", "inaktiv", "disabled", "former"):
        return "inactive"
    if word in _TRUE:
        return "inactive" if inverse else "active"
    if word in _FALSE:
        return "active" if inverse else "inactive"
    return ""


def label_rank(label: str) -> int:
    rank = phone_rank(Header.of(label))
    return FEW if rank is None else rank


def filled_words(profile: ColumnProfile) -> str:
    return f"{percent(profile.filled / max(profile.rows, 1))} of the rows have it"


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"
