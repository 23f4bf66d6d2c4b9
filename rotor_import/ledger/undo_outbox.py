"""The outbox of an undo: what it sends gives rows and baselines back what they were before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from rotor_import.ledger.before_images import Sent
from rotor_import.ledger.outbox import Outbox
from rotor_import.ledger.pending import PendingChange
from rotor_import.ledger.store import Ledger
from rotor_import.ledger.undone import Undone
from rotor_import.model.before_image import EDITED, Fate, FieldImage, UndoneCustomer
from rotor_import.model.fields import KEY_FIELDS, Values
from rotor_import.model.sameness import same
from rotor_import.model.three_way import Baseline

NOT_TAKEN = "Rotor didn't take it back"
NOT_CLEARED = "Rotor doesn't clear this field"


class UndoOutbox(Outbox):
    """`run` is the undo, `runs` are those that it takes back, the newest first."""

    def __init__(self, ledger: Ledger, account: int, run: str, runs: Sequence[str]) -> None:
        super().__init__(ledger, account)
        self._undone = Undone(ledger, account, run, runs)

    def keep(self, change: PendingChange, customer: UndoneCustomer) -> None:
        """Somebody has edited a new customer meanwhile, so it stays as it is."""
        with self._ledger.atomic() as tx:
            self._end(tx, change, change.ended("dropped", EDITED))
            self._undone.save(tx, [replace(customer, number=change.number)])

    def leave_out(self, change: PendingChange, reasons: Mapping[str, str]) -> PendingChange:
        """These fields can't come back, by field and reason; what is left of the change comes back."""
        left = tuple(field for field in change.fields if field.field not in reasons)
        keys = {name: change.before_keys[name] if name in reasons else key for name, key in change.keys.items()}
        revised = replace(change, fields=left, keys=keys)
        with self._ledger.atomic() as tx:
            self._undone.end(tx, change.customer, {name: ("impossible", why) for name, why in reasons.items()})
            self._replace(tx, change, revised)
        return revised

    def _given_up(self, tx: sa.Connection, change: PendingChange, reason: str) -> None:
        """Nothing of it was taken back."""
        self._undone.end(tx, change.customer, {field.field: ("impossible", reason) for field in change.fields})

    def _revised(self, tx: sa.Connection, old: PendingChange, new: PendingChange, left: Values) -> None:
        still = {field.field for field in new.fields}
        self._undone.end(tx, new.customer, dict(_failed(old, left, but=still)))

    def _settle(
        self,
        tx: sa.Connection,
        change: PendingChange,
        id_: str,  # noqa: ARG002 - Rotor may spell it otherwise than the plan does
        baselines: Mapping[str, Baseline],  # noqa: ARG002 - what the runs before had remembered comes back instead
        sent: Sent,
        left: Values,
    ) -> None:
        known = self._undone.end(tx, change.customer, dict(_failed(change, left)))
        done = (field for field in change.fields if sent and field.field in left)
        images = [FieldImage(field.field, field.before, left[field.field]) for field in done]
        self._undone.put_back(tx, known, images)

    def _save_baselines(self, tx: sa.Connection, change: PendingChange, baselines: Mapping[str, Baseline]) -> None:
        """Only what was undone changes what the ledger remembers."""


def _failed(change: PendingChange, left: Values, but: Collection[str] = ()) -> Iterator[tuple[str, tuple[Fate, str]]]:
    """The fields that didn't come back, by what Rotor holds of them now; those that are not in `left` were edited."""
    for field in change.fields:
        name = field.field
        if name in but:
            continue
        if name not in left:
            yield name, ("kept", EDITED)
        elif not same(left[name], field.after) and not (name in KEY_FIELDS and left[name] == change.keys[name]):
            yield name, ("impossible", NOT_TAKEN if field.after else NOT_CLEARED)
