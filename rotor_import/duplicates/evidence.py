"""What is compared of each pair: the level of each field, and how common the values are."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from rotor_import.duplicates.levels import FIELDS, SAME, levels_of
from rotor_import.duplicates.priors import ANYBODY
from rotor_import.duplicates.traits import Traits

RATED = {
    **{name: name for name in ("first", "last", "company", "number", "street", "extra", "city", "zip", "phone")},
    "email": "local",
}
"""Fields of which a rare value says more than a common one, and the traits that tell how rare."""
PEOPLE = 500
"""So many unseen people weigh in each frequency: in a file of two, nobody's name is common or rare."""
_SPARE = 1 << 16
"""Room that is left to add such numbers up in."""
_INITIAL = 0.05
"""How many names an initial stands for: a rare one says no more."""


@dataclass(frozen=True)
class Crowd:
    """Everybody who is compared: `rates` tells how common each value is, `shared` who has a phone or email of whom."""

    traits: Traits
    shared: dict[str, pl.DataFrame]
    rates: dict[str, pl.Series]
    order: pl.Series
    """A number for each line that depends on nothing but what the line says."""


def crowd_of(traits: Traits, found: dict[str, pl.DataFrame], shared: dict[str, pl.DataFrame]) -> Crowd:
    """`found` are the phones and emails of each line, `shared` those who have them in common."""
    order = traits.codes.select(pl.struct(pl.all()).hash() // _SPARE).to_series()
    for contacts in found.values():
        sums = contacts.group_by("line").agg((pl.col("value").hash() // _SPARE).sum().alias("sum"))
        order = order.scatter(sums["line"], order.gather(sums["line"]) + sums["sum"])
    return Crowd(traits, shared, {name: _rates(traits, trait, name) for name, trait in RATED.items()}, order)


def _rates(traits: Traits, trait: str, name: str) -> pl.Series:
    """How likely anybody has each value; a phone that only two people have is no accident."""
    counts = traits.counts[trait]
    total = counts.sum()
    if name == "phone":
        counts = (counts.cast(pl.Int64) - 2).clip(lower_bound=0)
    rates = (counts + PEOPLE * ANYBODY[name][0]) / (total + PEOPLE)
    return rates.set(traits.values[trait].str.len_chars() == 1, _INITIAL) if name in ("first", "last") else rates


def evidence(crowd: Crowd, pairs: pl.DataFrame) -> pl.DataFrame:
    """Lines and levels, and for each rated field `<field>_rate`: how common what both have is, or the rarer of two."""
    compared = pairs.hstack(levels_of(crowd.traits, pairs))
    compared = compared.with_columns(_rate(crowd, name) for name in RATED)
    for kind, shared in crowd.shared.items():
        if shared.is_empty():
            continue
        rate = (pl.col("holders") - 2 + PEOPLE * ANYBODY[kind][0]) / (crowd.traits.height + PEOPLE)
        compared = (
            compared.join(shared, on=["a", "b"], how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("holders").is_not_null()).then(SAME).otherwise(kind).cast(pl.UInt8).alias(kind),
                pl.coalesce(rate, f"{kind}_rate").alias(f"{kind}_rate"),
            )
            .drop("holders")
        )
    return compared


def _rate(crowd: Crowd, name: str) -> pl.Expr:
    codes, rates = pl.lit(crowd.traits.codes.get_column(RATED[name])), crowd.rates[name]
    if rates.is_empty():
        return pl.lit(1.0).alias(f"{name}_rate")
    one, other = (pl.lit(rates).gather(codes.gather(pl.col(side))) for side in ("a", "b"))
    common = pl.when(pl.col(name) == SAME).then(pl.max_horizontal(one, other))
    return common.otherwise(pl.min_horizontal(one, other)).fill_null(1.0).alias(f"{name}_rate")


__all__ = ["FIELDS", "PEOPLE", "RATED", "Crowd", "crowd_of", "evidence"]
