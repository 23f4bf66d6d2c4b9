"""Numbering plans as phonenumbers knows them, as expressions over strings of ASCII digits.

A region that expressions cannot describe has no plan: its numbers are left to the library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

_NEVER = r"^[^\s\S]$"
_TYPES = (
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
    "fixed_line",
    "mobile",
)
"""The types that phonenumbers checks to tell whether a number is valid."""


@dataclass(frozen=True)
class NumberingPlan:
    """The numbering plan of one region. `types` are patterns by the lengths that their numbers may have; () is any."""

    region: str
    country_code: str
    general: str
    lengths: tuple[int, ...]
    local: tuple[int, ...]
    longest: int
    types: tuple[tuple[tuple[int, ...], str], ...]
    leading: str
    national_prefix: str
    transforms: bool
    international_prefix: str

    def viable(self, number: pl.Expr) -> pl.Expr:
        return number.str.contains(self.general)

    def has_type(self, number: pl.Expr) -> pl.Expr:
        """Whether the number is one of this region."""
        length = number.str.len_bytes()
        kinds = [_long(length, lengths) & number.str.contains(pattern) for lengths, pattern in self.types]
        return _long(length, self.lengths) & self.viable(number) & pl.any_horizontal(pl.lit(value=False), *kinds)

    def stripped(self, numbers: pl.DataFrame) -> pl.DataFrame:
        """The numbers with `short`, each `number` without its national prefix; null where a rule would transform it."""
        number, short = pl.col("number"), pl.col("short")
        if not self.national_prefix:
            return numbers.with_columns(number.alias("short"))
        if self.transforms:
            prefixed = number.str.contains(self.national_prefix)
            return numbers.with_columns(pl.when(~prefixed).then(number).alias("short"))
        both = numbers.with_columns(number.str.replace(self.national_prefix, "").alias("short"))
        both = both.with_columns((self.viable(number) & ~self.viable(short)).alias("kept"))
        return both.with_columns(pl.when("kept").then(number).otherwise(short).alias("short")).drop("kept")

    def is_too_long(self, number: pl.Expr) -> pl.Expr:
        length = number.str.len_bytes()
        return (length > self.longest) & ~length.is_in(self.local)

    def national(self, numbers: pl.DataFrame) -> pl.DataFrame:
        """Each `number` as it would be written after its country code; null where that is not certain."""
        short = pl.col("short")
        length = short.str.len_bytes()
        fits = _long(length, self.lengths) & ~length.is_in(self.local) | self.is_too_long(short)
        either = pl.when(fits).then(short).otherwise("number")
        return self.stripped(numbers).select("at", pl.when(short.is_not_null()).then(either).alias("number"))


@lru_cache(maxsize=512)
def numbering_plan(region: str) -> NumberingPlan | None:
    found = PhoneMetadata.metadata_for_region(region, None)
    if found is None or found.general_desc is None or not found.general_desc.possible_length:
        return None
    general = found.general_desc
    descs = [
        getattr(found, kind) for kind in _TYPES if not (found.same_mobile_and_fixed_line_pattern and kind == "mobile")
    ]
    return NumberingPlan(
        region=region,
        country_code=str(found.country_code),
        general=_whole([general]),
        lengths=tuple(general.possible_length),
        local=tuple(general.possible_length_local_only),
        longest=general.possible_length[-1],
        types=_types(descs),
        leading=_start(found.leading_digits),
        national_prefix=_start(found.national_prefix_for_parsing),
        transforms=bool(found.national_prefix_transform_rule),
        international_prefix=_start(found.international_prefix),
    )


@lru_cache(maxsize=512)
def plans_of_country_code(code: str) -> tuple[NumberingPlan, ...] | None:
    """The plans in the library's order, the main region's first; None where one of them has no plan."""
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    plans = [numbering_plan(region) for region in regions]
    ready = tuple(plan for plan in plans if plan is not None and plan.country_code == code)
    return ready if ready and len(ready) == len(plans) else None


@lru_cache(maxsize=1)
def country_codes() -> str:
    """A pattern of the country code at a number's start: the shortest, as in the library."""
    return "^(" + "|".join(sorted(map(str, COUNTRY_CODE_TO_REGION_CODE), key=lambda code: (len(code), code))) + ")"


def is_first_code(code: str) -> bool:
    """Whether digits that begin with this code cannot begin with a shorter one."""
    return not any(int(code[:size]) in COUNTRY_CODE_TO_REGION_CODE for size in range(1, len(code)))


def _types(descs: Sequence[PhoneNumberDesc | None]) -> tuple[tuple[tuple[int, ...], str], ...]:
    kinds: dict[tuple[int, ...], list[PhoneNumberDesc]] = {}
    for desc in descs:
        if desc is not None:
            kinds.setdefault(tuple(desc.possible_length or ()), []).append(desc)
    return tuple((lengths, _whole(same)) for lengths, same in kinds.items())


def _whole(descs: Iterable[PhoneNumberDesc]) -> str:
    patterns = dict.fromkeys(desc.national_number_pattern for desc in descs if desc.national_number_pattern)
    return "^(?-u:" + "|".join(f"(?:{pattern})" for pattern in patterns) + ")$" if patterns else _NEVER


def _start(pattern: str | None) -> str:
    return f"^(?-u:{pattern})" if pattern else ""


def begins(number: pl.Expr, start: str) -> pl.Expr:
    """Whether the number begins with the plan's `start`, a pattern that is often just digits."""
    digits = start.removeprefix("^(?-u:").removesuffix(")")
    return number.str.starts_with(digits) if digits.isdecimal() else number.str.contains(start)


def _long(length: pl.Expr, lengths: Sequence[int]) -> pl.Expr:
    return length.is_in([size for size in lengths if size >= 0]) if lengths else pl.lit(value=True)
