"""Rows of the ledger as frames, a batch at a time, so that there are never as many objects as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa

_BATCH = 50_000


def framed(rows: sa.CursorResult[Any], columns: Mapping[str, Any]) -> pl.DataFrame:
    """`columns` are the names and types of the query's, in its order."""
    found = list(batches(rows, columns))
    return pl.concat(found) if found else pl.DataFrame(schema=dict(columns))


def batches(rows: sa.CursorResult[Any], columns: Mapping[str, Any]) -> Iterator[pl.DataFrame]:
    """As `framed`, so many rows at a time."""
    cursor = rows.cursor
    while cursor is not None and (batch := cursor.fetchmany(_BATCH)):
        series = zip(columns.items(), zip(*batch, strict=True), strict=True)
        yield pl.DataFrame([_series(name, kind, cells) for (name, kind), cells in series])


def _series(name: str, kind: Any, cells: tuple[Any, ...]) -> pl.Series:
    if kind == pl.Boolean:  # SQLite has numbers for them
        return pl.Series(name, list(map(bool, cells)), dtype=kind)
    return pl.Series(name, cells, dtype=kind)


def text_of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A JSON column as it is written, not taken apart."""
    return sa.cast(sa.type_coerce(column, sa.JSON), sa.Text)
