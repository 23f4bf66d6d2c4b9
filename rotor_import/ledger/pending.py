"""A change in the outbox, and how it is written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

from rotor_import.ledger import schema
from rotor_import.ledger.codec import fields_from, frozen
from rotor_import.model.change import CustomerChange, FieldChange, RowRef
from rotor_import.model.fields import Values
from rotor_import.model.row_link import RowKey, is_planned

_COLUMNS = tuple(column.name for column in schema.outbox.columns)


@dataclass(frozen=True)
class PendingRow:
    """A row of a pending change; `cells` are the source's own, in the file's order, for the rejects."""

    ref: RowRef
    row_key: RowKey
    cells: tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class PendingChange(CustomerChange):
    """A change in the outbox."""

    feed: str
    run: str
    unknown: bool = False
    """Whether a request for it may have been carried out."""
    rows: tuple[PendingRow, ...]
    lookalikes: tuple[str, ...] | None = None
    """Customers that Rotor held before and that could be taken for a keyless new one; None if nobody knows."""
    attempted: tuple[FieldChange, ...] | None = None
    """What an earlier plan may have sent for the same new customer when it was keyless; None where that is `fields`."""

    @classmethod
    def planned(
        cls,
        change: CustomerChange,
        *,
        feed: str,
        run: str,
        unknown: bool,
        rows: tuple[PendingRow, ...],
        lookalikes: tuple[str, ...] | None,
        attempted: tuple[FieldChange, ...] | None = None,
    ) -> Self:
        """A planned change on its way into the outbox."""
        shared = {field.name: getattr(change, field.name) for field in fields(CustomerChange)}
        return cls(**shared, feed=feed, run=run, unknown=unknown, rows=rows, lookalikes=lookalikes, attempted=attempted)

    @property
    def unfindable(self) -> bool:
        """Rotor may have made this new customer and could not find it by a key, so sending it could make another."""
        return self.unknown and is_planned(self.customer) and (self.keyless or self.attempted is not None)

    @property
    def sought(self) -> Values:
        """What Rotor holds of a keyless new customer if a request for it was carried out."""
        return {field.field: field.after for field in (self.fields if self.attempted is None else self.attempted)}

    @property
    def row_keys(self) -> list[RowKey]:
        return [row.row_key for row in self.rows]


def pending_from(row: Sequence[Any]) -> PendingChange:
    columns = dict(zip(_COLUMNS, row, strict=True))
    del columns["account"]
    columns["unknown"] = columns.pop("state") == "unknown"
    columns["fields"] = fields_from(columns["fields"])
    columns["rows"] = rows_from(columns["rows"])
    columns["lookalikes"] = frozen(columns["lookalikes"])
    columns["attempted"] = None if columns["attempted"] is None else fields_from(columns["attempted"])
    return PendingChange(**columns)


def pending_to(account: int, change: PendingChange) -> dict[str, Any]:
    columns = {name: value for name, value in vars(change).items() if name != "unknown"}
    return columns | {"account": account, "state": "unknown" if change.unknown else "pending"}


def rows_from(stored: Sequence[Any]) -> tuple[PendingRow, ...]:
    return tuple(PendingRow(*frozen(row)) for row in stored)
