"""What of people's traits makes blocks: whole values, and how they begin."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from rotor_import.duplicates.traits import Traits

_START = 3


def block_parts(traits: Traits) -> pl.DataFrame:
    """A line for each person; all parts are numbers, equal where the parts are."""
    codes = traits.codes
    parts = {name: codes.get_column(name) for name in ("first", "last", "number", "unit", "city", "local")}
    starts = {
        "first_start": _of_values(traits, "first", _start),
        "last_start": _of_values(traits, "last", _start),
        "last_end": _of_values(traits, "last", _end),
        "stem_start": _of_values(traits, "stem", _start),
        "extra_start": _of_values(traits, "extra", _start),
        "city_start": _of_values(traits, "city", _start),
        "zip": _of_values(traits, "zip", _digits),
        "company_start": _of_values(traits, "company", lambda text: text.str.replace_all(" ", "").str.slice(0, 6)),
    }
    names = pl.DataFrame(
        {"first": _of_values(traits, "first", lambda text: text), "last": _of_values(traits, "last", lambda text: text)}
    )
    frame = pl.DataFrame({**parts, **starts})
    whole, begun = (
        names.select(**_sorted("name", "first", "last")),
        frame.select(**_sorted("start", "first_start", "last_start")),
    )
    lines = frame.select(**_sorted("street", "stem_start", "extra_start"))
    return pl.concat([frame, whole, begun, lines], how="horizontal")


def _sorted(name: str, one: str, other: str) -> dict[str, pl.Expr]:
    """Two names in one order, so that swapped ones meet."""
    low, high = pl.min_horizontal(one, other), pl.max_horizontal(one, other)
    both = pl.col(one).is_not_null() & pl.col(other).is_not_null()
    return {f"{name}_low": pl.when(both).then(low), f"{name}_high": pl.when(both).then(high)}


def _of_values(traits: Traits, name: str, part: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    values = traits.values[name]
    hashes = pl.DataFrame([values.alias("text")]).select(part(pl.col("text")).hash()).to_series()
    return hashes.gather(traits.codes.get_column(name))


def _start(text: pl.Expr) -> pl.Expr:
    return text.str.slice(0, _START)


def _end(text: pl.Expr) -> pl.Expr:
    return text.str.slice(-_START)


def _digits(text: pl.Expr) -> pl.Expr:
    """In one order, so that swapped digits make no difference."""
    return text.str.split("").list.sort().list.join("")
