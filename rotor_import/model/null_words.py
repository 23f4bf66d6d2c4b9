"""The words with which exports say that a cell is blank; as an ID, a phone or an email they are nobody's."""

from __future__ import annotations

import polars as pl

NULL_WORDS = frozenset(
    (
        *("n/a", "#n/a", "n.a.", "na", "nan", "not applicable", "not available", "not provided"),
        *("null", "(null)", "<null>", "\\n", "nil", "none", "(none)", "undefined", "blank", "(blank)"),
        *("unknown", "tbd", "0", "0.0", "-", "--", "---", "\u2013", "\u2014", ".", "?", "??", "???"),
    )
)
"""In lower case. `00`, `100` and `-1` are none of them: an ID may look like that."""


def is_null_word(text: str) -> bool:
    return text.strip().lower() in NULL_WORDS


def without_null_words(cells: pl.Expr) -> pl.Expr:
    """Cells, stripped already, in which a null word is null."""
    return pl.when(~cells.str.to_lowercase().is_in(sorted(NULL_WORDS))).then(cells)


_VALUES = ("0", "0.0", ".")
"""Null words for an ID, a phone or an email, which may be values elsewhere."""
_NAMES = ("Na", "Nan", "Nil")
"""Spellings of null words that are people's names too."""


def null_words_in(cells: pl.Series) -> dict[str, int]:
    """The null words among a column's cells as the file spells them, each with its count, most common first."""
    usual = pl.Series([word for word in NULL_WORDS if word not in _VALUES])
    # Null words are short, and most cells need no lower case to see that they are longer.
    short = cells.filter(cells.str.len_bytes() <= int(usual.str.len_bytes().max()))  # type: ignore[arg-type]  # a length
    found = short.filter(short.str.to_lowercase().is_in(usual.implode()) & ~short.is_in(_NAMES))
    counts = found.value_counts(sort=True)
    return dict(counts.iter_rows())
