"""People as columns that can be compared: each name, address, phone and email in plain form, and as a code."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rotor_import.duplicates.addresses import ADDRESS_TRAITS, address_traits
from rotor_import.duplicates.names import NAME_TRAITS, company_traits, name_traits
from rotor_import.duplicates.plain_text import blank_to_null

KEY_TRAITS = ("phone", "email", "local")
TRAITS = (*NAME_TRAITS, "company", *ADDRESS_TRAITS, *KEY_TRAITS)


@dataclass(frozen=True)
class Traits:
    """`codes` has a line for each person: equal codes are equal values, null is blank.

    `values` holds each trait's distinct values in the order of their codes, `counts` how many people have each.
    """

    codes: pl.DataFrame
    values: dict[str, pl.Series]
    counts: dict[str, pl.Series]

    @property
    def height(self) -> int:
        return self.codes.height


def traits_of(people: pl.DataFrame) -> Traits:
    texts = people.lazy().select(
        *name_traits(pl.col("first_name"), pl.col("last_name")),
        company_traits(pl.col("company_name")),
        *address_traits("property"),
        *_key_traits(),
    )
    frame = texts.collect()
    codes, values, counts = [], {}, {}
    for name in TRAITS:
        column = frame.get_column(name)
        values[name] = column.drop_nulls().unique().sort()
        code = column.cast(pl.Enum(values[name])).to_physical().cast(pl.UInt32)
        codes.append(code)
        counts[name] = _counts(code, len(values[name]))
    return Traits(pl.DataFrame(codes), values, counts)


def _counts(codes: pl.Series, size: int) -> pl.Series:
    found = codes.drop_nulls().value_counts()
    return pl.zeros(size, dtype=pl.UInt32, eager=True).scatter(found.to_series(0), found.get_column("count"))


def _key_traits() -> list[pl.Expr]:
    email = pl.col("email").str.to_lowercase().str.strip_chars()
    return [
        blank_to_null(pl.col("phone").str.replace_all("[^0-9]+", "")).alias("phone"),
        blank_to_null(email).alias("email"),
        blank_to_null(email.str.extract("^([^@+]+)").str.replace_all("[^a-z0-9]+", "")).alias("local"),
    ]
