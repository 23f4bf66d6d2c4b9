"""Customers whose rows touch nobody else's: the mass of an import, as frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rotor_import.model.fields import FIELDS, KEY_FIELDS, TAGS_FIELD

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Plain:
    """Groups of rows that are one customer each, decided without a replay.

    `rows`: a line a row, in the import's order: `group` (UInt32, equal for the rows of one customer), `first`
    (whether it is the customer's first), and the columns of the import's rows. `groups`: a line a customer, by its
    first row: `group`, `number` (UInt32, from 1, among all customers of the import; null until it is numbered),
    `customer` (Rotor's id, `new:…` for a new one), `known` (whether Rotor holds the customer, who then has all of it
    already), `file` and `row` of its first row, `rank`, and the folded record: `phone`, `email` and the mapped
    fields, blank null. `lost`: a line a value that the merge lost, as LostValue: `group`, `file`, `row`, `field`,
    `lost`, `kept`.
    """

    rows: pl.DataFrame
    groups: pl.DataFrame
    lost: pl.DataFrame

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The record's fields that the import fills, keys among them, in the order of FIELDS."""
        return tuple(name for name in FIELDS if name in self.groups.columns)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(name for name in self.fields if name not in (*KEY_FIELDS, TAGS_FIELD))
