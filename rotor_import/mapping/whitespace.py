"""Strips the white space at the ends of cells, and finds the columns that have none to strip."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

_SPACE = " \t\r\n\v\f\u00a0\u200b\ufeff"


def stripped(text: pl.Expr, more: str = "") -> pl.Expr:
    """The text without white space, and without the characters in `more`, at its ends; blank is null."""
    clean = text.str.strip_chars(_SPACE + more)
    return pl.when(clean != "").then(clean)


def stripped_columns(frame: pl.DataFrame, names: Iterable[str]) -> frozenset[str]:
    """The columns of a source that `stripped` would leave as they are.

    Reading a source strips its cells already, except for characters without a width. These are not ASCII, so only
    cells with other than ASCII characters are looked at.
    """
    unique = list(dict.fromkeys(names))
    has_other = frame.select(pl.col(name).str.len_bytes() != pl.col(name).str.len_chars() for name in unique)
    return frozenset(name for name in unique if _is_stripped(frame.get_column(name).filter(has_other.get_column(name))))


def _is_stripped(cells: pl.Series) -> bool:
    return cells.is_empty() or bool((cells.str.strip_chars(_SPACE) == cells).all())
