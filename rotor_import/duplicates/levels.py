"""How far two people agree, trait by trait, in levels: the same, nearly the same, something else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler

from rotor_import.duplicates.side_by_side import side_by_side
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
    columns = side_by_side(lambda compare: compare(traits, one, other), _COMPARED)
    return pl.concat(columns, how="horizontal").select(*FIELDS, "turned", "moved")


Comparer = Callable[[pl.Series, pl.Series], pl.Series]
"""Levels for two columns of texts that differ."""

_Compare = Callable[[Traits, pl.DataFrame, pl.DataFrame], pl.DataFrame]
"""Levels for the codes of the two sides of each pair."""


def _compared(traits: Traits, one: pl.DataFrame, other: pl.DataFrame, name: str, compare: Comparer) -> pl.Series:
    values = traits.values[name]
    if values.is_empty():  # so it is with most traits of most files, and many steps are spared
        return _blank(one)
    codes = one.get_column(name), other.get_column(name)
    return _filled(values, values, codes, codes[0] != codes[1], compare)


def _filled(
    values: pl.Series,
    other_values: pl.Series,
    codes: tuple[pl.Series, pl.Series],
    differ: pl.Series,
    compare: Comparer,
) -> pl.Series:
    """The same where nothing differs, blank where one is; each distinct pair that differs is compared once."""
    level = differ.replace_strict({True: OTHER, False: SAME}, default=BLANK, return_dtype=pl.UInt8)
    at = differ.fill_null(value=False).arg_true()
    if at.is_empty():
        return level
    pairs = pl.DataFrame([side.gather(at).alias(name) for side, name in zip(codes, ("one", "other"), strict=True)])
    distinct = pairs.unique()
    texts = values.gather(distinct.get_column("one")), other_values.gather(distinct.get_column("other"))
    found = distinct.with_columns(compare(*texts).cast(pl.UInt8).alias("level"))
    levels = pairs.join(found, on=["one", "other"], how="left", maintain_order="left").get_column("level")
    return level.scatter(at, levels)


def _blank(pairs: pl.DataFrame) -> pl.Series:
    return pl.Series([BLANK], dtype=pl.UInt8).new_from_index(0, pairs.height)


def _plain_levels(one: pl.DataFrame, other: pl.DataFrame, name: str) -> pl.Series:
    same = one.get_column(name) == other.get_column(name)
    return same.replace_strict({True: SAME, False: OTHER}, default=BLANK, return_dtype=pl.UInt8)


def _plain(name: str) -> _Compare:
    return lambda _, one, other: _plain_levels(one, other, name).to_frame(name)


def _by(name: str, compare: Comparer, field: str = "") -> _Compare:
    return lambda traits, one, other: _compared(traits, one, other, name, compare).to_frame(field or name)


def _generations(one: pl.Series, other: pl.Series) -> pl.Series:
    """That only one of two is called Jr says something, too."""
    sides = pl.DataFrame([one.alias("one"), other.alias("other")])
    level = pl.when(pl.col("one") == pl.col("other")).then(SAME).when(pl.col("one") != pl.col("other")).then(OTHER)
    alone = pl.when(pl.col("one").is_null() & pl.col("other").is_null()).then(BLANK).otherwise(AKIN)
    return sides.select(level.otherwise(alone).cast(pl.UInt8)).to_series()


def _names(traits: Traits, one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    straight = {
        "first": _compared(traits, one, other, "first", _first),
        "last": _compared(traits, one, other, "last", _last),
    }
    return _better(straight, _crossed(traits, one, other, ("first", "last"), _swapped), "turned")


def _streets(traits: Traits, one: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    straight = {name: _compared(traits, one, other, name, _line) for name in ("street", "extra")}
    return _better(straight, _crossed(traits, one, other, ("street", "extra"), _line), "moved")


def _crossed(
    traits: Traits, one: pl.DataFrame, other: pl.DataFrame, names: tuple[str, str], compare: Comparer
) -> dict[str, pl.Series]:
    """Each of two traits beside the other one, where they begin alike; elsewhere they are something else."""
    found = {}
    for name, across in (names, names[::-1]):
        values, other_values = traits.values[name], traits.values[across]
        if values.is_empty() or other_values.is_empty():
            found[name] = _blank(one)
            continue
        codes = one.get_column(name), other.get_column(across)
        starts = (
            texts.str.slice(0, 3).hash().gather(side) for texts, side in zip((values, other_values), codes, strict=True)
        )
        ours, theirs = starts
        alike = ours == theirs
        level = alike.replace_strict({True: OTHER, False: OTHER}, default=BLANK, return_dtype=pl.UInt8)
        at = alike.fill_null(value=False).arg_true()
        sides = codes[0].gather(at), codes[1].gather(at)
        differ = values.gather(sides[0]) != other_values.gather(sides[1])
        found[name] = level.scatter(at, _filled(values, other_values, sides, differ, compare))
    return found


_WORTH = pl.Series([0, 4, 3, 3, 1, -2])


def _better(straight: dict[str, pl.Series], crossed: dict[str, pl.Series], mark: str) -> pl.DataFrame:
    """Either both as they stand or both crossed; as they stand unless crossing agrees clearly better."""
    worth = [sum((_WORTH.gather(side) for side in way.values()), start=pl.Series([0])) for way in (straight, crossed)]
    turned = (worth[1] > worth[0] + 1) & (worth[1] > 1)
    levels = pl.DataFrame([crossed[name].alias(name) for name in straight])
    sides = (levels.max_horizontal(), levels.min_horizontal())  # in one order, whichever of the two comes first
    better = [side.zip_with(turned, straight[name]).alias(name) for name, side in zip(straight, sides, strict=True)]
    return pl.DataFrame([*better, turned.alias(mark)])


def _each(compare: Callable[..., float], *columns: pl.Series) -> list[float]:
    """What `compare` says of each line: lists are gone through much faster than columns."""
    return list(map(compare, *(column.to_list() for column in columns)))


def _spelled(one: pl.Series, other: pl.Series) -> pl.Series:
    """A typo or two, as many as a word of its length can bear; akin if it is much alike all the same."""
    alike = pl.Series(_each(JaroWinkler.similarity, one, other), dtype=pl.Float64)
    texts = pl.DataFrame([one.alias("one"), other.alias("other")])
    shorter = texts.select(pl.min_horizontal(pl.all().str.len_chars())).to_series()
    level = (alike >= _AKIN).replace_strict({True: AKIN, False: OTHER}, return_dtype=pl.UInt8)
    at = ((alike >= _FARTHEST) & (shorter >= _SHORT)).arg_true()
    typos = pl.Series(_each(OSA.distance, one.gather(at), other.gather(at)), dtype=pl.UInt32)
    bearable = pl.Series([1], dtype=pl.UInt32).new_from_index(0, len(at)) + (shorter.gather(at) >= _LONG).cast(
        pl.UInt32
    )
    near = at.filter(typos <= bearable)
    return level.scatter(near, NEAR)


_AKIN, _FARTHEST = 0.85, 0.7
"""Jaro and Winkler's likeness of two words that are akin, and the least of two that differ by a typo."""
_SHORT, _LONG, _LONG_LOCAL = 4, 7, 6
"""Letters of words that may have one typo, or two; of what stands before an @ that may have one."""


