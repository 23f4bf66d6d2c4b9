"""The weights, estimated from the file itself."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.evidence import evidence, with_rates
from rotor_import.duplicates.levels import FIELDS
from rotor_import.duplicates.priors import SAME_PERSON
from rotor_import.duplicates.traits import Traits
from rotor_import.duplicates.weights import Weights, first_weights, scored, shares

_SAMPLE = 100_000
_STEPS = 10
_PAIRS = 100


def estimated(traits: Traits, pairs: pl.DataFrame) -> Weights:
    order = _shuffled(traits)
    weights = first_weights(traits, evidence(traits, _at_random(order)))
    near = with_rates(traits, weights.rates, evidence(traits, _in_one_zip(traits, order)))
    sample = with_rates(traits, weights.rates, pairs)
    for _ in range(_STEPS):
        _improve(weights, scored(weights, sample), scored(weights, near), traits.height)
    return weights


def _shuffled(traits: Traits) -> pl.Series:
    """The lines in an order that depends on nothing but what they say."""
    return traits.codes.select(pl.struct(pl.all()).hash().arg_sort()).to_series().cast(pl.UInt32)


def _at_random(order: pl.Series) -> pl.DataFrame:
    size = len(order)
    steps = max(1, min(size // 2, _SAMPLE // max(size, 1)))
    frames = []
    for step in range(1, steps + 1):
        one = order.head(_SAMPLE)
        other = pl.concat([order, order.head(step)]).slice(step, len(one))
        frames.append(pl.DataFrame({"a": one, "b": other}))
    return pl.concat(frames).filter(pl.col("a") != pl.col("b"))


def _in_one_zip(traits: Traits, order: pl.Series) -> pl.DataFrame:
    lines = pl.DataFrame({"line": order, "zip": traits.codes.get_column("zip").gather(order)}).drop_nulls()
    lines = lines.sort("zip", maintain_order=True).head(_SAMPLE)
    steps = max(1, min(8, _SAMPLE // max(lines.height, 1)))
    frames = [
        lines.with_columns(b=pl.col("line").shift(-step).over("zip")).drop_nulls().select(a="line", b="b")
        for step in range(1, steps + 1)
    ]
    return pl.concat(frames)


def _improve(weights: Weights, pairs: pl.DataFrame, near: pl.DataFrame, people: int) -> None:
    mine = _posterior(pairs)
    each = mine.get_column("person")
    weights.person = {name: shares(pairs.get_column(name), SAME_PERSON[name], _PAIRS, each) for name in FIELDS}
    weights.person["first"] = _wrong_as_often(weights.person["first"], weights.person["last"])
    for name, least in (("person", 0.005), ("household", 0.005), ("sites", 0.001)):
        weights.numbers[name] = mine.get_column(name).sum() + least * people + 1
    other = _posterior(near).get_column("anybody")
    weights.nearby = {
        name: shares(near.get_column(name), tuple(weights.anybody[name]), _PAIRS, other) for name in FIELDS
    }


def _posterior(pairs: pl.DataFrame) -> pl.DataFrame:
    classes = ("person", "household", "sites", "anybody")
    most = pl.max_horizontal(classes)
    raised = pairs.select(((pl.col(name) - most) * 0.6931471805599453).exp().alias(name) for name in classes)
    return raised.select(pl.col(name) / pl.sum_horizontal(classes) for name in classes)


def _wrong_as_often(first: list[float], last: list[float]) -> list[float]:
    """First names beside which all else agrees may be wrong, or another's of the household: no pair shows which.

    That they are wrong as often as last names are does.
    """
    *agreeing, _ = first
    other = max(first[-1], last[-1])
    return [*(chance * (1 - other) / sum(agreeing) for chance in agreeing), other]
