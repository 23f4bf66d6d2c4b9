"""What became of rows that one key led to somebody: they were kept apart, or they joined."""

from __future__ import annotations

from dataclasses import dataclass

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