def _first(one: pl.Series, other: pl.Series) -> pl.Series:
    level = _spelled(one, other)
    return pl.Series(_each(_first_level, one, other, level), dtype=pl.UInt8)


def _first_level(one: str, other: str, spelled: int) -> int:
    ones, others = one.split(" "), other.split(" ")
    if is_nickname(ones[0], others[0]):
        return VARIANT
    if len(ones) > 1 or len(others) > 1 or len(one) == 1 or len(other) == 1:
        return _in_part(ones, others) or spelled
    return OTHER if are_two_names(one, other) else spelled


def _in_part(ones: Sequence[str], others: Sequence[str]) -> int:
    """An initial for a name, or a middle name that one of them leaves out."""
    if "".join(ones) == "".join(others):
        return SAME
    if _is_initial(ones, others) or _is_initial(others, ones):
        return VARIANT
    shorter, longer = sorted((ones, others), key=len)
    if len(shorter) < len(longer) and list(shorter) == list(longer[: len(shorter)]):
        return VARIANT
    return OTHER if are_two_names(ones[0], others[0]) else BLANK


def _is_initial(ones: Sequence[str], others: Sequence[str]) -> bool:
    return len(ones[0]) == 1 and others[0].startswith(ones[0]) and (len(ones) == 1 or len(others) == 1)


