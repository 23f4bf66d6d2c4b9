"""Which pairs are compared at all: people who have something in common, and not too many others have it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.duplicates.side_by_side import side_by_side

LARGEST = 24
"""People of one block who are all compared with one another."""
_FEW = 6
"""The same where what they share says little."""


@dataclass(frozen=True)
class BlockingKey:
    """People with the same values of all `parts` are a block.

    A block that is too large is divided by the parts of `finer`, one after another, as far as needed.
    """

    parts: tuple[str, ...]
    finer: tuple[str, ...] = ()
    largest: int = LARGEST


KEYS = (
    BlockingKey(("last_start", "zip"), ("first_start", "number")),
    BlockingKey(("first_start", "zip"), ("last_start", "number", "first")),
    BlockingKey(("name_low", "name_high"), ("zip", "number")),
    BlockingKey(("number", "stem_start"), ("zip", "unit", "last_start", "first_start")),
    BlockingKey(("number", "extra_start"), ("zip", "last_start", "first_start")),
    BlockingKey(("number", "zip"), ("stem_start", "last_start", "first_start")),
    BlockingKey(("last_start", "stem_start"), ("first_start", "number", "zip")),
    BlockingKey(("first_start", "stem_start"), ("last_start", "number", "zip")),
    BlockingKey(("start_low", "start_high"), ("zip", "number", "stem_start")),
    BlockingKey(("first_start", "last_end", "city"), ("zip", "number")),
    BlockingKey(("last", "number"), ("first_start", "zip")),
    BlockingKey(("stem_start", "zip"), ("first_start", "last_start", "number"), _FEW),
    BlockingKey(("street_low", "street_high"), ("zip", "first_start", "number"), _FEW),
    BlockingKey(("stem_start", "city_start"), ("first_start", "last_start", "number"), _FEW),
    BlockingKey(("extra_start", "city_start"), ("first_start", "last_start", "number"), _FEW),
    BlockingKey(("local",), ("last_start", "first_start")),
    BlockingKey(("company_start", "zip"), ("stem_start", "number", "last_start")),
    BlockingKey(("company_start", "last_start"), ("first_start", "zip", "number")),
)


_NO_PAIRS = pl.Series("pair", dtype=pl.UInt64)


@dataclass(frozen=True)
class Candidates:
    """Pairs of lines, the smaller first.

    `left` tells of each key that says much how many people's blocks stayed too large.
    """

    pairs: pl.DataFrame
    left: pl.DataFrame


def candidates(parts: pl.DataFrame, own: int) -> Candidates:
    """Pairs of which at least one is among the first `own` lines."""
    lines = parts.with_row_index("line")
    found, left = [], []
    for key, (pairs, rest) in zip(KEYS, side_by_side(lambda key: _pairs_of(lines, key, own), KEYS), strict=True):
        found.append(pairs)
        if key.largest > _FEW:  # who only shares what says little is no probable duplicate
            left.append({"key": " + ".join(key.parts), "people": rest})
    return Candidates(
        unpacked(pl.concat(found).unique().sort()), pl.DataFrame(left, schema={"key": pl.String, "people": pl.UInt32})
    )


def _pairs_of(lines: pl.DataFrame, key: BlockingKey, own: int) -> tuple[pl.Series, int]:
    if any(lines.get_column(part).null_count() == lines.height for part in key.parts):  # nobody is in a block
        return _NO_PAIRS, 0
    block = _hashed(key.parts)
    members = lines.lazy().select("line", *key.finer, block=block).filter(pl.col("block").is_not_null()).collect()
    found, left = [_NO_PAIRS], 0
    for finer in (*key.finer, None):
        members = members.with_columns(size=pl.len().over("block")).filter(pl.col("size") > 1)
        if members.is_empty():
            break
        found.append(_within(members.filter(pl.col("size") <= key.largest), own))
        members = members.filter(pl.col("size") > key.largest)
        if members.is_empty() or finer is None:
            break
        divided = members.with_columns(block=_hashed(("block", finer))).filter(pl.col("block").is_not_null())
        left += members.height - divided.height
        members = divided
    return pl.concat(found), left + members.height


def _hashed(parts: Sequence[str]) -> pl.Expr:
    whole = pl.all_horizontal(pl.col(part).is_not_null() for part in parts)
    return pl.when(whole).then(pl.struct(parts).hash())


def _within(members: pl.DataFrame, own: int) -> pl.Series:
    sides = members.lazy().select("block", "line")
    mine = sides.filter(pl.col("line") < own)
    pairs = mine.join(sides, on="block").filter(pl.col("line") < pl.col("line_right"))
    return packed(pairs.select(a="line", b="line_right"))


def packed(pairs: pl.LazyFrame) -> pl.Series:
    return pairs.select(pair=pl.col("a").cast(pl.UInt64) * (1 << 32) + pl.col("b")).collect().to_series()


def unpacked(pairs: pl.Series) -> pl.DataFrame:
    return pl.DataFrame(
        [(pairs // (1 << 32)).cast(pl.UInt32).alias("a"), (pairs % (1 << 32)).cast(pl.UInt32).alias("b")]
    )
