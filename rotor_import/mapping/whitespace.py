"""Cells without white space at their ends, and the columns that have none as they come."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

_SPACE = " \t\r\n\v\f\u00a0\u200b\ufeff"


def stripped(text: pl.Expr, more: str = "") -> pl.Expr:
    """Without white space and the signs of `more` at its ends; blank is null."""
    clean = text.str.strip_chars(_SPACE + more)
    return pl.when(clean != "").then(clean)


def stripped_columns(frame: pl.DataFrame, names: Iterable[str]) -> frozenset[str]:
    """Those of a source's columns that `stripped` would leave as they are.

    A source's cells have no white space at their ends: what is left are signs without a width, which are not ASCII.
    """
    asked = list(dict.fromkeys(names))
    foreign = frame.select(pl.col(name).str.len_bytes() != pl.col(name).str.len_chars() for name in asked)
    return frozenset(name for name in asked if _is_stripped(frame.get_column(name).filter(foreign.get_column(name))))


def _is_stripped(cells: pl.Series) -> bool:
    return bool((cells.str.strip_chars(_SPACE) == cells).all())
