"""Refusals that a firewall or proxy may have made: of one record, or of everything that is sent.

A record is rejected for one only where others come through. After a first success, the refusal is the record's own as
soon as another one succeeds, or once all are tried; before, the record goes last and is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from rotor_import.errors import DoubtfulRefusal
from rotor_import.ledger.pending import PendingChange

Precedent = Callable[[Collection[str]], bool]
"""Whether earlier runs show that refusals of these customers' changes, and of nothing else, are their own."""


@dataclass(frozen=True)
class Doubt:
    change: PendingChange
    error: DoubtfulRefusal
    after_success: bool


class Doubts:
    """The refused changes about which nothing is decided yet, by customer."""

    def __init__(self, precedent: Precedent) -> None:
        self._precedent = precedent
        self._waiting: dict[str, Doubt] = {}
        self._came_through = False

    def add(self, change: PendingChange, error: DoubtfulRefusal) -> None:
        self._waiting[change.customer] = Doubt(change, error, self._came_through)

    def came_through(self) -> list[Doubt]:
        """A change was carried out: these refusals are their records' own."""
        self._came_through = True
        return self.own()

    def own(self) -> list[Doubt]:
        """The refusals that came after a success. They are decided with this."""
        found = [doubt for doubt in self._waiting.values() if doubt.after_success]
        for doubt in found:
            del self._waiting[doubt.change.customer]
        return found

    def decide(self, change: PendingChange) -> Doubt | None:
        """The refusal of a change whose turn has come again, now that all others were tried; None to send it again.

        Raises the refusal itself where nothing came through.
        """
        doubt = self._waiting.get(change.customer)
        if doubt is None:
            return None
        if not self._came_through and not self._precedent(self._waiting.keys()):
            raise doubt.error
        if not self._came_through:  # what holds for all of them must not change with the first
            self._waiting = {id_: Doubt(one.change, one.error, True) for id_, one in self._waiting.items()}
            doubt = self._waiting[change.customer]
        del self._waiting[change.customer]
        return doubt if doubt.after_success else None


def refusal_in_words(error: DoubtfulRefusal) -> str:
    """Why a record is rejected, where others came through."""
    said = "; ".join(f"{field}: {words}" if field else words for field, words in error.problems)
    if said:
        return f"Rotor refused it ({error.status}): {said}"
    return (
        f"a firewall or proxy between this computer and Rotor blocked it ({error.status}) but let others through: "
        "something in this row looks dangerous to it; change that, or ask your network administrator"
    )
