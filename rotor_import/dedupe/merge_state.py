"""What the replay keeps of each customer while rows join it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rotor_import.model.change import HeldField
from rotor_import.model.fields import Value
from rotor_import.model.rows import Record


@dataclass
class Member:
    """A customer that rows belong to."""

    records: list[Record] = field(default_factory=list)
    key_baselines: dict[str, Value] = field(default_factory=dict)
    held_keys: dict[str, HeldField] = field(default_factory=dict)
    succeeds: str = ""
    """The planned customer whose further rows this one takes."""
