"""What the replay keeps of each customer, and what it must not touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rotor_import.model.change import HeldField, RowRef
from rotor_import.model.fields import KEY_FIELDS, Value
from rotor_import.model.rows import Record


@dataclass(frozen=True)
class PendingElsewhere:
    """What another feed's pending changes touch: rows that meet it wait."""

    customers: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def meets(self, record: Record, customer: str) -> str:
        """The other feed's name, '' where nothing is in the way."""
        if not self.customers and not self.keys:
            return ""
        touched = [self.keys.get((name, record.key(name)), "") for name in KEY_FIELDS]
        return next(filter(None, [self.customers.get(customer, ""), *touched]), "")


@dataclass
class Member:
    """A customer that rows belong to, as the replay goes."""

    records: list[Record] = field(default_factory=list)
    key_baselines: dict[str, Value] = field(default_factory=dict)
    held_keys: dict[str, HeldField] = field(default_factory=dict)
    suspicious: list[RowRef] = field(default_factory=list)
    succeeds: str = ""
