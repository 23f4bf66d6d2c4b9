"""What an import asks a person, each question once, with the people between whom it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from rotor_import.model.address_line import address_line
from rotor_import.model.summary import ReviewCounts

if TYPE_CHECKING:
    from rotor_import.model.change import RowRef
    from rotor_import.model.decision import Word
    from rotor_import.model.fields import Value

KeyKind = Literal["stranger", "household"]
"""What is asked about people who share a key."""

QuestionKind = Literal["conflict", "stranger", "household", "gone", "duplicate", "field"]
"""What a question is about, in the order in which people are asked."""

KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)

CHOICES: Mapping[QuestionKind, tuple[Word, ...]] = {
    "conflict": ("use A", "use B", "create", "skip"),
    "stranger": ("same", "separate", "ignore", "skip"),
    "household": ("same", "separate"),
    "gone": ("create", "use A", "skip"),
    "duplicate": ("same", "different"),
    "field": ("file", "rotor"),
}
"""What can be said to each kind; a question offers those of them that are possible."""


def review_counts(counted: Mapping[str, int]) -> ReviewCounts:
    """The summary's `review`, of which `counted` may lack kinds that nobody asks about."""
    return {
        "conflict": counted.get("conflict", 0),
        "stranger": counted.get("stranger", 0),
        "household": counted.get("household", 0),
        "gone": counted.get("gone", 0),
        "duplicate": counted.get("duplicate", 0),
        "field": counted.get("field", 0),
    }


@dataclass(frozen=True)
class Shown:
    """What tells a person apart: a row, or a side of a question. Blank parts are ''.

    `id` is Rotor's, '' for somebody new in the import; `ref` is the row of somebody new, None for somebody in Rotor.
    """

    id: str = ""
    ref: RowRef | None = None
    name: str = ""
    company: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    @classmethod
    def of(
        cls, values: Mapping[str, Value], phone: str = "", email: str = "", *, id_: str = "", ref: RowRef | None = None
    ) -> Shown:
        """A person by these fields; the property's address, or without one the billing address, in one line."""
        first_last = (str(values.get(part, "")) for part in ("first_name", "last_name"))
        addresses = (address_line(values, unit) for unit in ("property_address", "billing_address"))
        return cls(
            id_,
            ref,
            name=" ".join(filter(None, first_last)),
            company=str(values.get("company_name", "")),
            phone=phone or str(values.get("phone", "")),
            email=email or str(values.get("email", "")),
            address=next(filter(None, addresses), ""),
        )


@dataclass(frozen=True)
class Question:
    """A line of review.csv.

    `name` identifies the question and what it is about, so that it changes when that does. `refs` are all of its rows,
    the first one first; of a change that waits for nothing but Rotor's answer there may be none.
    """

    name: str
    kind: QuestionKind
    choices: tuple[Word, ...]
    reason: str
    refs: tuple[RowRef, ...]
    row: Shown = Shown()
    a: Shown = Shown()
    b: Shown = Shown()
    field: str = ""
    file_value: str = ""
    rotor_value: str = ""
    score: float | None = None
    """From 0 to 1, of a probable duplicate alone."""
