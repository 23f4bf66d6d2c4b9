"""Phones of the common shapes, decided as columns just as phonenumbers decides them one by one.

Its steps are followed only where they are certain: what is left out is for the library itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

import polars as pl
from phonenumbers import SUPPORTED_REGIONS

from rotor_import.normalize.numbering import NumberingPlan, country_codes, numbering_plan, plans_of_country_code
from rotor_import.normalize.phones import normal_phone

_SHAPE = r"^\(?\+?[0-9() ./-]*[0-9]$"
_SIGNS = ["+", "(", ")", " ", ".", "/", "-"]
_DAMAGED = r"^\+?[0-9]+\.0+$|^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}$"
"""A spreadsheet's decimals, and all that may be a date."""
_LONGEST_VALUE = 40
_FEWEST, _MOST = 4, 17
"""Digits: with fewer or more the library may not see a number at all."""
_MANY = 256
"""Numbers of a foreign country code that are worth its expressions."""

_VALUE, _NUMBER, _DIGITS = pl.col("value"), pl.col("number"), pl.col("digits")


def decided_phones(values: pl.Series, region: str) -> pl.DataFrame:
    """`value`, `normal` and `reason` of those of the distinct values that are certain."""
    found = [_judged(numbers, code, region) for code, numbers in _numbers(values, region)]
    return pl.concat([_NOTHING, *found])


_NOTHING = pl.DataFrame(schema={"value": pl.String, "normal": pl.String, "reason": pl.String})


def _numbers(values: pl.Series, region: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """For each country code the `value` and the national `number`."""
    own = numbering_plan(region) if region in SUPPORTED_REGIONS else None
    if own is None:
        return
    plain = _plain(values)
    foreign = pl.col("international")
    yield from _international(plain.filter(foreign), own)
    yield from _national(plain.filter(~foreign), own)


def _plain(values: pl.Series) -> pl.DataFrame:
    frame = values.alias("value").to_frame()
    odd = (_VALUE.str.len_bytes() > _LONGEST_VALUE) | ~_VALUE.str.contains(_SHAPE) | _VALUE.str.contains(_DAMAGED)
    plain = frame.filter(~odd).with_columns(
        _VALUE.str.replace_many(_SIGNS, [""] * len(_SIGNS)).alias("digits"),
        _VALUE.str.contains("+", literal=True).alias("international"),
    )
    return plain.filter(_DIGITS.str.len_bytes() >= _FEWEST)


def _international(plain: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    coded = plain.with_columns(_DIGITS.str.extract(country_codes(), 1).alias("code")).filter(
        pl.col("code").is_not_null()
    )
    for (code,), same in coded.partition_by("code", as_dict=True).items():
        if code == own.country_code or same.height >= _MANY:
            yield from _after_code(same.with_columns(_DIGITS.str.slice(len(code)).alias("number")), code)


def _after_code(frame: pl.DataFrame, code: str) -> Iterator[tuple[str, pl.DataFrame]]:
    plans = plans_of_country_code(code)
    if plans:
        yield code, frame.select("value", plans[0].national(_NUMBER).alias("number"))


def _national(plain: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    if own.international_prefix:
        plain = plain.filter(~_DIGITS.str.contains(own.international_prefix))
    code = own.country_code
    coded = _DIGITS.str.starts_with(code)
    prefixed = _DIGITS.str.contains(own.national_prefix) if own.national_prefix else pl.lit(value=False)
    plain = plain.with_columns(coded.alias("coded"), prefixed.alias("prefixed"))
    tangled = pl.col("coded") | pl.col("prefixed")
    yield code, plain.filter(~tangled).select("value", _DIGITS.alias("number"))
    rest = plain.filter(tangled).with_columns(
        pl.when("coded").then(own.stripped(_DIGITS.str.slice(len(code)))).alias("number")
    )
    rest = rest.filter(~pl.col("coded") | _NUMBER.is_not_null())
    better = ~own.viable(_DIGITS) & own.viable(_NUMBER) | own.is_too_long(_DIGITS)
    rest = rest.with_columns((pl.col("coded") & better).fill_null(value=False).alias("coded"))
    yield from _after_code(rest.filter("coded"), code)
    yield code, rest.filter(~pl.col("coded")).select("value", own.national(_DIGITS).alias("number"))


def _judged(numbers: pl.DataFrame, code: str, region: str) -> pl.DataFrame:
    plans = plans_of_country_code(code)
    if not plans:
        return _NOTHING
    numbers = numbers.filter(_NUMBER.str.len_bytes().is_between(_FEWEST, _MOST))
    found = [numbers.filter(value=False)] if numbers.is_empty() else list(_valid(numbers, plans))
    valid = pl.concat(found).select("value", pl.concat_str(pl.lit("+" + code), _NUMBER).alias("normal"))
    return pl.concat(
        [
            valid.with_columns(pl.lit("").alias("reason")),
            _refused(numbers.join(valid, on="value", how="anti"), region),
        ]
    )


def _valid(numbers: pl.DataFrame, plans: tuple[NumberingPlan, ...]) -> Iterator[pl.DataFrame]:
    """A number's region is the first with its leading digits, or, where a region has none, with its patterns."""
    if len(plans) == 1:
        yield numbers.filter(plans[0].has_type(_NUMBER))
        return
    led = [plan for plan in plans if plan.leading]
    begins = reduce(or_, [_NUMBER.str.contains(plan.leading) for plan in led], pl.lit(value=False))
    left = numbers.filter(~begins) if led else numbers
    for plan in plans:
        if not plan.leading and left.height:
            marked = left.with_columns(plan.has_type(_NUMBER).alias("valid"))
            yield marked.filter("valid").select("value", "number")
            left = marked.filter(~pl.col("valid")).select("value", "number")
    left = numbers.filter(begins) if led else left.clear()
    for plan in plans:
        if not left.height:
            return
        valid = plan.has_type(_NUMBER)
        mine = _NUMBER.str.contains(plan.leading) if plan.leading else valid
        marked = left.with_columns(valid.alias("valid"), mine.alias("mine"))
        yield marked.filter(pl.col("mine") & pl.col("valid")).select("value", "number")
        left = marked.filter(~pl.col("mine")).select("value", "number")


def _refused(numbers: pl.DataFrame, region: str) -> pl.DataFrame:
    """Why an invalid number is none depends on its country code and length alone: one of each is asked about."""
    sized = numbers.with_columns(_NUMBER.str.len_bytes().alias("length"))
    ones = sized.group_by("length").agg(_VALUE.first())
    reasons = [normal_phone(value, region).reason for value in ones.get_column("value").to_list()]
    told = ones.select("length", pl.Series("reason", reasons, dtype=pl.String))
    return sized.join(told, on="length").select("value", pl.lit("").alias("normal"), "reason")
