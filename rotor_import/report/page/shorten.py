"""Cells as the page shows them: a very long one is cut, and says so."""

from __future__ import annotations

import polars as pl

_LONGEST = 300


def shortened(frame: pl.DataFrame, longest: int = _LONGEST) -> pl.DataFrame:
    """For frames of strings that are shown, never for all rows; blanks are '' then."""
    if frame.is_empty():
        return frame
    # Counted in bytes, which is quick: a cell of few bytes has few characters.
    lengths = frame.select(pl.all().str.len_bytes().max()).row(0, named=True)
    long = [name for name, length in lengths.items() if (length or 0) > longest]
    return frame.with_columns(_cut(name, longest) for name in long).fill_null("")


def _cut(name: str, longest: int) -> pl.Expr:
    text = pl.col(name)
    left = (text.str.len_chars() - longest).cast(pl.String)
    cut = pl.concat_str(text.str.slice(0, longest), pl.lit("… ("), left, pl.lit(" more characters, in the files)"))
    return pl.when(text.str.len_chars() > longest).then(cut).otherwise(text).alias(name)
