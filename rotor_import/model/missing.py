"""Customers of a feed that its full file no longer names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rotor_import.model.change import Change


@dataclass(frozen=True)
class Missing:
    """A customer that is missing from a full file.

    `new` is False if it was missing from the file before, too. `change` is what the absence means for the customer,
    None where it is only reported; `done` says it in words.
    """

    customer: str
    row_keys: tuple[tuple[str, int], ...]
    source_keys: tuple[str, ...]
    new: bool
    change: Change | None
    done: str
