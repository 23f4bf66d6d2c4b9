"""Phones of the common shapes, decided as columns exactly as phonenumbers decides them one by one.

The library's steps are followed only where they are certain; every other value goes to the library itself.
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
from rotor_import.normalize.phone_cells import COUNTRY_DIGITS, FEWEST_OF_SEVERAL, MAY_BE_SEVERAL, PLUS, SURELY_SEVERAL
from rotor_import.normalize.phones import AREA_ADDED, AREA_FAILED, EXTENSION_DROPPED, LACKS_AREA, normal_phone

_SHAPE = r"^\(?\+?[0-9() ./-]*[0-9]$"
_SIGNS = b"+() ./-"
_DAMAGED = r"^\+?[0-9]+\.0+$|^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}$"
"""A spreadsheet's decimals, and everything that may be a date."""
_ASCII_EQUIVALENTS = {**dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"), "\u00a0": " "}
"""Characters between digits that phonenumbers treats like their ASCII equivalents."""
_EXTENDED = r"^(\(?\+?[0-9() ./-]*[0-9])(?: *(?i:x|ext\.?|extension) *([0-9]{1,7}))?$"
_LONGEST_VALUE = 40
_FEWEST, _MOST = 4, 17
"""Numbers of digits: with fewer or more the library may not see a phone number at all."""
_MANY = 256
"""Numbers of a foreign country code, or of regions known by their leading digits, from which expressions pay."""

_VALUE, _NUMBER, _DIGITS = pl.col("value"), pl.col("number"), pl.col("digits")
_NOTHING = pl.DataFrame(schema={"at": pl.UInt32, "normal": pl.String, "reason": pl.String})


def phone_parts(values: pl.Series, region: str, area_code: str = "") -> Iterator[pl.DataFrame]:
    """The values that columns decide, in parts, each by its own steps: `at`, `normal` and `reason`."""
    own = numbering_plan(region) if region in SUPPORTED_REGIONS else None
    if own is None:
        return
    frame = values.alias("value").to_frame().with_row_index("at")
    usual = frame.select(_is_usual()).to_series()
    yield from _parts(frame.filter(usual), values, own, area_code)
    bare = _without_extension(frame.filter(~usual))
    if bare.height >= _MANY:
        yield from _extended_parts(bare, values, own, area_code)


def _without_extension(unusual: pl.DataFrame) -> pl.DataFrame:
    """`at`, `value` and `extension` of values that are usual but for an extension or non-ASCII dashes and spaces."""
    ascii_only = _VALUE.str.replace_many(list(_ASCII_EQUIVALENTS), list(_ASCII_EQUIVALENTS.values()))
    return unusual.select(
        "at",
        ascii_only.str.extract(_EXTENDED, 1).alias("value"),
        ascii_only.str.extract(_EXTENDED, 2).alias("extension"),
    ).filter(_is_usual())


def _extended_parts(
    bare: pl.DataFrame, values: pl.Series, own: NumberingPlan, area_code: str
) -> Iterator[pl.DataFrame]:
    """Of those with an extension only valid numbers: behind another text its label is a word like any other."""
    for part in _parts(bare.drop("extension"), values, own, area_code):
        both = part.join(bare.select("at", "extension"), on="at", maintain_order="left")
        extended, valid = pl.col("extension").is_not_null(), pl.col("normal") != ""
        told = pl.when(pl.col("reason") != "").then(pl.col("reason") + "; ").otherwise(pl.lit(""))
        told += pl.format(EXTENSION_DROPPED, "extension")
        reason = pl.when(extended).then(told).otherwise("reason").alias("reason")
        decided = both.filter(valid | ~extended).select("at", "normal", reason, extended.alias("extended"))
        for kind in decided.partition_by("extended"):
            yield kind.drop("extended")


def _is_usual() -> pl.Expr:
    short = _VALUE.str.len_bytes() <= _LONGEST_VALUE
    return (short & _VALUE.str.contains(_SHAPE) & ~_VALUE.str.contains(_DAMAGED)).fill_null(value=False)


def _parts(usual: pl.DataFrame, values: pl.Series, own: NumberingPlan, area_code: str) -> Iterator[pl.DataFrame]:
    for code, numbers in _numbers(usual, own):
        if numbers.is_empty():
            continue
        checked = _validate(numbers, code)
        yield checked.valid
        reasons = _reasons(values, checked, own.region)
        if area_code and code == own.country_code:
            lacking = reasons.filter(pl.col("reason") == LACKS_AREA)
            yield from _completed(
                lacking.select("at", pl.format(f"{area_code}{{}}", "number").alias("number")), own, area_code
            )
            reasons = reasons.filter(pl.col("reason") != LACKS_AREA)
        yield reasons.select("at", pl.lit("").alias("normal"), "reason")


class _Checked(NamedTuple):
    """Checked numbers: `at`, `normal` and `reason` of the valid ones, `at`, `number` and `length` of the others."""

    valid: pl.DataFrame
    invalid: pl.DataFrame


def _numbers(usual: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    """For each country code, `at` and the national `number` of its values."""
    digits = _digits(usual)
    foreign = pl.col("international")
    yield from _international(digits.filter(foreign), own.country_code)
    digits = digits.filter(~foreign)
    if own.international_prefix:
        dialed = begins(_DIGITS, own.international_prefix)
        yield from _international(_dialed(digits.filter(dialed), own.international_prefix), own.country_code)
        digits = digits.filter(~dialed)
    yield from _national(digits, own)


def _digits(usual: pl.DataFrame) -> pl.DataFrame:
    digits = usual.select(
        "at",
        _without_signs(usual.get_column("value")).alias("digits"),
        (_VALUE.str.starts_with("+") | _VALUE.str.starts_with("(+")).alias("international"),
    )
    return digits.filter(_DIGITS.str.len_bytes() >= _FEWEST)


def _without_signs(values: pl.Series) -> pl.Series:
    """The digits of each value. They are joined into one text for speed: no usual value has a line break."""
    if values.is_empty():
        return values
    digits = values.str.join("\n").item().encode().translate(None, _SIGNS).decode()
    return pl.Series([digits], dtype=pl.String).str.split("\n").list.explode(keep_nulls=False, empty_as_null=False)


def _dialed(digits: pl.DataFrame, prefix: str) -> pl.DataFrame:
    """Numbers without the prefix that is dialed before a country code; no country code begins with a zero."""
    bare = digits.with_columns(_DIGITS.str.replace(prefix, ""))
    return bare.filter(~_DIGITS.str.starts_with("0"), _DIGITS.str.len_bytes() >= _FEWEST)


def _international(digits: pl.DataFrame, own: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Numbers by country code: in any region a number after a plus or its equivalent begins with one."""
    if is_first_code(own):
        home = _DIGITS.str.starts_with(own)
        yield from _after_code(digits.filter(home), own)
        digits = digits.filter(~home)
    coded = digits.with_columns(_DIGITS.str.extract(country_codes(), 1).alias("code"))
    for (code,), same in coded.filter(pl.col("code").is_not_null()).partition_by("code", as_dict=True).items():
        if same.height >= _MANY:
            yield from _after_code(same, str(code))


def _after_code(digits: pl.DataFrame, code: str) -> Iterator[tuple[str, pl.DataFrame]]:
    plans = plans_of_country_code(code)
    if plans:
        yield code, plans[0].national(digits.select("at", _DIGITS.str.slice(len(code)).alias("number")))


def _national(digits: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    code = own.country_code
    coded = _DIGITS.str.starts_with(code)
    prefixed = begins(_DIGITS, own.national_prefix) if own.national_prefix else pl.lit(value=False)
    ambiguous = coded | prefixed
    yield code, digits.filter(~ambiguous).select("at", _DIGITS.alias("number"))
    rest = digits.filter(ambiguous).with_columns(coded.alias("coded"))
    yield from _maybe_coded(rest.filter("coded"), own)
    yield code, own.national(rest.filter(~pl.col("coded")).select("at", _DIGITS.alias("number")))


def _maybe_coded(digits: pl.DataFrame, own: NumberingPlan) -> Iterator[tuple[str, pl.DataFrame]]:
    """Numbers that begin with the digits of their country code, whether or not those are meant as one."""
    code = own.country_code
    rest = own.stripped(digits.select("at", "digits", _DIGITS.str.slice(len(code)).alias("number")))
    short = pl.col("short")
    meant = ~own.viable(_DIGITS) & own.viable(short) | own.is_too_long(_DIGITS)
    rest = rest.filter(short.is_not_null()).with_columns(meant.alias("meant"))
    plans = plans_of_country_code(code)
    if plans:
        yield code, plans[0].national(rest.filter("meant").select("at", short.alias("number")))
    yield code, own.national(rest.filter(~pl.col("meant")).select("at", _DIGITS.alias("number")))


def _validate(numbers: pl.DataFrame, code: str) -> _Checked:
    plans = plans_of_country_code(code)
    length = _NUMBER.str.len_bytes()
    numbers = numbers.filter(length.is_between(_FEWEST, _MOST)) if plans else numbers.clear()
    found = pl.concat([numbers.clear().with_columns(valid=pl.lit(value=False)), *_valid(numbers, plans or ())])
    valid = found.filter("valid").select(
        "at", pl.format(f"+{code}{{}}", _NUMBER).alias("normal"), pl.lit("").alias("reason")
    )
    return _Checked(valid, found.filter(~pl.col("valid")).select("at", "number", length.alias("length")))


def _valid(numbers: pl.DataFrame, plans: tuple[NumberingPlan, ...]) -> Iterator[pl.DataFrame]:
    """The numbers, each with `valid`.

    A number's region is the first one with its leading digits, or, where a region has none, with its patterns.
    """
    if len(plans) == 1:
        yield numbers.with_columns(plans[0].has_type(_NUMBER).alias("valid"))
        return
    led = "|".join(plan.leading.removeprefix("^") for plan in plans if plan.leading)
    begins = _NUMBER.str.contains(f"^(?:{led})") if led else pl.lit(value=False)
    # Without leading digits the order of the regions does not matter: the first takes nearly all numbers.
    yield from _by_region(numbers.filter(~begins), [plan for plan in plans if not plan.leading])
    other = numbers.filter(begins)
    if other.height >= _MANY:
        yield from _by_region(other, plans)


def _by_region(left: pl.DataFrame, plans: Sequence[NumberingPlan]) -> Iterator[pl.DataFrame]:
    for plan in plans:
        if left.is_empty():
            return
        marked = left.with_columns(plan.has_type(_NUMBER).alias("valid"))
        mine = marked.select(_NUMBER.str.contains(plan.leading) if plan.leading else "valid").to_series()
        yield marked.filter(mine)
        left = left.filter(~mine)
    yield left.with_columns(valid=pl.lit(value=False))


def _reasons(values: pl.Series, checked: _Checked, region: str) -> pl.DataFrame:
    """`at`, `number` and `reason` of invalid numbers; those that may be several numbers are left out.

    A reason depends on country code and length alone: one of each is asked about.
    """
    text = values.gather(checked.invalid.get_column("at")).alias("text").to_frame()
    coded = pl.any_horizontal(pl.col("text").str.starts_with(plus) for plus in PLUS)
    fewest = FEWEST_OF_SEVERAL + coded.cast(pl.UInt8) * COUNTRY_DIGITS
    digits = pl.col("text").str.count_matches("[0-9]")
    several = (digits >= SURELY_SEVERAL) | ((digits >= fewest) & pl.col("text").str.contains(MAY_BE_SEVERAL))
    invalid = checked.invalid.filter(~text.select(several).to_series())
    samples = invalid.group_by("length").agg(pl.col("at").first())
    reasons = [normal_phone(values[at], region).reason for at in samples.get_column("at").to_list()]
    told = samples.select("length", pl.Series("reason", reasons, dtype=pl.String))
    return invalid.join(told, on="length").select("at", "number", "reason")


def _completed(numbers: pl.DataFrame, own: NumberingPlan, area_code: str) -> Iterator[pl.DataFrame]:
    """Local numbers with their area code in front."""
    plans = plans_of_country_code(own.country_code)
    if not plans or numbers.is_empty():
        return
    checked = _validate(plans[0].national(numbers), own.country_code)
    yield checked.valid.with_columns(pl.lit(AREA_ADDED.format(area_code)).alias("reason"))
    failed = pl.lit(AREA_FAILED.format(area_code)).alias("reason")
    yield checked.invalid.select("at", pl.lit("").alias("normal"), failed)
