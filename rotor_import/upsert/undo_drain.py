"""Sends an undo: of a field that can't come back, the customer's other fields do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rotor_import.errors import RecordRefused
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.undo_outbox import UndoOutbox
from rotor_import.model.before_image import TAKEN
from rotor_import.model.fields import STATUS_FIELD
from rotor_import.upsert.drain import Drain
from rotor_import.upsert.schedule import Ready, Schedule


class UndoDrain(Drain):
    """A drain whose outbox is that of an undo."""

    def _possible(self, schedule: Schedule, turn: Ready) -> Ready | None:
        """Nobody gets back a phone or an email that another customer has not given up as it should have."""
        change = turn.change
        taken = {
            name: TAKEN
            for name, key in change.taken_keys.items()
            if any(
                self._keeps(schedule, other, name, key)
                for other in self._key_index.holders(name, key) - {change.customer}
            )
        }
        if not taken:
            return turn
        left = self._without(change, taken)
        if left is None:
            self._give_up(schedule, change, change.ended("held", TAKEN))
            return None
        schedule.replace(left)
        return replace(turn, change=left)

    @staticmethod
    def _keeps(schedule: Schedule, customer: str, name: str, key: str) -> bool:
        """Whether nothing that is still to come takes the key from a customer."""
        pending = schedule.find(customer)
        return pending is None or pending.keys[name] == key

    def _refuse(self, schedule: Schedule, change: PendingChange, error: RecordRefused) -> None:
        """What Rotor refuses is left out, and the rest is sent again.

        A new customer who can't be set inactive keeps its phone and email.
        """
        if any(name == STATUS_FIELD for name, _ in error.problems):
            super()._refuse(schedule, change, error)
            return
        refused = {name: f"Rotor refused it: {words}" for name, words in error.problems}
        left = self._without(change, refused)
        if left is None:
            super()._refuse(schedule, change, error)
        else:
            schedule.once_more(left)

    def _without(self, change: PendingChange, reasons: Mapping[str, str]) -> PendingChange | None:
        """The change without these fields; None if nothing, or all of it, would be left."""
        named = {field.field for field in change.fields} & reasons.keys()
        if not named or len(named) == len(change.fields) or not isinstance(self._outbox, UndoOutbox):
            return None
        return self._outbox.leave_out(change, {name: reasons[name] for name in sorted(named)})
