"""A person's decisions about held rows, applied as the replay comes to the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from rotor_import.model.change import Hold, RowRef
from rotor_import.model.decision import Answer, Decision, RowWord, Side, question
from rotor_import.model.field_decisions import OTHER_WORD, FieldDecisions
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import RowLink, is_planned
from rotor_import.model.rows import Notice, Record

KEYLESS = "no valid phone or email, so it couldn't be matched later"
NO_KEY_LEFT = (
    "its phone and email belong to other customers, so it couldn't be matched later; --allow-keyless imports it anyway"
)
NO_OTHER_KEY = (
    "these rows have no other phone or email, so they couldn't be matched later; --allow-keyless imports them anyway"
)
NOT_THERE = "the customer that you chose is no longer in Rotor"
NOT_NAMED = "this row doesn't offer that customer"
OTHER_CUSTOMERS = "the row could be other customers now than when you were asked"
WAITS = "the row is waiting for a change from another feed"
OVERTAKEN = "another of your decisions changed whom this is about; the rows stay on hold"
UNMOVED = "belongs to another customer, so not given to the one that you chose"


@dataclass(frozen=True)
class Choice:
    """A decision that fits the row as it stands; `customer` is whose it shall be, '' for a new one or none."""

    word: RowWord
    customer: str = ""


@dataclass(frozen=True)
class DecidedRow:
    """A row that belongs where a person said.

    `named` are the customers between which it stood, `unmoved` its keys that stay with others.
    """

    word: str
    named: tuple[str, ...]
    unmoved: tuple[tuple[str, str], ...]


class Decisions:
    """The decisions that were given and what became of each, and those of earlier runs that still stand."""

    def __init__(self, key_index: KeyIndex, given: Iterable[Decision] = (), feed: str = "") -> None:
        self._key_index = key_index
        self._given = {decision.question: decision for decision in given}
        self._feed = feed
        self.decided: dict[RowRef, DecidedRow] = {}
        self.skipped: dict[RowRef, Hold] = {}
        self.notices: list[Notice] = []
        self.answers: dict[str, Answer] = {}
        self.about_keys = FieldDecisions(feed, self._given.values())

    def choice(self, hold: Hold, *, kept: bool = False) -> Choice | None:
        """What a person said about this row, if that fits the customers that it names now.

        `kept` holds come from an earlier run: the order in which they name customers says nothing.
        """
        decision = self._given.get(question(self._feed, hold.record)) if self._given else None
        if decision is None or hold.record.ref in self.decided:
            return None
        sides = self._customers(decision, (*hold.named, "", "")[:2], kept=kept)
        if sides is None:
            self.refuse(hold.record, OTHER_CUSTOMERS)
            return None
        match decision.word:
            case "create" | "skip":
                return Choice(decision.word)
            case "use A":
                customer = sides[0]
            case "use B":
                customer = sides[1]
            case "same" | "separate" | "ignore" | "different" | "file" | "rotor":
                self.refuse(hold.record, OTHER_WORD)
                return None
            case unhandled:
                assert_never(unhandled)
        if not customer:
            self.refuse(hold.record, NOT_NAMED)
            return None
        return Choice(decision.word, customer)

    def _customers(self, decision: Decision, named: tuple[str, ...], *, kept: bool) -> tuple[str, ...] | None:
        """The customers that the file called A and B, None where they are others now."""
        first, second = named
        side_a, side_b = decision.sides
        if self._fits(side_a, first, in_order=not kept) and self._fits(side_b, second, in_order=not kept):
            return named
        if self._fits(side_a, second) and self._fits(side_b, first):
            return second, first
        return None

    def _fits(self, side: Side, customer: str, *, in_order: bool = False) -> bool:
        """Whether the customer is the one that the file showed on this side.

        A planned one has another name in each run: where the order counts, its place is enough.
        """
        if side.id or not customer:
            return side.id == customer and (bool(customer) or not (side.phone or side.email))
        if in_order and is_planned(customer):
            return True
        return self._key_index.keys(customer) == {"phone": side.phone, "email": side.email}

    def refuse(self, record: Record, why: str) -> None:
        """Say why a decision is not applied; the row stays held."""
        self._answer(record, why)

    def withdraw(self, record: Record) -> None:
        """Take back a decision that turned out not to be possible."""
        if self.decided.pop(record.ref, None) is not None:
            self.notices = [notice for notice in self.notices if (notice.file, notice.row) != record.ref]
            self._answer(record, OTHER_CUSTOMERS)

    def skip(self, hold: Hold) -> None:
        self.skipped[hold.record.ref] = hold
        self._answer(hold.record)

    def decide(self, hold: Hold, choice: Choice, unmoved: Mapping[str, str]) -> None:
        record = hold.record
        self.decided[record.ref] = DecidedRow(choice.word, hold.named, tuple(unmoved.items()))
        self.notices += [Notice(*record.ref, name, value, UNMOVED, "told") for name, value in unmoved.items()]
        self._answer(record)

    def keep(self, record: Record, link: RowLink) -> None:
        """Let the decision of an earlier run stand."""
        self.decided[record.ref] = DecidedRow(link.decision, link.named_customers, link.unmoved)

    def _answer(self, record: Record, why: str = "") -> None:
        if self._given:
            asked = question(self._feed, record)
            self.answers[asked] = Answer(asked, why)


def split_by_holder(
    cells: Mapping[str, str], customer: str, key_index: KeyIndex
) -> tuple[dict[str, str], dict[str, str]]:
    """The row's cells that may go to the customer ('' for a new one), and those that others hold and keep."""
    others = {
        name for name in KEY_FIELDS if name in cells and _is_held_by_others(name, cells[name], customer, key_index)
    }
    if cells.get("id", customer) != customer:
        others.add("id")
    free = {name: value for name, value in cells.items() if name not in others}
    return free, {name: cells[name] for name in sorted(others)}


def _is_held_by_others(name: str, value: str, customer: str, key_index: KeyIndex) -> bool:
    holders = key_index.holders(name, value)
    return bool(holders) and customer not in holders


def asked_again(hold: Hold, link: RowLink | None) -> Hold:
    """The hold, saying so where a person decided about the row when it or its customers had other keys."""
    if link is None or not link.decision or (hold.kind == "gone" and link.fate == "kept"):
        return hold
    return replace(
        hold, reason=f"{hold.reason}; you decided '{link.decision}' when the phones or emails were different"
    )
