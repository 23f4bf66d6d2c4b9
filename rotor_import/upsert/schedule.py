"""Which pending change may be sent next, so that keys are free when they are taken.

There is no graph: a change may be sent when, as far as is known, nobody else in Rotor holds its keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Literal

from rotor_import.ledger.pending import PendingChange
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.row_link import is_planned

Key = tuple[str, str]


@dataclass(frozen=True)
class Ready:
    """The change may go. `without` are keys that another customer keeps: this one gets them by its id afterwards."""

    change: PendingChange
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Blocked:
    """The change waited for another, `by`, that has failed, so it will not be sent."""

    change: PendingChange
    by: str


Turn = Ready | Blocked | Literal["wait", "strand"]


class Schedule:
    """The pending changes in their order, and those of them that are being sent."""

    def __init__(self, changes: Iterable[PendingChange], key_index: KeyIndex, *, whole_directory: bool) -> None:
        self._queue: dict[str, PendingChange] = {change.customer: change for change in changes}
        self._successors = {change.succeeds: change.customer for change in self._queue.values() if change.succeeds}
        self._late: dict[str, PendingChange] = {}
        self._last: dict[str, PendingChange] = {}
        self._out: dict[str, PendingChange] = {}
        # A change that came through has named its successor's customer, so one that is not pending anymore did not.
        self._failed = self._successors.keys() - self._queue.keys()
        self._second_chance: set[str] = set()
        self._unsure: set[str] = set()
        self._key_index = key_index
        self._whole_directory = whole_directory

    def __bool__(self) -> bool:
        return bool(self._queue or self._late or self._last or self._out)

    def next(self) -> Ready | Blocked | None:
        """The first change that may go now; None if none is left, or all have to wait for those that are being sent."""
        while (turn := self._first()) == "strand":
            pass
        if not isinstance(turn, str):
            return turn
        if self._out:
            return None
        if self._late:
            # The others may be waiting for just these, so these come before any ring is broken.
            self._second_chance |= set(self._late)
            self._queue, self._late = self._queue | self._late, {}
            return self.next()
        if self._last:
            self._queue, self._last = self._queue | self._last, {}
            return self.next()
        return self._take(self._break_the_ring()) if self._queue else None

    def _first(self) -> Turn:
        """The first change in the queue that need not wait; one that is stranded leaves the queue."""
        busy = {key for change in self._out.values() for key in touched(change)}
        earlier: set[Key] = set()
        for change in self._queue.values():
            turn = self._turn(change, busy, earlier)
            earlier |= touched(change)
            if turn == "strand":
                self._unsure.add(self._queue.pop(change.customer).customer)
                return turn
            if not isinstance(turn, str):
                return self._take(turn)
        return "wait"

    def done(self, change: PendingChange, customer: str, keys: Mapping[str, str]) -> None:
        """Rotor acknowledged the change: the customer has these keys now."""
        self._out.pop(change.customer, None)
        self._key_index.add(customer, **keys)
        successor = self._queue.get(self._successors.get(change.customer, ""))
        if successor is None:
            return
        if self._waits(customer):
            self._follow(successor, customer)
        else:
            self._identify(successor, customer, keys)

    def failed(self, change: PendingChange) -> None:
        """It was refused or held, so changes that wait for its keys cannot be sent."""
        for place in (self._queue, self._last, self._out):
            place.pop(change.customer, None)
        self._failed.add(change.customer)

    def again(self, change: PendingChange) -> None:
        """After a passing failure it goes last, once; after a second one it stays in the outbox, with all that wait."""
        self._out.pop(change.customer, None)
        if change.customer in self._second_chance:
            self._unsure.add(change.customer)
        else:
            self._late[change.customer] = change

    def replace(self, change: PendingChange) -> None:
        """A change that is being sent, as it is now."""
        self._out[change.customer] = change

    def once_more(self, change: PendingChange) -> None:
        """It comes again next, as it is now."""
        self._out.pop(change.customer, None)
        self.send_rest(change)

    def last(self, change: PendingChange) -> None:
        """It comes again when everything else was tried."""
        self._out.pop(change.customer, None)
        self._last[change.customer] = change

    def find(self, customer: str) -> PendingChange | None:
        """The customer's change that is still to come, or on its way."""
        places = (self._queue, self._late, self._last, self._out)
        return next((place[customer] for place in places if customer in place), None)

    def leave(self, change: PendingChange) -> None:
        """It stays in the outbox: nobody knows whether it was carried out, so it must not be sent again."""
        self._out.pop(change.customer, None)
        self._unsure.add(change.customer)

    def send_rest(self, change: PendingChange) -> None:
        """What is left of a change of which a part was sent goes next."""
        self._queue = {change.customer: change} | self._queue

    def _follow(self, successor: PendingChange, customer: str) -> None:
        """Rotor made the customer one that has a change of its own still to come: the successor goes after that."""
        last = customer
        while following := self._successors.get(last):
            last = following
        self._successors[last] = successor.customer
        self._queue[successor.customer] = replace(successor, succeeds=last)

    def _identify(self, successor: PendingChange, customer: str, keys: Mapping[str, str]) -> None:
        """The successor is about the same customer, whose id is known now; the queue keeps its order."""
        next_one = self._successors.get(successor.customer, "")

        def identified(change: PendingChange) -> PendingChange:
            if change is successor:
                return replace(change, customer=customer, succeeds="", before_keys=keys)
            return replace(change, succeeds=customer) if change.customer == next_one else change

        self._queue = {change.customer: change for change in map(identified, self._queue.values())}
        self._successors[customer] = next_one

    def _take(self, turn: Ready | Blocked) -> Ready | Blocked:
        self._queue.pop(turn.change.customer)
        if isinstance(turn, Ready):
            self._out[turn.change.customer] = turn.change
        return turn

    def _turn(self, change: PendingChange, busy: set[Key], earlier: set[Key]) -> Turn:
        mine = touched(change)
        if mine & busy or (not self._whole_directory and mine & earlier) or self._waits(change.succeeds):
            return "wait"
        lost = self._lost(change, change.succeeds)
        if lost is not None:
            return lost
        if not self._whole_directory and is_planned(change.customer):
            return Ready(change)  # only Rotor knows whose key it is, so Rotor's rule decides
        without = set()
        for name, value in change.taken_keys.items():
            for other in self._others(change, name, value):
                lost = self._lost(change, other)
                if lost is not None:
                    return lost
                rival = self._queue.get(other) or self._late.get(other) or self._last.get(other)
                if rival is not None and rival.keys[name] != value:
                    return "wait"
                without.add(name)
        return Ready(change, frozenset(without) if is_planned(change.customer) else frozenset())

    def _others(self, change: PendingChange, name: str, value: str) -> AbstractSet[str]:
        """Who else holds the key now."""
        return self._key_index.holders(name, value) - {change.customer}

    def _waits(self, customer: str) -> bool:
        return self.find(customer) is not None

    def _lost(self, change: PendingChange, other: str) -> Blocked | Literal["strand"] | None:
        """What happens to a change that needs another one which did not come through; None if that one may still."""
        if other in self._unsure:
            return "strand"
        return Blocked(change, other) if other in self._failed else None

    def _break_the_ring(self) -> Ready:
        """Known customers that swap keys wait for each other. Any may begin, because each is addressed by its id."""
        known = [change for change in self._queue.values() if not is_planned(change.customer)]
        if known:
            return Ready(known[0])
        change = next(iter(self._queue.values()))
        keys = change.taken_keys.items()
        return Ready(change, frozenset(name for name, value in keys if self._others(change, name, value)))


def touched(change: PendingChange) -> set[Key]:
    """The keys that the customer has before or after; two changes that share one keep their order."""
    both = (change.keys, change.before_keys)
    return {(name, keys[name]) for keys in both for name in KEY_FIELDS if keys[name]}
