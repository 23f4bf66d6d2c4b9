"""The weights, estimated from the file itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from math import exp, isclose, log

import polars as pl

from rotor_import.duplicates.evidence import PEOPLE, RATED, Crowd, evidence
from rotor_import.duplicates.levels import FIELDS, LEVELS
from rotor_import.duplicates.priors import ANYBODY, SAME_PERSON
from rotor_import.duplicates.weights import CLASSES, Weights, beside_anybody, posterior, scored, weighed

_SAMPLE = 8_000
_MOST = 20_000
"""Candidates that are weighed in each step; of more, a share that depends on nothing but what they say."""
CHUNK = 500_000
"""Pairs that are compared at a time, so that memory stays bounded."""
_STEPS = 10
_CLOSE = 0.01
"""Steps after which no kind of pair has become this much more or less common are the last."""
_PAIRS = 100
"""So many pairs of each kind weigh as they were assumed."""
_LEAST = {"person": 0.005, "household": 0.005, "neighbors": 0.005, "sites": 0.001}
_FIRST = {"person": 0.05, "household": 0.05, "neighbors": 0.05, "sites": 0.02}
"""How many pairs of each kind there are for each person: at least, and as a first guess."""
_UNIT = 1 << 32
"""So many parts of one are added up: whole numbers come to the same in any order, floats to other last digits."""


def estimated(crowd: Crowd, pairs: pl.DataFrame) -> tuple[Weights, pl.DataFrame | None]:
    """The weights, and the evidence of all pairs if they are no more than `CHUNK`."""
    hashes, order = crowd.order, _sorted(crowd.order)
    one_in = -(-pairs.height // _MOST)
    mixed = hashes.gather(pairs.get_column("a")) ^ hashes.gather(pairs.get_column("b"))
    some, few = mixed % one_in == 0, pairs.height <= CHUNK
    looked_at = pairs if few else pairs.filter(some)
    found, near, random = _compared(crowd, looked_at, _in_one_zip(crowd, order), _at_random(order))
    sample = found.filter(some) if few else found
    weights = _first_guess(crowd, random)
    known = beside_anybody(weights, sample)
    for step in range(_STEPS):
        before, weights = weights, _improved(weights, known, one_in, crowd.traits.height)
        if step % 3 == 0:
            weights = replace(weights, nearby=_nearby(weights, near))
            known = beside_anybody(weights, sample)
        elif _are_close(before, weights):
            break
    return weights, found if few else None


def _sorted(hashes: pl.Series) -> pl.Series:
    """The lines in this order; of those that say the same, the people's before Rotor's."""
    by_hash = pl.arg_sort_by("hash", maintain_order=True)
    return hashes.to_frame("hash").select(by_hash.cast(pl.UInt32)).to_series()


def _compared(crowd: Crowd, *some: pl.DataFrame) -> list[pl.DataFrame]:
    """The evidence of several frames of pairs, all at once: much of its time does not depend on how many they are."""
    found = evidence(crowd, pl.concat([pairs.select(pl.col("a", "b").cast(pl.UInt32)) for pairs in some]))
    ends = list(accumulate(pairs.height for pairs in some))
    return [found[end - pairs.height : end] for pairs, end in zip(some, ends, strict=True)]


def _are_close(one: Weights, other: Weights) -> bool:
    return all(isclose(one.numbers[name], other.numbers[name], rel_tol=_CLOSE) for name in one.numbers)


def _first_guess(crowd: Crowd, sample: pl.DataFrame) -> Weights:
    anybody = _shares(sample, ANYBODY, pl.Series([1.0]).new_from_index(0, sample.height))
    people = max(crowd.traits.height, 2 * PEOPLE)
    numbers = {name: share * people for name, share in _FIRST.items()} | {"anybody": people * (people - 1) / 2}
    usual = {name: _usual(sample, name) for name in RATED}
    return Weights({name: list(SAME_PERSON[name]) for name in FIELDS}, anybody, anybody, numbers, usual)


def _improved(weights: Weights, pairs: pl.DataFrame, one_in: int, height: int) -> Weights:
    """`pairs` are beside anybody already."""
    mine = posterior(weighed(weights, pairs))
    each = mine.get_column("person")
    person = _shares(pairs, SAME_PERSON, each)
    person["generation"] = list(SAME_PERSON["generation"])
    person["first"] = _wrong_as_often(person["first"], person["last"])
    sums = {name: int(_in_units(mine.get_column(name)).sum()) / _UNIT for name in _LEAST}
    numbers = {name: sums[name] * one_in + least * height + 1 for name, least in _LEAST.items()}
    return replace(weights, person=person, numbers=weights.numbers | numbers)


def _nearby(weights: Weights, near: pl.DataFrame) -> dict[str, list[float]]:
    others = posterior(scored(weights, near)).get_column("anybody")
    return _shares(near, weights.anybody, others)


def _wrong_as_often(first: list[float], last: list[float]) -> list[float]:
    """First names beside which all else agrees may be wrong, or another's of the household: no pair shows which.

    That they are wrong as often as last names are does.
    """
    *agreeing, _ = first
    other = last[-1]
    return [*(chance * (1 - other) / sum(agreeing) for chance in agreeing), other]


def _shares(pairs: pl.DataFrame, priors: Mapping[str, Sequence[float]], each: pl.Series) -> dict[str, list[float]]:
    """How often each level of each field occurs among the pairs where neither side is blank.

    `each` is what a pair counts.
    """
    units = _in_units(each)
    sums = pairs.select(
        pl.lit(units).filter(pl.col(name) == level).sum().alias(f"{name} {level}")
        for name in FIELDS
        for level in range(1, LEVELS)
    ).row(0, named=True)
    found = {name: [sums[f"{name} {level}"] / _UNIT for level in range(1, LEVELS)] for name in FIELDS}
    return {
        name: [
            (count + _PAIRS * prior) / (sum(found[name]) + _PAIRS)
            for count, prior in zip(found[name], priors[name], strict=True)
        ]
        for name in FIELDS
    }


def _in_units(numbers: pl.Series) -> pl.Series:
    return (numbers * _UNIT).round().cast(pl.Int64)


def _usual(sample: pl.DataFrame, name: str) -> list[float]:
    """A geometric mean, to which ten pairs of what is assumed of anybody are added."""
    logs = sample.select(name, log=_in_units(sample.get_column(f"{name}_rate").log()))
    rates = logs.group_by(name).agg(pl.col("log").sum(), count=pl.len())
    found = {level: (total / _UNIT, count) for level, total, count in rates.iter_rows()}
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
