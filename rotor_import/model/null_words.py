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


_USUAL = [word for word in sorted(NULL_WORDS) if word not in _VALUES]


def says_null(cells: pl.Expr) -> pl.Expr:
    """Whether a cell says that it is blank; not where it may as well be a value or somebody's name."""
    return cells.str.to_lowercase().is_in(_USUAL) & ~cells.is_in(_NAMES)
