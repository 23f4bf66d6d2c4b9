"""What ties a row to its customer from one import to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

RowKey = tuple[str, int]
"""A row's natural key and occurrence."""

PLANNED = "new:"
"""What the name of a customer begins with who has no id in Rotor yet."""

Fate = Literal["kept", "held", "refused", "skipped"]
"""What the last import made of a row."""


@dataclass(frozen=True)
class Named:
    """A customer that a held row could belong to, with the keys that it had when the run that held the row ended."""

    customer: str
    phone: str
    email: str


@dataclass(frozen=True)
class RowLink:
    """What the ledger keeps of a row.

    `customer` is Rotor's id, `new:…` for a planned customer, '' for a row that was never imported. `digest` is of the
    row as it was last seen; `id`, `phone` and `email` are its cells as they were last applied, so that a changed cell
    counts as changed until it is applied. `seen` orders the feed's rows as they were first seen, from 1; 0 is unknown.
    """

    natural_key: str
    occurrence: int
    customer: str
    digest: str
    id: str = ""
    phone: str = ""
    email: str = ""
    seen: int = 0
    fate: Fate = "kept"
    reason: str = ""
    field: str = ""
    """The field that the reason is about."""
    matching: str = ""
    """The matching policy under which the row was held, as text; under another the row is looked at again."""
    group: str = ""
    """The refused change that the row was part of, or the question about a key that it is held for."""
    named: tuple[Named, ...] = ()
    gone: str = ""
    """The sync whose full file no longer had any row of the customer."""
    decision: str = ""
    """What a person said about the row when it was held; `named` are then the customers that it could belong to."""
    unmoved: tuple[tuple[str, str], ...] = ()
    """Cells of a decided row that were not applied because they are other customers' keys.

    A row that is held for a key has that key here too, by the name in `field`.
    """

    @property
    def row_key(self) -> RowKey:
        return self.natural_key, self.occurrence

    def cell(self, name: str) -> str:
        return {"id": self.id, "phone": self.phone, "email": self.email}[name]

    def asks_the_same(self, cells: Mapping[str, str]) -> bool:
        """Whether a decided row still has the id, phone and email that it had when it was decided."""
        return all(dict(self.unmoved).get(name, self.cell(name)) == value for name, value in cells.items())

    @property
    def named_customers(self) -> tuple[str, ...]:
        return tuple(named.customer for named in self.named)

    @property
    def cells(self) -> tuple[str, str, str]:
        return self.id, self.phone, self.email


def is_planned(customer: str) -> bool:
    """Whether this customer has no id in Rotor yet."""
    return customer.startswith(PLANNED)
