"""What each agreement says: how often one person's records agree so, and how often anybody's do (Fellegi and Sunter).

Pairs of people who are not one are of several kinds. A household shares address and last name, a company's people
share the company, everybody else shares what chance gives. A pair is a duplicate as far as one person explains it
better than all of these together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import reduce
from math import log, log2
from operator import add

import polars as pl

from rotor_import.duplicates.evidence import RATED
from rotor_import.duplicates.levels import BLANK, FIELDS, NEAR, SAME, VARIANT

CLASSES = ("person", "moved", "household", "neighbors", "sites", "anybody")
"""What a pair may be."""
ADDRESS = ("number", "street", "extra", "city", "state", "zip")
_BY_ZIP = ("city", "state")
"""What a ZIP code nearly decides, so that a rare value says no more there than a common one."""
_LN2 = log(2)
_TWINS = 0.005
_NAMED_SO = 0.5
"""The same where one of them is called Jr or Sr: people are where somebody else of that name lives."""
"""How many people of one household have one first name: fathers and sons."""
_MOVED = 0.02
_TURNED = -6.0
"""Of how many records, as a power of two, first and last name stand in each other's place."""
_SHIFTED = -5.0


@dataclass
class Weights:
    """Probabilities by level, from `SAME` on: of one person, of anybody, and of anybody with the same ZIP code."""

    person: dict[str, list[float]]
    anybody: dict[str, list[float]]
    nearby: dict[str, list[float]]
    numbers: dict[str, float]
    usual: dict[str, list[float]]
    """Of each rated field and level, how common the rarer of two values is among any two people who agree so."""


