"""A change in the outbox, and how it is written there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.codec import fields_from, frozen
from rotor_import.model.change import CustomerChange, RowRef
from rotor_import.model.row_link import RowKey

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
    ) -> Self:
        """A planned change on its way into the outbox."""
        shared = {field.name: getattr(change, field.name) for field in fields(CustomerChange)}
        return cls(**shared, feed=feed, run=run, unknown=unknown, rows=rows, lookalikes=lookalikes)

    @property
    def row_keys(self) -> list[RowKey]:
        return [row.row_key for row in self.rows]


def pending_from(row: sa.Row[Any]) -> PendingChange:
    columns = dict(zip(_COLUMNS, row, strict=True))
    del columns["account"]
    columns["unknown"] = columns.pop("state") == "unknown"
    columns["fields"] = fields_from(columns["fields"])
    columns["rows"] = rows_from(columns["rows"])
    columns["lookalikes"] = frozen(columns["lookalikes"])
    return PendingChange(**columns)


def pending_to(account: int, change: PendingChange) -> dict[str, Any]:
    columns = {name: value for name, value in vars(change).items() if name != "unknown"}
    return columns | {"account": account, "state": "unknown" if change.unknown else "pending"}


def rows_from(stored: Sequence[Any]) -> tuple[PendingRow, ...]:
    return tuple(PendingRow(*frozen(row)) for row in stored)
