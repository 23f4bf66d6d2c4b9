"""The words in which the page asks: each kind of question, and what each choice does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rotor_import.model.question import QuestionKind

ASKED: Mapping[QuestionKind, tuple[tuple[str, str], str]] = {
    "conflict": (
        ("row could be either of two customers", "rows could be either of two customers"),
        "The phone matches A and the email matches B, or an ID disagrees. Nothing is sent for a row without an answer.",
    ),
    "stranger": (
        ("phone, email or ID is shared by different people", "phones, emails or IDs are shared by different people"),
        "Rotor would make each group one customer. Nothing is sent for rows on hold.",
    ),
    "household": (
        ("household was merged", "households were merged"),
        "Same phone or email, but different first names. Without an answer they stay merged.",
    ),
    "gone": (
        ("row belongs to a customer who is gone from Rotor", "rows belong to customers who are gone from Rotor"),
        "Somebody deleted or merged these customers. Nothing is sent for a row without an answer.",
    ),
    "duplicate": (
        ("pair is probably the same person", "pairs are probably the same person"),
        "No shared phone or email, but similar names or addresses. Without an answer nothing changes.",
    ),
    "field": (
        ("field differs between the file and Rotor", "fields differ between the file and Rotor"),
        "The other fields of the row are sent. Without an answer Rotor keeps what it has.",
    ),
}
"""Of each kind: the end of its heading for one and for several questions, and what to know about it."""

LEGENDS: Mapping[str, str] = {
    "conflict": "Whose row is it?",
    "stranger": "Are they one customer?",
    "household": "Should they stay one customer?",
    "gone": "What should happen to this row?",
    "duplicate": "Are they the same person?",
    "field": "Which value should Rotor have?",
}


@dataclass(frozen=True)
class Choice:
    """An answer: its `value` in review.csv, its `name` and what it `does` in words, and a `short` name for a button."""

    value: str
    name: str
    does: str
    short: str


def choices_of(line: Mapping[str, str], values: Sequence[str]) -> Iterator[Choice]:
    """The choices of a line of review.csv."""
    words = {**_WORDS, **_OF_KIND.get(line["kind"], {})}
    for value in values:
        name, does, short = words.get(value, (value, "", value))
        if value in ("use A", "use B"):
            side = value[-1].lower()
            who = line[f"{side}_name"] or line[f"{side}_company"] or line[f"{side}_phone"] or line[f"{side}_email"]
            name = f"{value[-1]}, {who}" if who else value
        if value in ("file", "rotor"):
            does = line[f"{value}_value"] or "blank"
        yield Choice(value, name, does, short)


_Words = tuple[str, str, str]

_WORDS: Mapping[str, _Words] = {
    "use A": ("A", "The row updates customer A", "Use A"),
    "use B": ("B", "The row updates customer B", "Use B"),
    "create": ("A new customer", "Without a phone or email that somebody else has", "New customers"),
    "skip": ("Skip", "Don't send it", "Skip"),
    "same": ("Yes, one customer", "Merge these rows", "Yes"),
    "separate": ("No, different people", "The first keeps what they share; the others have it in their notes", "No"),
    "ignore": ("No, ignore what they share", "Nobody in this import gets it", "Ignore"),
    "different": ("No, two people", "Never ask again", "No"),
    "file": ("The file's", "", "The file's"),
    "rotor": ("Rotor's", "", "Rotor's"),
}

_OF_KIND: Mapping[str, Mapping[str, _Words]] = {
    "household": {
        "same": ("Yes, keep them merged", "One customer, as planned", "Yes"),
        "separate": ("No, separate customers", "The first keeps what they share; the others have it in their notes",
                     "No"),
    },
    "gone": {
        "create": ("Add as a new customer", "With this row's phone and email", "New customers"),
        "use A": ("A", "Who has its phone or email now", "Use A"),
    },
    "duplicate": {
        "same": ("Yes, the same person", "One customer; the other phone and email go into the notes", "Yes"),
    },
    "stranger": {"skip": ("Skip these rows", "Send none of them", "Skip")},
}  # fmt: skip
