"""Works out which keys a customer shall have once a row has joined it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from rotor_import.dedupe.match import CONFLICT
from rotor_import.model.change import Hold
from rotor_import.model.customer import Directory
from rotor_import.model.field_decisions import FieldDecisions
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.key_index import KeyIndex
from rotor_import.model.policy import Policy
from rotor_import.model.row_link import is_planned
from rotor_import.model.rows import Record
from rotor_import.model.three_way import BaselineOf, Verdict, decide


class KeyMoves:
    """The keys that rows give to customers, over the `key_index` of a replay."""

    def __init__(
        self, directory: Directory, key_index: KeyIndex, policy: Policy, baseline: BaselineOf, decisions: FieldDecisions
    ) -> None:
        self._directory = directory
        self._key_index = key_index
        self._policy = policy
        self._baseline = baseline
        self._decisions = decisions

    def after(self, customer: str, cells: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Verdict]]:
        """The keys of these cells that the customer shall have, and the verdict on each cell."""
        moves: dict[str, str] = {}
        verdicts: dict[str, Verdict] = {}
        for name in KEY_FIELDS:
            if value := cells.get(name):
                moves[name], verdicts[name] = self._decided(customer, name, value)
        return moves, verdicts

    def _decided(self, customer: str, name: str, value: str) -> tuple[str, Verdict]:
        """The key that the customer shall have, and the verdict on the file's."""
        held = self.held(customer, name)
        verdict = decide(
            value,
            held,
            self._baseline(customer, name),
            write=self._policy.write_of(name),
            on_both=self._policy.on_both,
        )
        match verdict:
            case Verdict.SEND | Verdict.EQUAL:
                return value, verdict
            case Verdict.LEAVE:
                return self._stored(customer, name), verdict
            case Verdict.HOLD:
                return self._decided_by_a_person(customer, name, value, held or "")
            case unhandled:
                assert_never(unhandled)

    def _decided_by_a_person(self, customer: str, name: str, value: str, held: str) -> tuple[str, Verdict]:
        match self._decisions.word(customer, name, value, held):
            case "file":
                return value, Verdict.SEND
            case "rotor":
                return self._stored(customer, name), Verdict.EQUAL  # remembered, so that it is not asked again
            case None:
                return self._stored(customer, name), Verdict.HOLD
            case unhandled:
                assert_never(unhandled)

    def held(self, customer: str, name: str) -> str | None:
        """What Rotor holds of a key, None where that is not known."""
        known = self._directory.customers.get(customer)
        if known is not None:
            return known.key(name)
        return "" if is_planned(customer) else None

    def _stored(self, customer: str, name: str) -> str:
        known = self._directory.customers.get(customer)
        return (known.keys[name] if known else "") or self._key_index.key(customer, name)

    def conflict(self, record: Record, customer: str, moves: Mapping[str, str]) -> Hold | None:
        """A hold where others have a key that the customer shall have, and a person has to say whose it is."""
        rivals = self._key_index.rivals(customer, moves.items())
        if not rivals or not self._policy.matching.holds_conflicts:
            return None
        name = next(iter(moves))
        return Hold(record, CONFLICT.format(mine="row", theirs=name), (customer, *sorted(rivals)), name)

    def lose_a_key(self, customer: str, moves: Mapping[str, str]) -> bool:
        """Without the whole directory a record must carry every key of its rows, or be sent before them."""
        if self._directory.complete or not is_planned(customer):
            return False
        return any(self._key_index.key(customer, name) not in ("", value) for name, value in moves.items())
