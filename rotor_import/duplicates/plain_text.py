"""Columns of text without case, accents and punctuation, as `people.spelling` knows it for one text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import polars as pl

_LONGEST = 200
"""Signs of a text that are looked at."""
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}  # noqa: RUF001
_APOSTROPHES = "['’‘ʼʻ`´]"  # noqa: RUF001 - people type all of these


def plain_texts(column: pl.Series) -> pl.Series:
    """Small letters, words separated by single spaces; null where nothing is left."""
    low = column.str.slice(0, _LONGEST).str.to_lowercase()
    if (low.str.len_bytes() == low.str.len_chars()).all():
        low = low.str.replace_all("'", "", literal=True).str.replace_all("[^0-9a-z]+", " ")
    else:
        low = low.str.normalize("NFKD").str.replace_all(_APOSTROPHES, "").str.replace_all("[\u0300-\u036f]+", "")
        low = low.to_frame("text").select(pl.col("text").str.replace_many(_LETTERS)).to_series()
        low = low.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ")
    return blank_to_null(low.str.strip_chars(" "))


def blank_to_null(column: pl.Series) -> pl.Series:
    return column.set(column == "", None)


def spaceless(column: pl.Series) -> pl.Series:
    return column.str.replace_all(" ", "", literal=True)


@cache
def _of_no_value(change: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    return change(pl.Series(dtype=pl.String))


def by_value(column: pl.Series, change: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """What `change` makes of each distinct value, for every line: people share names and streets."""
    values = column.drop_nulls().unique()
    if values.is_empty():
        return _of_no_value(change).clear(len(column))
    return change(values)[column.cast(pl.Enum(values)).to_physical()]
