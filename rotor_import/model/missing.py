"""Customers of a feed whom its full file names no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rotor_import.model.change import Change


@dataclass(frozen=True)
class Missing:
    """`new` is False where the file before this one did not have the customer either.

    `change` is what the absence means for the customer, None where it is only reported; `done` says it in words.
    """

    customer: str
    row_keys: tuple[tuple[str, int], ...]
    source_keys: tuple[str, ...]
    new: bool
    change: Change | None
    done: str
