"""All links of a feed as a frame, of which those that are looked at one by one are made as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
}
"""Columns of the links of rows that came through, of which there is nothing more to say; '' is blank."""

SCHEMA = KEPT | {
    "fate": pl.String,
    "gone": pl.String,
    "decision": pl.String,
    "pending": pl.Boolean,
}


@dataclass(frozen=True)
class RowLinks:
    """`frame` has at least the columns of `SCHEMA`, as in RowLink; `pending` where there is a link to go back to."""

    frame: pl.DataFrame
    make: Callable[[Mapping[str, Any]], LinkUpdate]

    @classmethod
    def of(cls, updates: Sequence[LinkUpdate]) -> RowLinks:
        rows = [
            (*one.link.row_key, one.link.customer, one.link.digest, *one.link.cells, *_state(one)) for one in updates
        ]
        frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("at")
        return cls(frame, lambda row: updates[row["at"]])

    def __bool__(self) -> bool:
        return not self.frame.is_empty()

    def where(self, condition: pl.Expr) -> list[LinkUpdate]:
        return [self.make(row) for row in self.frame.filter(condition).iter_rows(named=True)]

    def customers(self) -> pl.Series:
        """Each once."""
        return self.frame.get_column("customer").unique()


def _state(update: LinkUpdate) -> tuple[str, str, str, bool]:
    return update.link.fate, update.link.gone, update.link.decision, update.prior is not None