def _last(one: pl.Series, other: pl.Series) -> pl.Series:
    level = _spelled(one, other)
    texts = pl.DataFrame([one.alias("one"), other.alias("other")])
    several = texts.select(
        pl.any_horizontal(pl.all().str.contains(" ", literal=True), pl.all().str.len_chars() == 1).arg_true()
    ).to_series()
    found = _each(_last_level, one.gather(several), other.gather(several), level.gather(several))
    return level.scatter(several, pl.Series(found, dtype=pl.UInt8))


def _last_level(one: str, other: str, spelled: int) -> int:
    ones, others = one.split(" "), other.split(" ")
    if "".join(ones) == "".join(others):
        return SAME
    if not set(ones).isdisjoint(others) or _is_initial(ones, others) or _is_initial(others, ones):
        return VARIANT
    return spelled


def _swapped(one: pl.Series, other: pl.Series) -> pl.Series:
    level = _spelled(one, other)
    return level.set(level == AKIN, OTHER)


def _company(one: pl.Series, other: pl.Series) -> pl.Series:
    """A longer name may go on where the shorter ends: `Acme`, `Acme Plumbing`."""
    texts = pl.DataFrame([one.alias("one"), other.alias("other"), _spelled(one, other).alias("level")])
    bare = [pl.col(name).str.replace_all(" ", "", literal=True) for name in ("one", "other")]
    goes_on = (pl.col("one") + " ").str.starts_with(pl.col("other") + " ") | (pl.col("other") + " ").str.starts_with(
        pl.col("one") + " "
    )
    return texts.select(
        pl.when(bare[0] == bare[1]).then(SAME).when(goes_on).then(VARIANT).otherwise("level").alias("level")
    ).to_series()


def _number(one: pl.Series, other: pl.Series) -> pl.Series:
    """One digit is another, missing, or swapped with the next; not where there is but one."""
    typos = pl.Series(_each(OSA.distance, one, other), dtype=pl.UInt32)
    longer = pl.DataFrame([one.str.len_chars().alias("one"), other.str.len_chars().alias("other")]).max_horizontal()
    return ((typos <= 1) & (longer > 1)).replace_strict({True: NEAR, False: OTHER}, return_dtype=pl.UInt8)


def _line(one: pl.Series, other: pl.Series) -> pl.Series:
    alike = pl.Series("alike", _each(OSA.normalized_similarity, one, other), dtype=pl.Float64)
    texts = pl.DataFrame([one.alias("one"), other.alias("other"), alike])
    goes_on = pl.col("one").str.starts_with(pl.col("other")) | pl.col("other").str.starts_with(pl.col("one"))
    return texts.select(
        pl.when(pl.col("alike") >= _SAME_LINE)
        .then(NEAR)
        .when(goes_on)
        .then(VARIANT)
        .when(pl.col("alike") >= _LIKE_LINE)
        .then(AKIN)
        .otherwise(OTHER)
        .alias("level")
    ).to_series()


_SAME_LINE, _LIKE_LINE = 0.85, 0.6


def _local(one: pl.Series, other: pl.Series) -> pl.Series:
    """One letter is another; other digits are another mailbox."""
    typos = pl.Series(_each(OSA.distance, one, other), dtype=pl.UInt32)
    shorter = pl.DataFrame([one.str.len_chars().alias("one"), other.str.len_chars().alias("other")]).min_horizontal()
    digits = [side.str.replace_all("[^0-9]+", "") for side in (one, other)]
    near = (typos <= 1) & (shorter >= _LONG_LOCAL) & (digits[0] == digits[1])
    return near.replace_strict({True: NEAR, False: OTHER}, return_dtype=pl.UInt8)


_COMPARED: tuple[_Compare, ...] = (
    _names,
    _streets,
    lambda _, one, other: _generations(one["generation"], other["generation"]).to_frame("generation"),
    _by("company", _company),
    _by("number", _number),
    _plain("unit"),
    _by("city", _spelled),
    _plain("state"),
    _by("zip", _number),
    _by("phone", _number),
    _by("local", _local, "email"),
)
