"""Finds the words with which a file says that a cell is blank, such as NULL; the reader makes errors blank."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from rotor_import.model.null_words import NULL_WORDS

_NEVER = frozenset({"0", "0.0"})
"""These are numbers, too."""
_DOUBTFUL = frozenset({"na", "nan", "nil", "none", "unknown", "blank", "null", ".", "?", "tbd"})
"""Somebody's name, or a true answer: only if they stand in several columns or in several rows of one."""
_WORDS = NULL_WORDS - _NEVER
_OFTEN = 2


def null_cells(frame: pl.DataFrame) -> dict[str, list[str]]:
    """Each word as the file writes it, with the columns in which it stands."""
    columns: dict[str, list[str]] = defaultdict(list)
    rows: dict[str, int] = defaultdict(int)
    for name in frame.columns:
        cells = frame.get_column(name).drop_nulls()
        found = cells.filter(cells.str.strip_chars().str.to_lowercase().is_in(sorted(_WORDS)))
        for word, count in found.value_counts().iter_rows():
            columns[word].append(name)
            rows[word] += count
    return {
        word: names
        for word, names in columns.items()
        if word.strip().lower() not in _DOUBTFUL or max(len(names), rows[word]) >= _OFTEN
    }


def without_null_cells(frame: pl.DataFrame, words: dict[str, list[str]]) -> pl.DataFrame:
    if not words:
        return frame
    return frame.with_columns(
        pl.when(~pl.col(name).is_in(sorted(words))).then(pl.col(name)).alias(name) for name in frame.columns
    )
