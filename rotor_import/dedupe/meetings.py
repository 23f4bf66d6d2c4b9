"""What became of rows that one key led to somebody: they were kept apart, or they joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rotor_import.dedupe.lost_keys import Key
from rotor_import.model.rows import Record


@dataclass(frozen=True)
class Apart:
    """A row that must not join the `customer` that its key leads to; '' where all rows with the key are held.

    A `keyless` one lost the key already, and has no other.
    """

    record: Record
    key: Key
    customer: str = ""
    keyless: bool = False


@dataclass(frozen=True)
class Joined:
    """A row that joined a customer by one key; `among` counts the people who it then had."""

    record: Record
    key: Key
    customer: str
    among: int


class Meetings:
    """What became of the rows of one pass, by customer too: one customer's are undone without a look at the others'."""

    def __init__(self) -> None:
        self._apart: list[Apart] = []
        self._apart_from: dict[str, list[int]] = defaultdict(list)
        self._joined: dict[str, list[Joined]] = defaultdict(list)

    @property
    def apart(self) -> Sequence[Apart]:
        return self._apart

    def joined(self) -> Iterator[Joined]:
        return (joined for some in self._joined.values() for joined in some)

    def keep_apart(self, apart: Apart) -> None:
        if apart.customer:
            self._apart_from[apart.customer].append(len(self._apart))
        self._apart.append(apart)

    def join(self, joined: Joined) -> None:
        self._joined[joined.customer].append(joined)

    def apart_from(self, customer: str) -> Sequence[Apart]:
        """The rows that must not join the customer."""
        return [self._apart[at] for at in self._apart_from.get(customer, ())]

    def dissolve(self, customer: str) -> None:
        """Forget the customer: nobody joined it, and who was kept apart from it is held with all others."""
        self._joined.pop(customer, None)
        for at in self._apart_from.pop(customer, ()):
            self._apart[at] = replace(self._apart[at], customer="")
