"""The weights, estimated from the file itself."""

from __future__ import annotations

from dataclasses import replace
from math import exp, isclose, log

import polars as pl

from rotor_import.duplicates.evidence import PEOPLE, RATED, Crowd, evidence
from rotor_import.duplicates.levels import BLANK, FIELDS, LEVELS
from rotor_import.duplicates.priors import ANYBODY, SAME_PERSON
from rotor_import.duplicates.weights import CLASSES, Weights, is_blank, posterior, scored

_SAMPLE = 8_000
_MOST = 20_000
"""Candidates that are weighed in each step; of more, a share that depends on nothing but what they say."""
_STEPS = 10
_CLOSE = 0.01
"""Steps after which no kind of pair has become this much more or less common are the last."""
_PAIRS = 100
"""So many pairs of each kind weigh as they were assumed."""
_LEAST = {"person": 0.005, "household": 0.005, "neighbors": 0.005, "sites": 0.001}
_FIRST = {"person": 0.05, "household": 0.05, "neighbors": 0.05, "sites": 0.02}
"""How many pairs of each kind there are for each person: at least, and as a first guess."""


def estimated(crowd: Crowd, pairs: pl.DataFrame, compared: pl.DataFrame | None = None) -> Weights:
    """`compared` is the evidence of the pairs, if that is known already."""
    hashes, order = crowd.order, crowd.order.arg_sort().cast(pl.UInt32)
    one_in = -(-pairs.height // _MOST)
    mixed = hashes.gather(pairs.get_column("a")) ^ hashes.gather(pairs.get_column("b"))
    some = mixed % one_in == 0
    sample = compared.filter(some) if compared is not None else evidence(crowd, pairs.filter(some))
    near = evidence(crowd, _in_one_zip(crowd, order))
    weights = _first_guess(crowd, evidence(crowd, _at_random(order)))
    for step in range(_STEPS):
        before, weights = weights, _improved(weights, sample, one_in, crowd.traits.height)
        if step % 3 == 0:
            weights = replace(weights, nearby=_nearby(weights, near))
        elif _are_close(before, weights):
            break
    return weights


def _are_close(one: Weights, other: Weights) -> bool:
    return all(isclose(one.numbers[name], other.numbers[name], rel_tol=_CLOSE) for name in one.numbers)


def _first_guess(crowd: Crowd, sample: pl.DataFrame) -> Weights:
    anybody = {name: _shares(sample.get_column(name), ANYBODY[name]) for name in FIELDS}
    people = max(crowd.traits.height, 2 * PEOPLE)
    numbers = {name: share * people for name, share in _FIRST.items()} | {"anybody": people * (people - 1) / 2}
    usual = {name: _usual(sample, name) for name in RATED}
    return Weights({name: list(SAME_PERSON[name]) for name in FIELDS}, anybody, anybody, numbers, usual)


def _improved(weights: Weights, pairs: pl.DataFrame, one_in: int, height: int) -> Weights:
    mine = posterior(scored(weights, pairs))
    each = mine.get_column("person")
    person = {name: _shares(pairs.get_column(name), SAME_PERSON[name], each) for name in FIELDS}
    person["generation"] = list(SAME_PERSON["generation"])
    person["first"] = _wrong_as_often(person["first"], person["last"])
    numbers = {name: float(mine.get_column(name).sum()) * one_in + least * height + 1 for name, least in _LEAST.items()}
    return replace(weights, person=person, numbers=weights.numbers | numbers)


def _nearby(weights: Weights, near: pl.DataFrame) -> dict[str, list[float]]:
    others = posterior(scored(weights, near)).get_column("anybody")
    return {name: _shares(near.get_column(name), tuple(weights.anybody[name]), others) for name in FIELDS}


def _wrong_as_often(first: list[float], last: list[float]) -> list[float]:
    """First names beside which all else agrees may be wrong, or another's of the household: no pair shows which.

    That they are wrong as often as last names are does.
    """
    *agreeing, _ = first
    other = last[-1]
    return [*(chance * (1 - other) / sum(agreeing) for chance in agreeing), other]


def _shares(levels: pl.Series, prior: tuple[float, ...], each: pl.Series | None = None) -> list[float]:
    """How often each level occurs among the pairs where neither side is blank."""
    found = {} if is_blank(levels) else _sums(levels, each)
    total = sum(found.values()) + _PAIRS
    return [(found.get(level, 0.0) + _PAIRS * prior[level - 1]) / total for level in range(1, LEVELS)]


def _sums(levels: pl.Series, each: pl.Series | None) -> dict[int, float]:
    frame = pl.DataFrame([levels.alias("level")]).with_columns(each=1.0 if each is None else each)
    return dict(frame.filter(pl.col("level") != BLANK).group_by("level").agg(pl.col("each").sum()).iter_rows())


def _usual(sample: pl.DataFrame, name: str) -> list[float]:
    """A geometric mean, to which ten pairs of what is assumed of anybody are added."""
    rates = sample.group_by(name).agg(pl.col(f"{name}_rate").log().sum().alias("sum"), pl.len().alias("count"))
    found = {level: (total, count) for level, total, count in rates.iter_rows()}
    assumed = 10 * log(ANYBODY[name][0])
    return [
        exp((found.get(level, (0.0, 0))[0] + assumed) / (found.get(level, (0.0, 0))[1] + 10))
        for level in range(1, LEVELS)
    ]


def _at_random(order: pl.Series) -> pl.DataFrame:
    """Lines beside those that follow them in an order that depends on nothing but what they say."""
    ring = pl.concat([order, order])
    steps = max(1, min(len(order) // 2, _SAMPLE // max(len(order), 1)))
    return _pairs([(order.head(_SAMPLE), ring.slice(step, min(len(order), _SAMPLE))) for step in range(1, steps + 1)])


def _in_one_zip(crowd: Crowd, order: pl.Series) -> pl.DataFrame:
    zips = crowd.traits.codes.get_column("zip").gather(order)
    lines = pl.DataFrame([order.alias("line"), zips.alias("zip")]).drop_nulls()
    lines = lines.filter(pl.len().over("zip") > 1).head(_SAMPLE // 2).sort("zip", maintain_order=True)
    steps = max(1, min(8, _SAMPLE // 2 // max(lines.height, 1)))
    shifted = [lines.select(pl.col("line").shift(-step).over("zip")).to_series() for step in range(1, steps + 1)]
    return _pairs([(lines.get_column("line"), other) for other in shifted])


def _pairs(sides: list[tuple[pl.Series, pl.Series]]) -> pl.DataFrame:
    frames = [pl.DataFrame([one.alias("one"), other.alias("other")]).drop_nulls() for one, other in sides]
    low, high = pl.min_horizontal("one", "other"), pl.max_horizontal("one", "other")
    return pl.concat(frames).filter(pl.col("one") != pl.col("other")).select(a=low, b=high)


__all__ = ["CLASSES", "estimated"]
