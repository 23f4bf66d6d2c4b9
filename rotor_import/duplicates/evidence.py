"""What is compared of each pair: the level of each field, and how common the values are."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.levels import SAME, levels_of
from rotor_import.duplicates.traits import Traits

_RATED = {name: name for name in ("first", "last", "company", "number", "street", "extra", "city", "zip", "phone")} | {
    "email": "local"
}


def evidence(traits: Traits, pairs: pl.DataFrame) -> pl.DataFrame:
    """Lines and levels, and for each rated field `<field>_count`."""
    return pl.concat([pairs, levels_of(traits, pairs)], how="horizontal")


def with_rates(traits: Traits, rates: dict[str, pl.Series], pairs: pl.DataFrame) -> pl.DataFrame:
    """`<field>_rate`: how common the value is that both have, or the rarer one of two."""
    columns = []
    for name, trait in _RATED.items():
        codes = traits.codes.get_column(trait)
        one, other = (rates[name].gather(codes.gather(pairs.get_column(side))) for side in ("a", "b"))
        both = pl.DataFrame([one.alias("one"), other.alias("other"), pairs.get_column(name).alias("level")])
        columns.append(
            both.select(
                pl.when(pl.col("level") == SAME)
                .then(pl.max_horizontal("one", "other"))
                .otherwise(pl.min_horizontal("one", "other"))
                .fill_null(1.0)
                .alias(f"{name}_rate")
            ).to_series()
        )
    return pairs.hstack(columns)