def scored(weights: Weights, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with a column for each class: the logarithm of how many such pairs are expected."""
    return weighed(weights, beside_anybody(weights, pairs)).drop(f"{side}:{name}" for name in FIELDS for side in "mu")


def beside_anybody(weights: Weights, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs with what each field says if they are anybody."""
    blank = _blank(pairs)
    return pairs.with_columns(
        (pl.lit(0.0) if name in blank else _of_anybody(weights, name)).alias(f"u:{name}") for name in FIELDS
    )


def weighed(weights: Weights, pairs: pl.DataFrame) -> pl.DataFrame:
    """The same as `scored`, of what `beside_anybody` made."""
    blank = _blank(pairs)
    pairs = pairs.with_columns(
        (pl.lit(0.0) if name in blank else _table(weights.person[name], name)).alias(f"m:{name}") for name in FIELDS
    )
    return pairs.with_columns(**_classes(weights))


def _blank(pairs: pl.DataFrame) -> Collection[str]:
    """The fields in which no pair has anything to compare: they say nothing of anybody."""
    highest = pairs.select(pl.col(FIELDS).max()).row(0, named=True)
    return [name for name, level in highest.items() if level in (None, BLANK)]


def _table(chances: list[float], name: str) -> pl.Expr:
    return pl.lit(pl.Series([0.0, *map(log2, chances)])).gather(pl.col(name))


def _of_anybody(weights: Weights, name: str) -> pl.Expr:
    anywhere, here = weights.anybody[name], weights.nearby[name]
    same_zip = (pl.col("zip") == SAME) if name != "zip" else pl.lit(False)
    by_level = pl.when(same_zip).then(_table(here, name)).otherwise(_table(anywhere, name))
    if name not in RATED:
        return by_level
    rate = pl.col(f"{name}_rate").log(2)
    denser = pl.when(same_zip).then(max(0.0, log2(here[0] / anywhere[0]))).otherwise(0.0)
    exact = (rate + denser).clip(upper_bound=-0.5)
    if name in _BY_ZIP:
        exact = pl.when(same_zip).then(by_level).otherwise(exact)
    usual = _table(weights.usual[name], name)
    rarer = (rate - usual).clip(-3.0, 3.0)
    similar = pl.when(pl.col(name).is_between(VARIANT, NEAR)).then(rarer).otherwise(0.0)
    return pl.when(pl.col(name) == SAME).then(exact).otherwise(by_level + similar)


def _classes(weights: Weights) -> dict[str, pl.Expr]:
    n = {name: log2(number) for name, number in weights.numbers.items()}
    turned = pl.when("turned").then(_TURNED).otherwise(0.0) + pl.when("moved").then(_SHIFTED).otherwise(0.0)
    one_company = pl.col("company").is_between(SAME, NEAR)
    names, keys = ("first", "last", "generation"), ("phone", "email")
    here = _all("m", ADDRESS) + pl.col("m:unit")
    staying = _all("m", names) + _all("m", ("company", *keys))
    moving = staying + _all("u", (*ADDRESS, "unit")) + log2(_MOVED) - pl.when(one_company).then(4.0).otherwise(0.0)
    unnamed = pl.col("generation").is_in([BLANK, SAME])
    twin = pl.when(unnamed).then(_mixed(0.0, "u:first", _TWINS)).otherwise(_mixed(0.0, "u:first", _NAMED_SO))
    twins = pl.when(pl.col("first") == SAME).then(twin).otherwise(pl.col("u:first"))
    address = _all("m", ADDRESS)
    household = (
        twins
        + pl.col("u:generation")
        + _mixed("m:last", "u:last", 0.9)
        + address
        + _mixed("m:unit", "u:unit", 0.9)
        + _mixed("m:company", "u:company", 0.3)
        + _mixed("m:phone", "u:phone", 0.2)
        + _mixed("m:email", "u:email", 0.05)
    )
    neighbors = (
        _all("u", names)
        + address
        + _mixed("m:unit", "u:unit", 0.3)
        + _mixed("m:company", "u:company", 0.3)
        + _mixed("m:phone", "u:phone", 0.1)
        + _mixed("m:email", "u:email", 0.02)
    )
    sites = (
        _sum_of(_all("m", names) + log2(0.3), _all("u", names) + log2(0.7))
        + pl.col("m:company")
        + _all("u", ("number", "street", "extra", "unit"))
        + _sum_of(_all("m", ("city", "state", "zip")) - 1.0, _all("u", ("city", "state", "zip")) - 1.0)
        + _mixed("m:phone", "u:phone", 0.3)
        + _mixed("m:email", "u:email", 0.3)
    )
    return {
        "person": staying + here + turned + n["person"],
        "moved": moving + turned + n["person"],
        "household": household + turned + n["household"],
        "neighbors": neighbors + turned + n["neighbors"],
        "sites": pl.when(one_company).then(sites + turned + n["sites"]).otherwise(-1000.0),
        "anybody": _all("u", FIELDS) + n["anybody"],
    }


def _all(side: str, names: tuple[str, ...]) -> pl.Expr:
    return _added(f"{side}:{name}" for name in names)


def _added(names: Iterable[str]) -> pl.Expr:
    """From left to right: `sum_horizontal` adds as its threads happen to take turns, and the last digits go by that."""
    return reduce(add, map(pl.col, names))


def _mixed(one: str | float, other: str, share: float) -> pl.Expr:
    first = pl.lit(one) if isinstance(one, float) else pl.col(one)
    return _sum_of(first + log2(share), pl.col(other) + log2(1 - share))


def _sum_of(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """The logarithm of the sum of what two logarithms stand for."""
    high, low = pl.max_horizontal(one, other), pl.min_horizontal(one, other)
    return high + ((low - high).clip(lower_bound=-60.0) * _LN2).exp().log1p() / _LN2


def odds() -> pl.Expr:
    """The logarithm of how many times more likely one person is than all else."""
    near = _sum_of(pl.col("household"), pl.col("neighbors"))
    others = _sum_of(near, _sum_of(pl.col("sites"), pl.col("anybody")))
    return _sum_of(pl.col("person"), pl.col("moved")) - others


def posterior(pairs: pl.DataFrame) -> pl.DataFrame:
    """How likely each pair is of each class."""
    most = pl.max_horizontal(CLASSES)
    raised = pairs.select(((pl.col(name) - most) * _LN2).exp().alias(name) for name in CLASSES)
    return raised.select(pl.col(name) / _added(CLASSES) for name in CLASSES)
