"""Phones of the common shapes, decided as columns just as phonenumbers decides them one by one.

Its steps are followed only where they are certain: what is left out is for the library itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl
from phonenumbers import SUPPORTED_REGIONS

from rotor_import.normalize.numbering import (
    NumberingPlan,
    begins,
    country_codes,
    is_first_code,
    numbering_plan,
    plans_of_country_code,
)
from rotor_import.normalize.phones import EXTENSION_DROPPED, normal_phone

_SHAPE = r"^\(?\+?[0-9() ./-]*[0-9]$"
_SIGNS = b"+() ./-"
_DAMAGED = r"^\+?[0-9]+\.0+$|^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}$"
"""A spreadsheet's decimals, and all that may be a date."""
_ODD_SIGNS = {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"), "\u00a0": " "}
"""Signs between digits that are as good to phonenumbers as those of ASCII."""
_EXTENDED = r"^(\(?\+?[0-9() ./-]*[0-9])(?: *(?i:x|ext\.?|extension) *([0-9]{1,7}))?$"
_LONGEST_VALUE = 40
_FEWEST, _MOST = 4, 17
"""Digits: with fewer or more the library may not see a number at all."""
_MANY = 256
"""Numbers of a foreign country code, or of regions known by their leading digits, that are worth expressions."""

_VALUE, _NUMBER, _DIGITS = pl.col("value"), pl.col("number"), pl.col("digits")
_NOTHING = pl.DataFrame(schema={"at": pl.UInt32, "normal": pl.String, "reason": pl.String})


def phone_parts(values: pl.Series, region: str) -> Iterator[pl.DataFrame]:
    """The same in parts, each of them decided by steps of its own."""
    own = numbering_plan(region) if region in SUPPORTED_REGIONS else None
    if own is None:
        return
    frame = values.alias("value").to_frame().with_row_index("at")
    usual = frame.select(_is_usual()).to_series()
    yield from _parts(frame.filter(usual), values, own)
    bare = _without_extension(frame.filter(~usual))
    if bare.height >= _MANY:
        yield from _extended_parts(bare, values, own)


def _without_extension(odd: pl.DataFrame) -> pl.DataFrame:
    """`at`, `value` and `extension` of those that are usual but for that, and for dashes and spaces beyond ASCII."""
    plain = _VALUE.str.replace_many(list(_ODD_SIGNS), list(_ODD_SIGNS.values()))
    return odd.select(
        "at", plain.str.extract(_EXTENDED, 1).alias("value"), plain.str.extract(_EXTENDED, 2).alias("extension")
    ).filter(_is_usual())


def _extended_parts(bare: pl.DataFrame, values: pl.Series, own: NumberingPlan) -> Iterator[pl.DataFrame]:
    told = pl.format(EXTENSION_DROPPED, "extension")
    for part in _parts(bare.drop("extension"), values, own):
        both = part.join(bare.select("at", "extension"), on="at", maintain_order="left")
        dropped = pl.col("extension").is_not_null() & (pl.col("normal") != "")
        reason = pl.when(dropped).then(told).otherwise("reason").alias("reason")
        for kind in both.select("at", "normal", reason, dropped.alias("dropped")).partition_by("dropped"):
            yield kind.drop("dropped")


def _is_usual() -> pl.Expr:
    short = _VALUE.str.len_bytes() <= _LONGEST_VALUE
    return (short & _VALUE.str.contains(_SHAPE) & ~_VALUE.str.contains(_DAMAGED)).fill_null(value=False)


def _parts(usual: pl.DataFrame, values: pl.Series, own: NumberingPlan) -> Iterator[pl.DataFrame]:
    for code, numbers in _numbers(usual, own):
        if numbers.is_empty():
            continue
        both = _judged(numbers, code)
        yield both.valid
        yield _refused(values, both, own.region)


class _Judged(NamedTuple):
    """`at`, `normal` and `reason` of valid numbers, `at` and `length` of the others."""

    valid: pl.DataFrame
    invalid: pl.DataFrame


def _numbers(usual: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    """For each country code the national `number` of the value `at` its place."""
    plain = _plain(usual)
    foreign = pl.col("international")
    yield from _international(plain.filter(foreign), own.country_code)
    plain = plain.filter(~foreign)
    if own.international_prefix:
        dialled = begins(_DIGITS, own.international_prefix)
        yield from _international(_dialled(plain.filter(dialled), own.international_prefix), own.country_code)
        plain = plain.filter(~dialled)
    yield from _national(plain, own)


def _plain(usual: pl.DataFrame) -> pl.DataFrame:
    plain = usual.select(
        "at",
        _without_signs(usual.get_column("value")).alias("digits"),
        (_VALUE.str.starts_with("+") | _VALUE.str.starts_with("(+")).alias("international"),
    )
    return plain.filter(_DIGITS.str.len_bytes() >= _FEWEST)


def _without_signs(values: pl.Series) -> pl.Series:
    """All in one text, which takes half as long as one by one: there is no line break in a usual value."""
    if values.is_empty():
        return values
    digits = values.str.join("\n").item().encode().translate(None, _SIGNS).decode()
    return pl.Series([digits], dtype=pl.String).str.split("\n").list.explode(keep_nulls=False, empty_as_null=False)


def _dialled(plain: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Without what is dialled before a country code, which never begins with a zero."""
    bare = plain.with_columns(_DIGITS.str.replace(prefix, ""))
    return bare.filter(~_DIGITS.str.starts_with("0"), _DIGITS.str.len_bytes() >= _FEWEST)


def _international(plain: pl.DataFrame, own: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Whichever the region, a number after a plus or its like begins with a country code."""
    if is_first_code(own):
        home = _DIGITS.str.starts_with(own)
        yield from _after_code(plain.filter(home), own)
        plain = plain.filter(~home)
    coded = plain.with_columns(_DIGITS.str.extract(country_codes(), 1).alias("code"))
    for (code,), same in coded.filter(pl.col("code").is_not_null()).partition_by("code", as_dict=True).items():
        if same.height >= _MANY:
            yield from _after_code(same, str(code))


def _after_code(digits: pl.DataFrame, code: str) -> Iterator[tuple[str, pl.DataFrame]]:
    plans = plans_of_country_code(code)
    if plans:
        yield code, plans[0].national(digits.select("at", _DIGITS.str.slice(len(code)).alias("number")))


def _national(plain: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    code = own.country_code
    coded = _DIGITS.str.starts_with(code)
    prefixed = begins(_DIGITS, own.national_prefix) if own.national_prefix else pl.lit(value=False)
    tangled = coded | prefixed
    yield code, plain.filter(~tangled).select("at", _DIGITS.alias("number"))
    rest = plain.filter(tangled).with_columns(coded.alias("coded"))
    yield from _maybe_coded(rest.filter("coded"), own)
    yield code, own.national(rest.filter(~pl.col("coded")).select("at", _DIGITS.alias("number")))


def _maybe_coded(digits: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    """Numbers that begin with the digits of their country code, which they may mean or not."""
    code = own.country_code
    rest = own.stripped(digits.select("at", "digits", _DIGITS.str.slice(len(code)).alias("number")))
    short = pl.col("short")
    meant = ~own.viable(_DIGITS) & own.viable(short) | own.is_too_long(_DIGITS)
    rest = rest.filter(short.is_not_null()).with_columns(meant.alias("meant"))
    plans = plans_of_country_code(code)
    if plans:
        yield code, plans[0].national(rest.filter("meant").select("at", short.alias("number")))
    yield code, own.national(rest.filter(~pl.col("meant")).select("at", _DIGITS.alias("number")))


def _judged(numbers: pl.DataFrame, code: str) -> _Judged:
    plans = plans_of_country_code(code)
    length = _NUMBER.str.len_bytes()
    numbers = numbers.filter(length.is_between(_FEWEST, _MOST)) if plans else numbers.clear()
    found = pl.concat([numbers.clear().with_columns(valid=pl.lit(value=False)), *_valid(numbers, plans or ())])
    valid = found.filter("valid").select(
        "at", pl.format(f"+{code}{{}}", _NUMBER).alias("normal"), pl.lit("").alias("reason")
    )
    return _Judged(valid, found.filter(~pl.col("valid")).select("at", length.alias("length")))


def _valid(numbers: pl.DataFrame, plans: tuple[NumberingPlan, ...]) -> Iterator[pl.DataFrame]:
    """The numbers, with `valid` said of each.

    A number's region is the first with its leading digits, or, where a region has none, with its patterns.
    """
    if len(plans) == 1:
        yield numbers.with_columns(plans[0].has_type(_NUMBER).alias("valid"))
        return
    led = "|".join(plan.leading.removeprefix("^") for plan in plans if plan.leading)
    begins = _NUMBER.str.contains(f"^(?:{led})") if led else pl.lit(value=False)
    # Without anybody's leading digits the order of the regions does not matter: the first takes nearly all.
    yield from _walked(numbers.filter(~begins), [plan for plan in plans if not plan.leading])
    other = numbers.filter(begins)
    if other.height >= _MANY:
        yield from _walked(other, plans)


def _walked(left: pl.DataFrame, plans: Sequence[NumberingPlan]) -> Iterator[pl.DataFrame]:
    for plan in plans:
        if left.is_empty():
            return
        marked = left.with_columns(plan.has_type(_NUMBER).alias("valid"))
        mine = marked.select(_NUMBER.str.contains(plan.leading) if plan.leading else "valid").to_series()
        yield marked.filter(mine)
        left = left.filter(~mine)
    yield left.with_columns(valid=pl.lit(value=False))


def _refused(values: pl.Series, judged: _Judged, region: str) -> pl.DataFrame:
    """Why a number is none depends on its country code and length alone: one of each is asked about."""
    ones = judged.invalid.group_by("length").agg(pl.col("at").first())
    reasons = [normal_phone(values[at], region).reason for at in ones.get_column("at").to_list()]
    told = ones.select("length", pl.Series("reason", reasons, dtype=pl.String))
    return judged.invalid.join(told, on="length").select("at", pl.lit("").alias("normal"), "reason")
