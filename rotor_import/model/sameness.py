"""When two values of a field count as the same: each rule for values and, right below it, for polars columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

import polars as pl

from rotor_import.model.fields import ACTIVE, KEY_FIELDS, STATUS_FIELD, Value

NormalForm = Callable[[str, str], str]
"""The normal form of a phone or an email, by the field's name; the text itself if it has none."""

_FORM: Literal["NFC"] = "NFC"
_WHITE_SPACE = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""Named one by one, since Python and polars disagree about what else is white space."""


def same(value: Value, other: Value) -> bool:
    """Whether two values differ in nothing but the white space around a text, its line ends and its Unicode form.

    An accented letter may be one character, or a letter and a combining mark: both forms are the same text.
    """
    if isinstance(value, tuple) or isinstance(other, tuple):
        return value == other or _composed_tags(value) == _composed_tags(other)
    return value == other or _bare_text(value) == _bare_text(other)  # mostly they are equal at once


def same_field(name: str, value: Value, other: Value, normal: NormalForm) -> bool:
    """`same` for a field of a customer: keys in normal form, no status as an active one, tags in any order."""
    if name in KEY_FIELDS and value and other:
        value, other = normal(name, str(value)), normal(name, str(other))
    elif name == STATUS_FIELD:
        value, other = value or ACTIVE, other or ACTIVE
    elif isinstance(value, tuple) and isinstance(other, tuple):
        value, other = tuple(sorted(value)), tuple(sorted(other))
    return same(value, other)


def same_texts(column: pl.Series, other: pl.Series) -> pl.Series:
    """`same` for columns of texts; null where either is null."""
    bare = pl.DataFrame([column.alias("one"), other.alias("other")]).select(bare_texts(pl.all()))
    alike = bare.select(pl.col("one") == pl.col("other")).to_series()
    doubtful = (~alike).fill_null(value=False).arg_true()
    if doubtful.is_empty():
        return alike
    # Hardly any text has more than one form, and bringing all of them into one takes longer than all the rest.
    foreign = bare[doubtful].select(pl.any_horizontal(_is_foreign(pl.all()))).to_series()
    at = doubtful.filter(foreign)
    return alike.scatter(
        at, bare[at].select(composed_texts(pl.col("one")) == composed_texts(pl.col("other"))).to_series()
    )


def _bare_text(text: str) -> str:
    return composed(text.replace("\r\n", "\n").strip(_WHITE_SPACE))


def composed(text: str) -> str:
    """The text in Unicode form C: a letter with its accents is one character, where there is one."""
    return unicodedata.normalize(_FORM, text)


def composed_texts(column: pl.Expr) -> pl.Expr:
    """`composed` for columns of texts."""
    return column.str.normalize(_FORM)


def bare_texts(column: pl.Expr) -> pl.Expr:
    """A column of texts in a form that is equal for texts that are the same; those of a file are composed already."""
    return column.str.replace_all("\r\n", "\n", literal=True).str.strip_chars(_WHITE_SPACE)


def _is_foreign(column: pl.Expr) -> pl.Expr:
    """Whether a text has more than ASCII letters, of which each has but one form."""
    return column.str.len_bytes() != column.str.len_chars()


def lacking_tags(tags: Value, held: Value) -> tuple[str, ...]:
    """Those of the tags that `held` lacks: Rotor adds tags and never removes one, so no others would change it."""
    if all(tag in held for tag in tags):  # mostly they are all there as they are
        return ()
    has = _composed_tags(held)
    return tuple(tag for tag in tags if composed(tag) not in has)


def _composed_tags(tags: Value) -> tuple[str, ...]:
    return tuple(composed(tag) for tag in tags)


def lacks_no_tags(tags: pl.Series, held: pl.Series) -> pl.Series:
    """For columns of tags, whether `lacking_tags` is empty; a null `held` has no tags, and null stays null."""
    both = pl.DataFrame([tags.alias("tags"), held.alias("held")])
    both = both.with_columns(pl.col("held").fill_null(pl.lit([], dtype=pl.List(pl.String))))
    none = both.select(_has_all_tags("tags", "held")).to_series()
    doubtful = (~none).fill_null(value=False).arg_true()
    foreign = both[doubtful].select(pl.any_horizontal(_is_foreign(pl.all().list.join("")))).to_series()
    at = doubtful.filter(foreign)
    forms = both[at].with_columns(pl.all().list.eval(composed_texts(pl.element())))
    return none.scatter(at, forms.select(_has_all_tags("tags", "held")).to_series())


def _has_all_tags(tags: str, held: str) -> pl.Expr:
    return pl.col(tags).list.set_difference(pl.col(held)).list.len() == 0
