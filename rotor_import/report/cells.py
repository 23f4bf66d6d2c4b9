"""Cells of the report's tables: every value as text, a blank as null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import polars as pl

from rotor_import.model.fields import Value, one_text


def table(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> pl.DataFrame:
    """A frame of strings in which blank cells are null."""
    cells = list(zip(*rows, strict=True))
    if not cells:
        return _empty(tuple(columns)).clone()
    return pl.DataFrame(
        [
            pl.Series(name, [cell or None for cell in own], dtype=pl.String)
            for name, own in zip(columns, cells, strict=True)
        ]
    )


@lru_cache
def _empty(columns: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def table_of(columns: Sequence[str], lines: Iterable[Mapping[str, str]]) -> pl.DataFrame:
    """A frame of lines that name their cells; the others are null."""
    return table(columns, ([line.get(name) for name in columns] for line in lines))


def text(value: Value | None) -> str:
    """A field's value in one cell."""
    return "" if value is None else one_text(value)


def person(values: Mapping[str, Value]) -> tuple[str, str, str]:
    """What tells people apart: the full name (or the company's), the phone and the email."""
    name = " ".join(str(values[part]) for part in ("first_name", "last_name") if values.get(part))
    return name or str(values.get("company_name", "")), str(values.get("phone", "")), str(values.get("email", ""))
