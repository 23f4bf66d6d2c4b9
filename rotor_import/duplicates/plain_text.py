"""Columns of text without case, accents and punctuation, as `people.spelling` knows it for one text."""

from __future__ import annotations

import polars as pl

_LONGEST = 200
"""Signs of a text that are looked at."""
_LETTERS = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}  # noqa: RUF001
_APOSTROPHES = "['’‘ʼʻ`´]"  # noqa: RUF001 - people type all of these


def plain_texts(column: pl.Expr) -> pl.Expr:
    """Small letters, words separated by single spaces; null where nothing is left."""
    low = column.str.slice(0, _LONGEST).str.to_lowercase().str.normalize("NFKD").str.replace_all(_APOSTROPHES, "")
    low = low.str.replace_all("[\u0300-\u036f]+", "").str.replace_many(_LETTERS)
    return blank_to_null(low.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.strip_chars(" "))


def blank_to_null(column: pl.Expr) -> pl.Expr:
    return pl.when(column != "").then(column)


def spaceless(column: pl.Expr) -> pl.Expr:
    return column.str.replace_all(" ", "", literal=True)
