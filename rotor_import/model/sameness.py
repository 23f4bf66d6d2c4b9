"""When two values of a field count as the same: each rule for values and, right below it, for polars columns."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import Value

_WHITE_SPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Named one by one, since Python and polars disagree about what else is white space."""


def same(value: Value, other: Value) -> bool:
    """Whether two values differ in nothing but the white space around a text and the kind of its line ends."""
    if isinstance(value, tuple) or isinstance(other, tuple):
        return value == other
    return value == other or _bare_text(value) == _bare_text(other)  # mostly they are equal at once


def same_texts(column: pl.Expr, other: pl.Expr) -> pl.Expr:
    """`same` for columns of texts; null where either is null."""
    return bare_texts(column) == bare_texts(other)


def _bare_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip(_WHITE_SPACE)


def bare_texts(column: pl.Expr) -> pl.Expr:
    """A column of texts in a form that is equal for texts that are the same."""
    return column.str.replace_all("\r\n", "\n", literal=True).str.strip_chars(_WHITE_SPACE)


def lacking_tags(tags: Value, held: Value) -> tuple[str, ...]:
    """Those of the tags that `held` lacks: Rotor adds tags and never removes one, so no others would change it."""
    return tuple(tag for tag in tags if tag not in held)


def lacks_no_tags(tags: pl.Expr, held: pl.Expr) -> pl.Expr:
    """For columns of tags, whether `lacking_tags` is empty; a null `held` has no tags, and null stays null."""
    lacking = tags.list.set_difference(held.fill_null(pl.lit([], dtype=pl.List(pl.String))))
    return lacking.list.len() == 0
