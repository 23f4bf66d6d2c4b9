"""Rows of the ledger as frames, a batch at a time, so that there are never as many objects as rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa

_BATCH = 50_000


def framed(rows: sa.CursorResult[Any], columns: Mapping[str, Any]) -> pl.DataFrame:
    """`columns` are the names and types of the query's, in its order."""
    batches = []
    cursor = rows.cursor
    while cursor is not None and (batch := cursor.fetchmany(_BATCH)):
        series = zip(columns.items(), zip(*batch, strict=True), strict=True)
        batches.append(pl.DataFrame([_series(name, kind, cells) for (name, kind), cells in series]))
    return pl.concat(batches) if batches else pl.DataFrame(schema=dict(columns))


def _series(name: str, kind: Any, cells: tuple[Any, ...]) -> pl.Series:
    if kind == pl.Boolean:  # SQLite has numbers for them
        return pl.Series(name, list(map(bool, cells)), dtype=kind)
    return pl.Series(name, cells, dtype=kind)


def text_of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A JSON column as it is written, not taken apart."""
    return sa.cast(sa.type_coerce(column, sa.JSON), sa.Text)
