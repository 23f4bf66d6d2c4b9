"""Phones and emails wherever a person has them: as keys, in second columns, in notes."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.plain_text import blank_to_null

_ROLES = (
    "info office admin sales contact mail email hello billing accounts accounting service services support noreply "
    "none na test"
)
"""What stands before the @ where it names nobody."""
_LONG_NAME = 4
"""Letters of a last name that is no accident in an email."""
_SHORTEST, _LONGEST = 7, 10
"""Digits of a phone: fewer are an extension, more begin with a country's code."""


def phone_digits(phones: pl.Series) -> pl.Series:
    digits = phones.str.replace_all("[^0-9]+", "").str.slice(-_LONGEST)
    return digits.set(digits.str.len_chars() < _SHORTEST, None)


def local_parts(emails: pl.Series, first: pl.Series, last: pl.Series) -> pl.Series:
    """The name before the @, unless it says no more than the person's own name, or names an office."""
    local = emails.str.to_lowercase().str.extract("^ *([^@+]+)").str.replace_all("[^a-z0-9]+", "")
    frame = pl.DataFrame([blank_to_null(local).alias("local"), first.alias("first"), last.alias("last")])
    given, family = (pl.col(name).str.replace_all(" ", "", literal=True) for name in ("first", "last"))
    own = [
        given,
        family,
        given + family,
        family + given,
        given.str.slice(0, 1) + family,
        given + family.str.slice(0, 1),
    ]
    named = pl.any_horizontal((pl.col("local") == name).fill_null(value=False) for name in own)
    of_family = pl.col("local").str.contains(family, literal=True) & ~pl.col("local").str.contains("[0-9]")
    named = named | (of_family & (family.str.len_chars() >= _LONG_NAME)).fill_null(value=False)
    return frame.select(pl.when(~named & ~pl.col("local").is_in(_ROLES.split())).then("local")).to_series()


def contacts(own: pl.Series, others: pl.Series | None, kind: str) -> pl.DataFrame:
    """`line` and `value`: every phone or email of every person, once."""
    lines = pl.DataFrame([own.alias("value")]).with_row_index("line")
    if others is not None:
        more = pl.DataFrame([others.alias("value")]).with_row_index("line").explode("value")
        lines = pl.concat([lines, more.select("line", pl.col("value").cast(pl.String))])
    values = lines["value"]
    plain = phone_digits(values) if kind == "phone" else blank_to_null(values.str.to_lowercase().str.strip_chars())
    return lines.with_columns(plain.alias("value")).drop_nulls().unique()


def shared(found: pl.DataFrame, own: int, largest: int) -> pl.DataFrame:
    """Pairs of people who share a value, the smaller line first, with how many people have it (`holders`).

    What more than `largest` people have is a placeholder, or an office's, and joins nobody.
    """
    members = found.with_columns(holders=pl.len().over("value")).filter(pl.col("holders").is_between(2, largest))
    mine = members.lazy().filter(pl.col("line") < own)
    pairs = mine.join(members.lazy().select("value", "line"), on="value").filter(pl.col("line") < pl.col("line_right"))
    return pairs.group_by(a=pl.col("line"), b=pl.col("line_right")).agg(pl.col("holders").min()).collect()
