"""People as columns that can be compared: each name, address, phone and email in plain form, and as a code."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rotor_import.duplicates.addresses import address_traits
from rotor_import.duplicates.contacts import local_parts, phone_digits
from rotor_import.duplicates.names import company_trait, name_traits

_PARTS = ("street1", "street2", "city", "state", "zip")


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
    """Of columns of text; the billing address counts only where there is no property address."""
    home = people.select(
        pl.when(pl.col("property_street1").is_null() & pl.col("billing_street1").is_not_null())
        .then(f"billing_{part}")
        .otherwise(f"property_{part}")
        .alias(part)
        for part in _PARTS
    )
    names = name_traits(people["first_name"], people["last_name"])
    columns = [
        *names,
        company_trait(people["company_name"]),
        *address_traits(home),
        phone_digits(people["phone"]).alias("phone"),
        local_parts(people["email"], *names[:2]).alias("local"),
    ]
    codes, values, counts = [], {}, {}
    for column in columns:
        distinct = column.drop_nulls().unique().sort()
        code = column.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32) if len(distinct) else _blank(column)
        codes.append(code)
        values[column.name], counts[column.name] = distinct, _counts(code, len(distinct))
    return Traits(pl.DataFrame(codes), values, counts)


def _blank(column: pl.Series) -> pl.Series:
    return pl.Series(column.name, [None], dtype=pl.UInt32).new_from_index(0, len(column))


def _counts(codes: pl.Series, size: int) -> pl.Series:
    found = codes.drop_nulls().value_counts()
    return pl.zeros(size, dtype=pl.UInt32, eager=True).scatter(found.to_series(0), found.get_column("count"))
