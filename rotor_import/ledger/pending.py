"""A change in the outbox, and how it is written there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from rotor_import.ledger.codec import fields_from, fields_to
from rotor_import.model.change import FieldChange, Kind, RowRef
from rotor_import.model.row_link import RowKey


@dataclass(frozen=True)
class PendingRow:
    """A row of a pending change; `cells` are the source's own, in the file's order, for the rejects."""

    ref: RowRef
    row_key: RowKey
    cells: tuple[str | None, ...]


@dataclass(frozen=True)
class Pending:
    """A change in the outbox. `unknown` means that a request for it may have been carried out.

    `follows` is a planned customer that this one is in truth: it waits for that one's id. `lookalikes` are
    customers whom Rotor held before and who could be taken for a keyless new one; None where nobody knows.
    """

    customer: str
    feed: str
    run: str
    number: int
    kind: Kind
    unknown: bool
    fields: tuple[FieldChange, ...]
    keys: Mapping[str, str]
    before_keys: Mapping[str, str]
    rows: tuple[PendingRow, ...]
    succeeds: str = ""
    lookalikes: tuple[str, ...] | None = None

    @property
    def keyless(self) -> bool:
        """Rotor could not find it again, so it is never sent twice."""
        return self.customer.startswith("new:") and not any(self.keys.values())

    @property
    def row_keys(self) -> list[RowKey]:
        return [row.row_key for row in self.rows]


def pending_from(row: sa.RowMapping) -> Pending:
    return Pending(
        customer=row["customer"],
        feed=row["feed"],
        run=row["run"],
        number=row["number"],
        kind=row["kind"],
        unknown=row["state"] == "unknown",
        fields=fields_from(row["fields"]),
        keys=row["keys"],
        before_keys=row["before_keys"],
        rows=tuple(rows_from(row["rows"])),
        succeeds=row["succeeds"],
        lookalikes=None if row["lookalikes"] is None else tuple(row["lookalikes"]),
    )


def pending_to(account: int, change: Pending) -> dict[str, Any]:
    return {
        "account": account,
        "customer": change.customer,
        "feed": change.feed,
        "run": change.run,
        "number": change.number,
        "kind": change.kind,
        "state": "unknown" if change.unknown else "pending",
        "fields": fields_to(change.fields),
        "keys": dict(change.keys),
        "before_keys": dict(change.before_keys),
        "rows": rows_to(change.rows),
        "succeeds": change.succeeds,
        "lookalikes": None if change.lookalikes is None else list(change.lookalikes),
    }


def rows_to(rows: Iterable[PendingRow]) -> list[list[Any]]:
    return [[*row.ref, *row.row_key, list(row.cells)] for row in rows]


def rows_from(stored: Iterable[Sequence[Any]]) -> list[PendingRow]:
    return [
        PendingRow((file, row), (natural_key, occurrence), tuple(cells))
        for file, row, natural_key, occurrence, cells in stored
    ]
