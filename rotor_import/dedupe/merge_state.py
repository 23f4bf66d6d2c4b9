"""What the replay keeps of each customer while rows join it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from rotor_import.model.change import HeldField
from rotor_import.model.fields import Value
from rotor_import.model.rows import Record
from rotor_import.model.three_way import Verdict


@dataclass
class Member:
    """A customer that rows belong to."""

    records: list[Record] = field(default_factory=list)
    key_baselines: dict[str, Value] = field(default_factory=dict)
    held_keys: dict[str, HeldField] = field(default_factory=dict)
    succeeds: str = ""
    """The planned customer whose further rows this one takes."""

    def add(self, record: Record, customer: str, verdicts: Mapping[str, Verdict], held: Mapping[str, str]) -> list[str]:
        """Take in a row and what was decided about its keys: the names of those that are not applied.

        `held` are the keys that Rotor has in their place.
        """
        self.records.append(record)
        unapplied: list[str] = []
        for name, verdict in verdicts.items():
            value = record.key(name)
            self.key_baselines.pop(name, None)
            self.held_keys.pop(name, None)
            match verdict:
                case Verdict.SEND | Verdict.EQUAL:
                    self.key_baselines[name] = value
                case Verdict.HOLD:
                    self.held_keys[name] = HeldField(customer, record.ref, name, value, held.get(name, ""))
                    unapplied.append(name)
                case Verdict.LEAVE:
                    pass
                case unhandled:
                    assert_never(unhandled)
        return unapplied
