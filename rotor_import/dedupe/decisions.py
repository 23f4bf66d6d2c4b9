"""A person's decisions about held rows, as the replay comes upon the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rotor_import.model.change import Hold, RowRef
from rotor_import.model.decision import Answer, Decision, Side, Word, question
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import RowLink, is_planned
from rotor_import.model.rows import Notice, Record

NO_KEY_LEFT = "others hold each phone and e-mail that it has, so Rotor could never find it again (--allow-keyless)"
NOT_THERE = "the customer that it chose is not in Rotor"
NOT_NAMED = "the row names no such customer"
OTHERS = "the row stands between other customers now"
BUSY = "the row waits for a change of another feed"
UNMOVED = "another customer has it: not given to the one that you chose"


@dataclass(frozen=True)
class Ruling:
    """`customer` is the one that the row shall belong to, '' for a new one or none."""

    word: Word
    customer: str = ""


@dataclass(frozen=True)
class Decided:
    """A row that belongs where a person said.

    `named` are the customers between which it stood, `unmoved` its keys that stay with others.
    """

    word: str
    named: tuple[str, ...]
    unmoved: tuple[tuple[str, str], ...]


class Rulings:
    """The decisions that were given, and what has become of them; and those of earlier runs that still stand."""

    def __init__(self, key_index: KeyIndex, decisions: Iterable[Decision] = (), feed: str = "") -> None:
        self._key_index = key_index
        self._decisions = {decision.question: decision for decision in decisions}
        self._feed = feed
        self.decided: dict[RowRef, Decided] = {}
        self.skipped: dict[RowRef, Hold] = {}
        self.notices: list[Notice] = []
        self.answers: dict[str, Answer] = {}

    def of(self, hold: Hold, *, kept: bool = False) -> Ruling | None:
        """What a person said about this row, where that fits the customers that it names now.

        `kept` holds come from an earlier run: their order says nothing.
        """
        decision = self._decisions.get(question(self._feed, hold.record)) if self._decisions else None
        if decision is None or hold.record.ref in self.decided:
            return None
        sides = self._sides(decision, (*hold.named, "", "")[:2], kept=kept)
        if sides is None:
            self.refuse(hold.record, OTHERS)
            return None
        if decision.word in ("create", "skip"):
            return Ruling(decision.word)
        customer = sides[0 if decision.word == "use A" else 1]
        if not customer:
            self.refuse(hold.record, NOT_NAMED)
            return None
        return Ruling(decision.word, customer)

    def _sides(self, decision: Decision, named: tuple[str, ...], *, kept: bool) -> tuple[str, ...] | None:
        """The customers that the file called A and B, None where they are others now."""
        one, other = named
        if self._is(decision.sides[0], one, placed=not kept) and self._is(decision.sides[1], other, placed=not kept):
            return named
        if self._is(decision.sides[0], other) and self._is(decision.sides[1], one):
            return other, one
        return None

    def _is(self, side: Side, name: str, *, placed: bool = False) -> bool:
        if side.id or not name:
            return side.id == name and (bool(name) or not (side.phone or side.email))
        if placed and is_planned(name):
            return True
        return self._key_index.keys(name) == {"phone": side.phone, "email": side.email}

    def refuse(self, record: Record, why: str) -> None:
        """The row stays held."""
        self._answer(record, why)

    def withdraw(self, record: Record) -> None:
        """What was decided turned out not to be possible."""
        if self.decided.pop(record.ref, None) is not None:
            self.notices = [one for one in self.notices if (one.file, one.row) != record.ref]
            self._answer(record, OTHERS)

    def skip(self, hold: Hold) -> None:
        self.skipped[hold.record.ref] = hold
        self._answer(hold.record)

    def decide(self, hold: Hold, ruling: Ruling, unmoved: Mapping[str, str]) -> None:
        record = hold.record
        self.decided[record.ref] = Decided(ruling.word, hold.named, tuple(unmoved.items()))
        self.notices += [Notice(*record.ref, name, value, UNMOVED) for name, value in unmoved.items()]
        self._answer(record)

    def keep(self, record: Record, link: RowLink) -> None:
        """The decision of an earlier run still stands."""
        named = tuple(one.customer for one in link.named)
        self.decided[record.ref] = Decided(link.decision, named, link.unmoved)

    def _answer(self, record: Record, why: str = "") -> None:
        if self._decisions:
            asked = question(self._feed, record)
            self.answers[asked] = Answer(asked, why)


def parted(cells: Mapping[str, str], customer: str, key_index: KeyIndex) -> tuple[dict[str, str], dict[str, str]]:
    """The row's cells that may go to the customer, '' for a new one, and those that stay with others."""
    others = {name for name in KEY_FIELDS if name in cells and _is_others(customer, name, cells[name], key_index)}
    if cells.get("id", customer) != customer:
        others.add("id")
    free = {name: value for name, value in cells.items() if name not in others}
    return free, {name: cells[name] for name in sorted(others)}


def _is_others(customer: str, name: str, value: str, key_index: KeyIndex) -> bool:
    holders = key_index.holders(name, value)
    return bool(holders) and customer not in holders


def reopened(hold: Hold, link: RowLink | None) -> Hold:
    """In words, where a person had decided about other keys than the row and its customers have now."""
    if link is None or not link.decision:
        return hold
    return replace(hold, reason=f"{hold.reason}; your decision, {link.decision}, was about other keys")
