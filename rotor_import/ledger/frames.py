"""Rows of the ledger as frames, made a batch at a time, so that a million rows never are a million objects at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
import sqlalchemy as sa

_BATCH = 50_000


def framed(rows: sa.CursorResult[Any], columns: Mapping[str, Any]) -> pl.DataFrame:
    """All rows of a query's result. `columns` are the names and types of its columns, in their order."""
    frames = list(batches(rows, columns))
    return pl.concat(frames) if frames else pl.DataFrame(schema=dict(columns))


def batches(rows: sa.CursorResult[Any], columns: Mapping[str, Any]) -> Iterator[pl.DataFrame]:
    """The same in several frames, each of at most `_BATCH` rows."""
    cursor = rows.cursor
    while cursor is not None and (batch := cursor.fetchmany(_BATCH)):
        series = zip(columns.items(), zip(*batch, strict=True), strict=True)
        yield pl.DataFrame([_series(name, kind, cells) for (name, kind), cells in series])


def _series(name: str, kind: Any, cells: tuple[Any, ...]) -> pl.Series:
    if kind == pl.Boolean:  # SQLite stores them as numbers
        return pl.Series(name, list(map(bool, cells)), dtype=kind)
    return pl.Series(name, cells, dtype=kind)


def text_of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A JSON column as the text that is stored, not parsed."""
    return sa.cast(sa.type_coerce(column, sa.JSON), sa.Text)
