"""A person's decisions about held rows, as the replay comes upon the questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rotor_import.dedupe.picture import Picture
from rotor_import.model.change import Hold, Place
from rotor_import.model.decision import Answer, Decision, Side, Word, question
from rotor_import.model.pin import Pin, is_planned
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

    def __init__(self, picture: Picture, decisions: Iterable[Decision] = (), feed: str = "") -> None:
        self._picture = picture
        self._decisions = {decision.question: decision for decision in decisions}
        self._feed = feed
        self.decided: dict[Place, Decided] = {}
        self.skipped: dict[Place, Hold] = {}
        self.notices: list[Notice] = []
        self.answers: dict[str, Answer] = {}

    def of(self, hold: Hold, *, kept: bool = False) -> Ruling | None:
        """What a person said about this row, where that fits the customers that it names now.

        `kept` holds come from an earlier run: their order says nothing.
        """
        decision = self._decisions.get(question(self._feed, hold.record)) if self._decisions else None
        if decision is None or hold.record.place in self.decided:
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
        return self._picture.keys(name) == {"phone": side.phone, "email": side.email}

    def refuse(self, record: Record, why: str) -> None:
        """The row stays held."""
        self._answer(record, why)

    def withdraw(self, record: Record) -> None:
        """What was decided turned out not to be possible."""
        if self.decided.pop(record.place, None) is not None:
            self.notices = [one for one in self.notices if (one.file, one.row) != record.place]
            self._answer(record, OTHERS)

    def skip(self, hold: Hold) -> None:
        self.skipped[hold.record.place] = hold
        self._answer(hold.record)

    def decide(self, hold: Hold, ruling: Ruling, unmoved: Mapping[str, str]) -> None:
        record = hold.record
        self.decided[record.place] = Decided(ruling.word, hold.named, tuple(unmoved.items()))
        self.notices += [Notice(*record.place, name, value, UNMOVED) for name, value in unmoved.items()]
        self._answer(record)

    def keep(self, record: Record, pin: Pin) -> None:
        """The decision of an earlier run still stands."""
        named = tuple(one.customer for one in pin.named)
        self.decided[record.place] = Decided(pin.decision, named, pin.unmoved)

    def _answer(self, record: Record, why: str = "") -> None:
        if self._decisions:
            asked = question(self._feed, record)
            self.answers[asked] = Answer(asked, why)
