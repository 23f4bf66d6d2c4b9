"""Which pending change may be sent next, so that keys are free when they are taken.

There is no graph: a change may be sent when nobody else holds its keys in the present picture of Rotor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from rotor_import.ledger.pending import Pending
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.row_link import is_planned

Key = tuple[str, str]


@dataclass(frozen=True)
class Ready:
    """`without` are keys that another keeps: the customer is created without them and gets them by id."""

    change: Pending
    without: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Blocked:
    """What it waits for has failed: the change will not be sent."""

    change: Pending
    by: str


Turn = Ready | Blocked | Literal["wait", "strand"]


@dataclass
class Holders:
    """Who holds which key in Rotor at this moment, in normal form."""

    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    of: dict[Key, set[str]] = field(default_factory=dict)

    def put(self, customer: str, keys: Mapping[str, str]) -> None:
        for key in self.keys.get(customer, {}).items():
            self.of.get(key, set()).discard(customer)
        self.keys[customer] = dict(keys)
        for key in keys.items():
            if key[1]:
                self.of.setdefault(key, set()).add(customer)

    def others(self, key: Key, customer: str) -> set[str]:
        return self.of.get(key, set()) - {customer}


class Schedule:
    """The pending changes in order, and which of them are out with a worker."""

    def __init__(self, changes: Iterable[Pending], holders: Holders, *, whole_directory: bool) -> None:
        self._queue: dict[str, Pending] = {change.customer: change for change in changes}
        self._successors = {change.succeeds: change.customer for change in self._queue.values() if change.succeeds}
        self._late: dict[str, Pending] = {}
        self._out: dict[str, Pending] = {}
        self._failed: set[str] = set()
        self._second_chance: set[str] = set()
        self._unsure: set[str] = set()
        self._holders = holders
        self._whole_directory = whole_directory

    def __bool__(self) -> bool:
        return bool(self._queue or self._late or self._out)

    def next(self) -> Ready | Blocked | None:
        """The first change that may go now; None where all have to wait for those that are out, or none is left."""
        while (turn := self._first()) == "strand":
            pass
        if not isinstance(turn, str):
            return turn
        if self._out:
            return None
        if self._late:
            # Those that wait may wait for just these, so they come before any ring is broken.
            self._second_chance |= set(self._late)
            self._queue, self._late = self._queue | self._late, {}
            return self.next()
        return self._take(self._break_the_ring()) if self._queue else None

    def _first(self) -> Turn:
        """The first turn of the queue that is not to wait; one that is stranded leaves it."""
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

    def done(self, change: Pending, customer: str, keys: Mapping[str, str]) -> None:
        """Rotor acknowledged: the customer has these keys now."""
        self._out.pop(change.customer, None)
        self._holders.put(customer, keys)
        successor = self._queue.get(self._successors.get(change.customer, ""))
        if successor is not None and customer not in self._queue:
            self._hand_on(successor, customer, keys)

    def failed(self, change: Pending) -> None:
        """Refused or held: whoever waits for its keys waits in vain."""
        self._out.pop(change.customer, None)
        self._failed.add(change.customer)

    def again(self, change: Pending) -> None:
        """A passing failure: it goes last, once; after that it stays in the outbox, and all that wait for it."""
        self._out.pop(change.customer, None)
        if change.customer in self._second_chance:
            self._unsure.add(change.customer)
        else:
            self._late[change.customer] = change

    def leave(self, change: Pending) -> None:
        """It stays in the outbox: nobody knows whether it was carried out, and it cannot be sent again."""
        self._out.pop(change.customer, None)
        self._unsure.add(change.customer)

    def succeed(self, change: Pending) -> None:
        """What is left of a change that was sent in part."""
        self._queue = {change.customer: change} | self._queue

    def _hand_on(self, successor: Pending, customer: str, keys: Mapping[str, str]) -> None:
        """What follows is about the same customer, whose id is known now; the queue keeps its order."""
        after = self._successors.get(successor.customer, "")

        def known(one: Pending) -> Pending:
            if one is successor:
                return replace(one, customer=customer, succeeds="", before_keys=keys)
            return replace(one, succeeds=customer) if one.customer == after else one

        self._queue = {one.customer: one for one in map(known, self._queue.values())}
        self._successors[customer] = after

    def _take(self, turn: Ready | Blocked) -> Ready | Blocked:
        self._queue.pop(turn.change.customer)
        if isinstance(turn, Ready):
            self._out[turn.change.customer] = turn.change
        return turn

    def _turn(self, change: Pending, busy: set[Key], earlier: set[Key]) -> Turn:
        mine = touched(change)
        if mine & busy or (not self._whole_directory and mine & earlier) or self._waits(change.succeeds):
            return "wait"
        lost = self._lost(change, change.succeeds)
        if lost is not None:
            return lost
        if not self._whole_directory and is_planned(change.customer):
            return Ready(change)  # whose it is only Rotor knows, so Rotor's rule decides
        without = set()
        for name, value in taken(change).items():
            for other in self._holders.others((name, value), change.customer):
                lost = self._lost(change, other)
                if lost is not None:
                    return lost
                rival = self._queue.get(other) or self._late.get(other)
                if rival is not None and rival.keys[name] != value:
                    return "wait"
                without.add(name)
        return Ready(change, frozenset(without) if is_planned(change.customer) else frozenset())

    def _waits(self, customer: str) -> bool:
        return any(customer in waiting for waiting in (self._queue, self._late, self._out))

    def _lost(self, change: Pending, other: str) -> Blocked | Literal["strand"] | None:
        """What becomes of a change that needs another which did not come through."""
        if other in self._failed:
            return Blocked(change, other)
        return "strand" if other in self._unsure else None

    def _break_the_ring(self) -> Ready:
        """Known customers that swap keys wait for each other: any may begin, for each goes by its id."""
        known = [change for change in self._queue.values() if not is_planned(change.customer)]
        if known:
            return Ready(known[0])
        change = next(iter(self._queue.values()))
        mine = taken(change).items()
        return Ready(change, frozenset(key[0] for key in mine if self._holders.others(key, change.customer)))


def taken(change: Pending) -> dict[str, str]:
    """The keys that the change gives its customer."""
    return {
        name: change.keys[name]
        for name in KEY_FIELDS
        if change.keys[name] and change.keys[name] != change.before_keys[name]
    }


def touched(change: Pending) -> set[Key]:
    """Keys that the customer has before or after: two changes that share one keep their order."""
    both = (change.keys, change.before_keys)
    return {(name, keys[name]) for keys in both for name in KEY_FIELDS if keys[name]}
