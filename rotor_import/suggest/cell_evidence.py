"""What the cells of a column say about its meaning."""

from __future__ import annotations

from rotor_import.model.column_names import loose_name
from rotor_import.suggest.column_profile import ColumnProfile
from rotor_import.suggest.header import Header
from rotor_import.suggest.meaning import phone_meaning
from rotor_import.suggest.words import LANGUAGES

LIKELY = 0.6
"""The share of cells that must agree if the header says the same."""
SPOILED = 0.3
"""The share of valid cells that is enough if the header says phone or email."""
CERTAIN = 0.9
"""The share of cells that must agree if the header says nothing."""
FEW = 8
_VALUES = {
    word: meaning for language in LANGUAGES for meaning, text in language.values.items() for word in text.split()
}
"""What the words of cells mean: `yes`, `no`, `active` or `inactive`."""


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
    meaning = _VALUES.get(loose_name(value), "")
    if meaning in ("active", "inactive", ""):
        return meaning
    return "inactive" if (meaning == "yes") == inverse else "active"


def says_inactive(word: str) -> bool:
    """Whether yes in a column with this word in its header means an inactive customer."""
    return word == "not" or _VALUES.get(word) == "inactive"


def label_rank(label: str) -> int:
    meaning = phone_meaning(Header.of(label))
    return FEW if meaning is None else meaning.rank


def filled_words(profile: ColumnProfile) -> str:
    return f"{percent(profile.filled / max(profile.rows, 1))} of the rows have it"


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"
