"""How far two people agree, trait by trait, in levels: the same, nearly the same, something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler

from rotor_import.duplicates.traits import Traits
from rotor_import.people.nicknames import are_two_names, is_nickname

BLANK, SAME, VARIANT, NEAR, AKIN, OTHER = range(6)
"""`VARIANT` is another way to say the same: a nickname, an initial, a part of a double name; `NEAR` is a typo away."""
LEVELS = 6
FIELDS = (
    *("first", "last", "generation", "company", "number", "street", "extra", "unit", "city", "state", "zip"),
    *("phone", "email"),
)


def levels_of(traits: Traits, pairs: pl.DataFrame) -> pl.DataFrame:
    """A line for each pair with the level of each field, `<field>_a` and `<field>_b` their codes.

    `turned` marks pairs whose names agree better if one has first and last name in each other's place; `moved` the
    same of the two lines of a street.
    """
    one, other = (traits.codes[pairs.get_column(side)] for side in ("a", "b"))
    names, turned = _names(traits, one, other)
    streets, moved = _streets(traits, one, other)
    found = {
        "generation": _generations(one["generation"], other["generation"]),
        "company": _compared(traits, one, other, "company", _company),
        "number": _compared(traits, one, other, "number", _number),
        "unit": _plain_levels(one, other, "unit"),
        "city": _compared(traits, one, other, "city", _spelled),
        "state": _plain_levels(one, other, "state"),
        "zip": _compared(traits, one, other, "zip", _number),
        "phone": _compared(traits, one, other, "phone", _number),
        "email": _compared(traits, one, other, "local", _local),
    }
    return pl.DataFrame(
        [
            *(series.alias(name) for name, series in {**names, **streets, **found}.items()),
            turned.alias("turned"),
            moved.alias("moved"),
        ]
    ).select(*FIELDS, "turned", "moved")


Comparer = Callable[[str, str], int]


def _compared(traits: Traits, one: pl.DataFrame, other: pl.DataFrame, name: str, compare: Comparer) -> pl.Series:
    values = traits.values[name]
    return compared(values, values, one.get_column(name), other.get_column(name), compare)


def compared(
    values: pl.Series, other_values: pl.Series, one: pl.Series, other: pl.Series, compare: Comparer
) -> pl.Series:
    """Each distinct pair of values that differ is compared once."""
    frame = pl.DataFrame([one.alias("one"), other.alias("other")])
    if values is not other_values:
        frame = frame.with_columns(same=values.gather(one) == other_values.gather(other))
    else:
        frame = frame.with_columns(same=pl.col("one") == pl.col("other"))
    result = frame.select(pl.when("same").then(SAME).when(pl.col("same").is_null()).then(BLANK)).to_series()
    at = frame.select((~pl.col("same")).fill_null(value=False).arg_true()).to_series()
    if at.is_empty():
        return result.cast(pl.UInt8).fill_null(BLANK)
    differing = frame[at].select("one", "other")
    distinct = differing.unique()
    texts = values.gather(distinct.get_column("one")), other_values.gather(distinct.get_column("other"))
    found = distinct.with_columns(level=pl.Series(list(map(compare, *texts)), dtype=pl.UInt8))
    levels = differing.join(found, on=["one", "other"], how="left", maintain_order="left").get_column("level")
    return result.fill_null(BLANK).cast(pl.UInt8).scatter(at, levels)


def _plain_levels(one: pl.DataFrame, other: pl.DataFrame, name: str) -> pl.Series:
    same = one.get_column(name) == other.get_column(name)
    return same.replace_strict({True: SAME, False: OTHER}, default=BLANK, return_dtype=pl.UInt8)


def _generations(one: pl.Series, other: pl.Series) -> pl.Series:
    """That only one of two is called Jr says something, too."""
    sides = pl.DataFrame([one.alias("one"), other.alias("other")])
    level = pl.when(pl.col("one") == pl.col("other")).then(SAME).when(pl.col("one") != pl.col("other")).then(OTHER)
    alone = pl.when(pl.col("one").is_null() & pl.col("other").is_null()).then(BLANK).otherwise(AKIN)
    return sides.select(level.otherwise(alone).cast(pl.UInt8)).to_series()


def _names(traits: Traits, one: pl.DataFrame, other: pl.DataFrame) -> tuple[dict[str, pl.Series], pl.Series]:
    straight = {
        "first": _compared(traits, one, other, "first", _first),
        "last": _compared(traits, one, other, "last", _last),
    }
    firsts, lasts = traits.values["first"], traits.values["last"]
    crossed = {
        "first": compared(firsts, lasts, one["first"], other["last"], _crossed),
        "last": compared(lasts, firsts, one["last"], other["first"], _crossed),
    }
    return _better(straight, crossed)


def _streets(traits: Traits, one: pl.DataFrame, other: pl.DataFrame) -> tuple[dict[str, pl.Series], pl.Series]:
    streets, extras = traits.values["street"], traits.values["extra"]
    straight = {
        "street": _compared(traits, one, other, "street", _line),
        "extra": _compared(traits, one, other, "extra", _line),
    }
    crossed = {
        "street": compared(streets, extras, one["street"], other["extra"], _line),
        "extra": compared(extras, streets, one["extra"], other["street"], _line),
    }
    return _better(straight, crossed)


_WORTH = pl.Series([0, 4, 3, 3, 1, -2])


def _better(
    straight: dict[str, pl.Series], crossed: dict[str, pl.Series]
) -> tuple[dict[str, pl.Series], pl.Series]:
    """Either both as they stand or both crossed; as they stand unless crossing agrees clearly better."""
    worth = [sum((_WORTH.gather(side) for side in way.values()), start=pl.Series([0])) for way in (straight, crossed)]
    turned = worth[1] > worth[0] + 1
    return {name: crossed[name].zip_with(turned, straight[name]) for name in straight}, turned


def _typo(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    most = 2 if shorter >= 7 else 1 if shorter >= 4 else 0
    return OSA.distance(one, other, score_cutoff=most) <= most if most else False


def _spelled(one: str, other: str) -> int:
    if _typo(one, other):
        return NEAR
    return AKIN if JaroWinkler.similarity(one, other, score_cutoff=0.85) else OTHER


def _first(one: str, other: str) -> int:
    ones, others = one.split(" "), other.split(" ")
    if one.replace(" ", "") == other.replace(" ", ""):
        return SAME
    if _is_initial(ones, others) or _is_initial(others, ones) or is_nickname(ones[0], others[0]):
        return VARIANT
    shorter, longer = sorted((ones, others), key=len)
    if len(shorter) < len(longer) and shorter == longer[: len(shorter)]:
        return VARIANT
    if are_two_names(ones[0], others[0]):
        return OTHER
    return _spelled(one, other)


def _is_initial(ones: Sequence[str], others: Sequence[str]) -> bool:
    return len(ones[0]) == 1 and others[0].startswith(ones[0]) and (len(ones) == 1 or len(others) == 1)


def _last(one: str, other: str) -> int:
    ones, others = one.split(" "), other.split(" ")
    if one.replace(" ", "") == other.replace(" ", ""):
        return SAME
    if not set(ones).isdisjoint(others) or _is_initial(ones, others) or _is_initial(others, ones):
        return VARIANT
    return _spelled(one, other)


def _crossed(one: str, other: str) -> int:
    if one.replace(" ", "") == other.replace(" ", ""):
        return SAME
    return NEAR if _typo(one, other) else OTHER


def _company(one: str, other: str) -> int:
    if one.replace(" ", "") == other.replace(" ", ""):
        return SAME
    ones, others = one.split(" "), other.split(" ")
    shorter, longer = sorted((ones, others), key=len)
    if longer[: len(shorter)] == shorter:
        return VARIANT
    return _spelled(one, other)


def _number(one: str, other: str) -> int:
    return NEAR if OSA.distance(one, other, score_cutoff=1) <= 1 and max(len(one), len(other)) > 1 else OTHER


def _line(one: str, other: str) -> int:
    found = OSA.normalized_similarity(one, other, score_cutoff=0.6)
    if found >= 0.85:
        return NEAR
    if one.startswith(other) or other.startswith(one):
        return VARIANT
    return AKIN if found else OTHER


def _local(one: str, other: str) -> int:
    return NEAR if min(len(one), len(other)) >= 6 and OSA.distance(one, other, score_cutoff=1) <= 1 else OTHER
