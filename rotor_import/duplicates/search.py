"""The search: block, compare, weigh, rank."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.block_parts import block_parts
from rotor_import.duplicates.blocks import candidates
from rotor_import.duplicates.estimate import estimated
from rotor_import.duplicates.evidence import evidence, with_rates
from rotor_import.duplicates.traits import traits_of
from rotor_import.duplicates.weights import odds, scored

_COLUMNS = (
    *("first_name", "last_name", "company_name", "phone", "email"),
    *(f"{kind}_{part}" for kind in ("property", "billing") for part in ("street1", "street2", "city", "state", "zip")),
)


def find_duplicates(people: pl.DataFrame, rotor: pl.DataFrame | None = None) -> pl.DataFrame:
    everybody = people if rotor is None else pl.concat([people, rotor], how="diagonal")
    lines = everybody.select(
        *((pl.col(name) if name in everybody.columns else pl.lit(None, pl.String)).alias(name) for name in _COLUMNS)
    )
    traits = traits_of(lines)
    pairs = candidates(block_parts(traits), people.height).pairs
    compared = evidence(traits, pairs)
    weights = estimated(traits, compared)
    found = scored(weights, with_rates(traits, weights.rates, compared))
    weight = odds(found)
    ids = everybody.get_column("id")
    return (
        pairs.select(ids.gather(pl.col("a")).alias("a") if False else pl.col("a"), "b")
        .with_columns(ids.gather(pairs.get_column("a")).alias("a"), ids.gather(pairs.get_column("b")).alias("b"))
        .with_columns(weight.alias("weight"), (1 / (1 + (-weight * 0.6931471805599453).exp())).alias("score"))
        .sort("weight", "a", "b", descending=[True, False, False])
    )
