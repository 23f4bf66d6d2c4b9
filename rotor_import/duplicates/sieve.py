"""Candidates that could be one person: what they share to the letter must be too rare to be shared by chance."""

from __future__ import annotations

from math import log2

import polars as pl

_SLACK = 4.0
"""Bits that what is merely similar may add."""
_PEOPLE = 1000
"""In a file of fewer, what all have in common says something all the same."""
_CHUNK = 2_000_000
_ALONE = ("number", "stem_start", "extra_start", "local", "company_start")
_EITHER = (("first", "first_start"), ("last", "last_start", "last_end"), ("zip", "city_start"))
"""Of these the rarest counts alone, since one goes with the other."""
_PARTS = (
    *_ALONE,
    *(part for parts in _EITHER for part in parts),
    "start_low",
    "start_high",
    "street_low",
    "street_high",
)


def plausible(parts: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs whose shared parts, taken together, few enough people have."""
    if pairs.is_empty():
        return pairs
    people = max(parts.height, _PEOPLE)
    least = log2(5 * people) - _SLACK
    lines = parts.select(
        *_PARTS, *(-(pl.len().over(part) / people).log(2).cast(pl.Float32).alias(f"{part}_bits") for part in _PARTS)
    )
    chunks = (pairs[at : at + _CHUNK] for at in range(0, pairs.height, _CHUNK))
    return pl.concat(chunk.filter(_bits(lines, chunk) >= least) for chunk in chunks)


def _bits(lines: pl.DataFrame, pairs: pl.DataFrame) -> pl.Series:
    shared = pairs.select(_shared(lines, part) for part in _PARTS)
    names = pl.max_horizontal(
        pl.max_horizontal(_EITHER[0]) + pl.max_horizontal(_EITHER[1]), pl.col("start_low") + pl.col("start_high")
    )
    streets = pl.max_horizontal(
        pl.col("stem_start") + pl.col("extra_start"), pl.col("street_low") + pl.col("street_high")
    )
    rest = pl.col("number") + pl.col("local") + pl.col("company_start") + pl.max_horizontal(_EITHER[2])
    return shared.select(names + streets + rest).to_series()


def _shared(lines: pl.DataFrame, part: str) -> pl.Expr:
    values, bits = pl.lit(lines.get_column(part)), pl.lit(lines.get_column(f"{part}_bits"))
    same = values.gather(pl.col("a")) == values.gather(pl.col("b"))
    return pl.when(same).then(bits.gather(pl.col("a"))).otherwise(pl.lit(0.0, pl.Float32)).alias(part)
