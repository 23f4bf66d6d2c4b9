"""What a person decided about a held row, and the question that names the row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rotor_import.model.change import RowRef
    from rotor_import.model.row_link import RowLink
    from rotor_import.model.rows import Record

RowWord = Literal["use A", "use B", "create", "skip"]
"""What a person can say about a row that could be several customers', or whose customer is gone."""

KeyWord = Literal["same", "separate", "ignore", "skip"]
"""What a person can say about people whom one key joins."""

FieldWord = Literal["file", "rotor"]
"""Whose value counts of a field about which the file and Rotor say different things."""

Word = RowWord | KeyWord | FieldWord | Literal["different"]
"""What a person can say at all; `model.question.CHOICES` says which words fit which kind of question."""

SKIPPED = "skipped by your decision"
_DIGITS = 16


@dataclass(frozen=True)
class Side:
    """One of the customers that a row could belong to; a planned one has no id and is known by its keys."""

    id: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Decision:
    """A line of the file of decisions, numbered as a spreadsheet shows it; `sides` are its customers A and B."""

    line: int
    question: str
    word: Word
    sides: tuple[Side, Side] = (Side(), Side())

    def __str__(self) -> str:
        return f"{self.question} {self.word} {self.sides}"


@dataclass(frozen=True)
class Merge:
    """People of whom a person said that they are one: the `rows` join the `others`, who were seen first.

    `customer` are the others in Rotor, '' if they are rows alone.
    """

    question: str
    rows: tuple[RowRef, ...]
    others: tuple[RowRef, ...] = ()
    customer: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of a decision; `why` says why it was not applied, '' where it was."""

    question: str
    why: str = ""


def question(feed: str, record: Record | RowLink) -> str:
    """The name of a row's question, made of all that is in the row: once a cell changes, it is another question.

    Rows that have a source key and all else in common are one question, in whatever order they stand.
    """
    alike = "" if record.natural_key.startswith("k:") else record.occurrence
    return _named(feed, record.natural_key, alike, record.digest)


def field_question(feed: str, customer: str, field: str, file_value: str, rotor_value: str) -> str:
    """The name of the question about a field: once the file or Rotor says something else, it is another question."""
    return _named(feed, customer, field, file_value, rotor_value)


def pair_question(feed: str, a: str, b: str) -> str:
    """The name of the question about two people who are probably one, named as in `AskedPair`."""
    return _named(feed, "duplicate", *sorted((a, b)))


def key_question(feed: str, kind: str, key: tuple[str, str], records: Iterable[Record]) -> str:
    """The name of a question about a key that several people share: their order says nothing."""
    return _named(feed, kind, *key, *sorted((record.natural_key, record.digest) for record in records))


def _named(feed: str, *content: object) -> str:
    text = "\n".join(map(str, content))
    return f"{feed}-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def feed_of(asked: str) -> str:
    return asked.rpartition("-")[0]
