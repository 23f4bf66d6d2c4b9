"""What a person decided about a held row, and which row that is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rotor_import.model.rows import Record

Word = Literal["use A", "use B", "create", "skip"]
SKIPPED = "skipped by your decision"
_DIGITS = 16


@dataclass(frozen=True)
class Side:
    """One of the customers that a row stood between; one who was only planned has no id, and then keys tell."""

    id: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Decision:
    """`line` is the file's, as a spreadsheet shows it; `sides` are A and B."""

    line: int
    question: str
    word: Word
    sides: tuple[Side, Side] = (Side(), Side())

    def __str__(self) -> str:
        return f"{self.question} {self.word} {self.sides}"


@dataclass(frozen=True)
class Answer:
    """What became of a decision: `why` it was not applied, '' where it was."""

    question: str
    why: str = ""


def question(feed: str, record: Record) -> str:
    """Names a row of a feed by what is in it: another row, or the same with another cell, has another."""
    content = f"{record.natural_key}\n{record.occurrence}\n{record.digest}"
    return f"{feed}-{hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]}"


def feed_of(asked: str) -> str:
    return asked.rpartition("-")[0]
