"""Cells' numbers, dates, durations and texts → the text that a person sees in them, a column at a time."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal

import polars as pl

from rotor_import.source.number_format import Shows, masked

_SIMPLE = r"^(?:0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]{0,7})\.[0-9]{0,6}[1-9])$"
"""Numbers that are already written as they are shown. Whole ones keep all their digits, however many."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_EXACT = 2**53
_LONGEST = 20
"""The most zeros that are written out before or after a number's digits."""
_DAY = 86_400_000
_LAST_DAY = 2_958_466
"""The day after December 31, 9999."""
_MAC_EPOCH = 1462
_UNIX_EPOCH = 25_569
_LEAP_DAY = 60
"""February 29, 1900, which Excel counts, as Lotus did."""
_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"
_TIME = r"^(?:1899-12-3[01]) (\d\d:\d\d:\d\d)"


def plain_numbers(texts: pl.Series) -> pl.Series:
    """Numbers as a cell without a format shows them, with up to 15 digits: 0.30000000000000004 is 0.3."""
    odd = texts.filter(~texts.str.contains(_SIMPLE)).unique().to_list()
    return _replaced(texts, {one: plain_number(one) for one in odd})


def plain_number(text: str) -> str:
    """Like `plain_numbers`, for one; text that is no number, or one beyond all that a sheet holds, stays as it is."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return text
    value = float(stripped)
    if math.isinf(value):
        return text
    if value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    rounded = Decimal(f"{value:.15g}")
    return f"{rounded:f}" if -_LONGEST <= rounded.adjusted() <= _LONGEST else f"{rounded.normalize():E}"


def with_zeros(texts: pl.Series, masks: pl.Series) -> pl.Series:
    """Numbers, each as its own mask shows it; what is no whole number stays a plain number."""
    cells = pl.DataFrame({"text": plain_numbers(texts), "mask": masks})
    whole = cells.get_column("text").str.contains(r"^[0-9]+$")
    simple = cells.get_column("mask").str.contains("^0+$")
    shown = cells.select(
        pl.when(whole & simple).then(pl.col("text").str.zfill(pl.col("mask").str.len_chars())).otherwise("text")
    ).to_series()
    odd = whole & ~simple
    if not odd.any():
        return shown
    pairs = cells.filter(odd).unique()
    pairs = pairs.with_columns(shown=pl.Series([masked(*pair) for pair in pairs.rows()], dtype=pl.String))
    found = cells.filter(odd).join(pairs, on=["text", "mask"], how="left", maintain_order="left")
    return shown.scatter(odd.arg_true(), found.get_column("shown"))


def in_time(texts: pl.Series, shows: Shows, *, is_1904: bool) -> pl.Series:
    """Numbers as dates, times or durations; what is none stays a plain number."""
    days = texts.str.strip_chars().cast(pl.Float64, strict=False)
    shown = durations(days) if shows == "duration" else moments(days, is_1904=is_1904, is_time=shows == "time")
    lacking = shown.is_null()
    return shown.zip_with(~lacking, plain_numbers(texts)) if lacking.any() else shown


def moments(days: pl.Series, *, is_1904: bool, is_time: bool) -> pl.Series:
    """Counts of days as dates, `2026-01-31` or `2026-01-31 09:30:00`; null where no calendar has the day.

    Counts below 1 are times of day, unless they are days of 1904. `is_time` says that the format shows no day.
    """
    days = days.set(~days.is_finite(), None)
    frame = pl.DataFrame({"days": days.set((days < 0) | (days >= _LAST_DAY), None)}).lazy()
    stamp = (pl.col("days") * _DAY).round().cast(pl.Int64)
    clock = (pl.col("days") < 1) & ((pl.col("days") > 0) | is_time) & (not is_1904 or is_time)
    before = pl.when(pl.col("days") < _LEAP_DAY).then(_DAY).otherwise(0)
    first = pl.lit(_MAC_EPOCH * _DAY) if is_1904 else before
    moment = (stamp + first - _UNIX_EPOCH * _DAY).cast(pl.Datetime("ms"))
    found = frame.select(days="days", stamp=stamp % _DAY, clock=clock, moment=moment)
    whole = pl.col("stamp") == 0
    shown = (
        pl.when(pl.col("clock"))
        .then(pl.col("moment").dt.to_string("%H:%M:%S"))
        .when(whole)
        .then(pl.col("moment").dt.to_string("%Y-%m-%d"))
        .otherwise(pl.col("moment").dt.to_string("%Y-%m-%d %H:%M:%S"))
    )
    part = pl.when(pl.col("stamp") % 1000 != 0).then(pl.col("moment").dt.to_string("%.3f")).otherwise(pl.lit(""))
    return found.select(shown=shown + part).collect().to_series()


def durations(days: pl.Series) -> pl.Series:
    """Counts of days as hours, minutes and seconds, `255:10:00`; null where they are no number."""
    stamp = (pl.col("days").abs() * _DAY).round().cast(pl.Int64, strict=False)
    parts = [stamp // 3_600_000, stamp // 60_000 % 60, stamp // 1000 % 60]
    hours, minutes, seconds = (part.cast(pl.String).str.zfill(2) for part in parts)
    rest = (stamp % 1000).cast(pl.String).str.zfill(3)
    sign = pl.when((pl.col("days") < 0) & (stamp > 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    part = pl.when(stamp % 1000 > 0).then("." + rest).otherwise(pl.lit(""))
    text = pl.concat_str(sign, hours, pl.lit(":"), minutes, pl.lit(":"), seconds, part)
    return pl.DataFrame({"days": days}).select(text.alias("shown")).to_series()


def tidied(texts: pl.Series) -> pl.Series:
    """Cells without surrounding white space; midnight is dropped from dates, and the zero date from times."""
    dated = texts.str.contains("00:00:00", literal=True) | texts.str.starts_with("1899-12-3")
    if dated.any():
        short = texts.str.strip_chars().str.replace(_MIDNIGHT, "${1}").str.replace(_TIME, "${1}")
        texts = short.zip_with(dated.fill_null(value=False), texts)
    texts = texts.str.strip_chars()
    blank = texts.str.len_bytes() == 0
    return texts.set(blank, None) if blank.any() else texts


def without_nul(text: str) -> str:
    """The text without NUL characters. Where they stand after each letter, two of its bytes were one letter."""
    try:
        wide = text.encode("latin-1").decode("utf-16-le")
    except ValueError:
        return text.replace("\0", "")
    return wide if wide.isprintable() else text.replace("\0", "")


def changed(texts: pl.Series, is_odd: pl.Series, change: Callable[[str], str]) -> pl.Series:
    """The texts, with the distinct odd ones changed."""
    odd = texts.filter(is_odd).unique().drop_nulls().to_list()
    return _replaced(texts, {one: change(one) for one in odd})


def _replaced(texts: pl.Series, by: dict[str, str]) -> pl.Series:
    by = {old: new for old, new in by.items() if old != new}
    if not by:
        return texts
    old = pl.Series(list(by), dtype=pl.String)
    return texts.replace(old, pl.Series(list(by.values()), dtype=pl.String))
