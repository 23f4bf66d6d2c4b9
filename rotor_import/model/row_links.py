"""All row links of a feed as a frame; links are made of its lines one by one, as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from rotor_import.model.change import LinkUpdate

KEPT = {
    "natural_key": pl.String,
    "occurrence": pl.Int64,
    "customer": pl.String,
    "digest": pl.String,
    "cell_id": pl.String,
    "cell_phone": pl.String,
    "cell_email": pl.String,
    "seen": pl.Int64,
}
"""Columns of the links of rows that were imported without a hold or a decision; '' is blank."""

SCHEMA = KEPT | {
    "fate": pl.String,
    "gone": pl.String,
    "decision": pl.String,
    "pending": pl.Boolean,
}


@dataclass(frozen=True)
class RowLinks:
    """The links, in at least the columns of `SCHEMA`, as in RowLink; a link is `pending` if it has a prior one."""

    frame: pl.DataFrame
    make: Callable[[Mapping[str, Any]], LinkUpdate]

    @classmethod
    def of(cls, updates: Sequence[LinkUpdate]) -> RowLinks:
        rows = [_line(update) for update in updates]
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("at")
        return cls(frame, lambda row: updates[row["at"]])

    def __bool__(self) -> bool:
        return not self.frame.is_empty()

    def where(self, condition: pl.Expr) -> list[LinkUpdate]:
        return [self.make(row) for row in self.frame.filter(condition).iter_rows(named=True)]

    @cached_property
    def last_seen(self) -> int:
        """The order of the row that was first seen last, 0 where there is none."""
        return int(self.frame.select(pl.col("seen").max().fill_null(0)).item())

    def customers(self) -> pl.Series:
        """The customers of all links, each once."""
        return self.frame.get_column("customer").unique()


def _line(update: LinkUpdate) -> tuple[object, ...]:
    link = update.link
    pending = update.prior is not None
    kept = (*link.row_key, link.customer, link.digest, *link.cells, link.seen)
    return *kept, link.fate, link.gone, link.decision, pending
