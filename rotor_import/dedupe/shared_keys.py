"""What is settled about keys that several people share, from one pass of the replay to the next.

The replay goes through the rows in their order, and a row that comes later can tell who an earlier one is. So whoever
was held or joined is compared once more with all others at the end of a pass; where that says something else, the next
pass does it. Only rows and keys are added here until a person's word is applied, so the passes end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from rotor_import.dedupe.dissolve import dissolve
from rotor_import.dedupe.lost_keys import Key, Loss, LostKeys, carried
from rotor_import.dedupe.meetings import Apart, Joined
from rotor_import.model.change import Hold, RowRef
from rotor_import.model.decision import KeyWord
from rotor_import.model.policy import MatchingPolicy
from rotor_import.model.question import KeyKind
from rotor_import.model.rows import Record
from rotor_import.people import Comparison

if TYPE_CHECKING:
    from rotor_import.dedupe.replay import Replay


@dataclass(frozen=True)
class Barred:
    """A question about a key whose rows may join nobody."""

    key: Key
    kind: KeyKind


@dataclass
class SharedKeys:
    """`lost` are the keys that rows lost; `words` are the rows that a person decided about in this import."""

    matching: MatchingPolicy
    lost: LostKeys
    barred: Mapping[RowRef, Barred | Hold] = field(default_factory=dict)
    """Rows that may join nobody, since what a person decided about them is no longer asked."""
    words: dict[RowRef, KeyWord] = field(default_factory=dict)
    decided: dict[RowRef, set[Key]] = field(default_factory=lambda: defaultdict(set))
    """The keys about which a person said that these rows have them rightly."""
    mates: dict[RowRef, list[Sequence[RowRef]]] = field(default_factory=lambda: defaultdict(list))
    """Groups of rows that a person said to be the same, of which this is one."""
    skipped: dict[RowRef, Hold] = field(default_factory=dict)
    customers: dict[RowRef, str] = field(default_factory=dict)
    """Of rows that a person said to be somebody in Rotor, whose they are, whoever has their keys now."""
    leaving: set[RowRef] = field(default_factory=set)
    """Rows that are to leave the customer of their link."""
    left: set[str] = field(default_factory=set)
    """The customers that they leave: what stays of them counts anew."""
    closed: set[Key] = field(default_factory=set)
    """Keys of people who are all new: nobody knows whose they are, so all rows that have them are held."""
    fitting: set[RowRef] = field(default_factory=set)
    strange: set[RowRef] = field(default_factory=set)
    regained: set[RowRef] = field(default_factory=set)

    @property
    def compares(self) -> bool:
        """Whether it matters who people are, beside their keys."""
        return self.matching.on_stranger != "merge" or self.matching.hold_suspicious

    def fits(self, comparison: Comparison | None) -> bool:
        """Whether a row may join those whom it was compared with."""
        if comparison is None:
            return True
        match comparison.verdict:
            case "same":
                return True
            case "household":
                return not self.matching.hold_suspicious
            case "stranger":
                return self.matching.on_stranger == "merge" and not self.matching.hold_suspicious
            case unhandled:
                assert_never(unhandled)

    def learn(self, replay: Replay) -> bool:
        """Take in what a pass found; whether another one is needed."""
        if self._compare_again(replay) or self._regain(replay):
            return True
        if self._part_strangers(replay) or self._close(replay):
            self.fitting.clear()
            self.strange.clear()
            return True
        return False

    def start_again(self) -> None:
        """Forget what was found while other words counted."""
        for some in (self.closed, self.fitting, self.strange):
            some.clear()

    def _compare_again(self, replay: Replay) -> bool:
        fitting = {
            apart.record.ref
            for apart in replay.strangers.meetings.apart
            if apart.customer and not self._is_over(replay, apart) and self._fits_now(replay, apart)
        } - (self.fitting | self.strange)
        strange = {
            joined.record.ref
            for joined in replay.strangers.meetings.joined()
            if self._may_differ(replay, joined) and not self._fits_now(replay, joined)
        } - self.strange
        self.fitting = (self.fitting | fitting) - strange
        self.strange |= strange
        return bool(fitting or strange)

    def _may_differ(self, replay: Replay, joined: Joined) -> bool:
        """Whether a row may fit less than when it joined: others came after it, or it was let in for their sake."""
        return self.compares and (
            joined.record.ref in self.fitting or replay.strangers.everybody.count(joined.customer) != joined.among
        )

    def _is_over(self, replay: Replay, apart: Apart) -> bool:
        """Whether the row lost the key already, or is held as before."""
        return apart.key[0] in self.lost.of(apart.record) or apart.record.ref in replay.strangers.firm

    def _fits_now(self, replay: Replay, one: Apart | Joined) -> bool:
        return self.fits(replay.strangers.everybody.compare(one.customer, one.record, one.key[0]))

    def _part_strangers(self, replay: Replay) -> bool:
        """Let strangers lose the key where the mapping says so."""
        if self.matching.on_stranger != "separate":
            return False
        strangers = [
            apart
            for apart in replay.strangers.meetings.apart
            if apart.customer and not self._is_over(replay, apart) and self._are_strangers(replay, apart)
        ]
        for apart in strangers:
            self.part(apart.record, apart.key, by_person=False)
        return bool(strangers)

    def _regain(self, replay: Replay) -> bool:
        """Give rows their only key back, once, if those who came to the customer since show that they fit it."""
        found = [
            apart
            for apart in replay.strangers.meetings.apart
            if apart.keyless and apart.record.ref not in self.regained and self._fits_holder(replay, apart)
        ]
        for apart in found:
            self.regained.add(apart.record.ref)
            self.lost.find(apart.record, apart.key)
            self.leaving.discard(apart.record.ref)
        return bool(found)

    def _fits_holder(self, replay: Replay, apart: Apart) -> bool:
        holder = replay.strangers.holder(apart.key)
        comparison = replay.strangers.everybody.compare(holder, apart.record, apart.key[0]) if holder else None
        return comparison is not None and self.fits(comparison)

    def _are_strangers(self, replay: Replay, apart: Apart) -> bool:
        comparison = replay.strangers.everybody.compare(apart.customer, apart.record, apart.key[0])
        return comparison is not None and comparison.verdict == "stranger"

    def _close(self, replay: Replay) -> bool:
        new = {
            apart.key: apart.customer
            for apart in replay.strangers.meetings.apart
            if apart.customer
            and replay.strangers.is_new(apart.customer)
            and apart.key not in self.closed
            and apart.record.ref not in self.barred
        }
        self.closed |= new.keys()
        if self.fitting or self.strange:  # they are found anew beside what is closed now
            return bool(new)
        dissolved = [dissolve(replay, customer, key) for key, customer in new.items()]
        return not all(dissolved) or (bool(new) and self.learn(replay))

    def part(self, record: Record, key: Key, *, by_person: bool, kin: bool = True) -> None:
        """Let a row lose a key that leads to somebody else, and leave whoever its link leads to."""
        self.lost.lose(record, key, Loss(key[1], "separate", by_person=by_person, kin=kin, new=True))
        self.leaving.add(record.ref)

    def join(self, record: Record, key: Key, customer: str, mates: Sequence[RowRef]) -> None:
        """Let a row stay with its `mates`, whom the key leads to, and with the `customer` in Rotor, if not ''."""
        self.keep(record, key, "same")
        self.mates[record.ref].append(mates)
        if customer:
            self.customers[record.ref] = customer
        self.lost.find(record, key)
        self.leaving.discard(record.ref)

    def keep(self, record: Record, key: Key, word: KeyWord) -> None:
        """Let a row have a key about which a person said a word."""
        self.words[record.ref] = word
        self.decided[record.ref].add(key)

    def closed_key(self, record: Record) -> Key | None:
        """A key of the row that is nobody's until a person decides."""
        if not self.closed:
            return None
        lost = self.lost.of(record)
        return next((key for key in carried(record) if key in self.closed and key[0] not in lost), None)
