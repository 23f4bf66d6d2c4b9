"""Which customers, of those that Rotor holds, a closed group of rows touches: one, and nobody else touches that one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.pins import Pins

_CELLS = {"phone": "cell_phone", "email": "cell_email"}


@dataclass(frozen=True)
class Taken:
    """What something that is still to be sent touches: customers, and keys by name."""

    customers: Collection[str]
    keys: dict[str, set[str]]


@dataclass(frozen=True)
class Touched:
    """Three series as long as the rows.

    `who` (UInt32) is the place in the directory's frame of each row's only customer, null where the row's group
    touches none; `pinned` says whether the row is as it was when it was last applied. `tangled` rows are for the
    replay.
    """

    who: pl.Series
    pinned: pl.Series
    tangled: pl.Series


def touched(rows: pl.DataFrame, groups: pl.DataFrame, directory: pl.DataFrame, pins: Pins, taken: Taken) -> Touched:
    """`rows` have `at`, and are identified where there are pins; `directory` is in `model.listed.SCHEMA`.

    `groups` are those of `closed_groups`. A star of several customers is tangled if it touches any of Rotor's.
    """
    nothing = directory.is_empty() and not pins and not taken.customers and not any(taken.keys.values())
    if nothing and rows.get_column("id").null_count() == rows.height:
        nobody = pl.Series("who", [None], dtype=pl.UInt32).new_from_index(0, rows.height)
        return Touched(nobody, _nowhere(rows), groups.get_column("star").is_null())
    listed = directory.select("customer", "phone key", "email key").with_row_index("who")
    kept = _pinned(rows, listed, pins)
    star = groups.get_column("star")
    bad = star.is_null() | kept.bad | rows.get_column("id").is_not_null() | _meets(rows, taken)
    away = listed.filter(pl.col("customer").is_in([*taken.customers, *_ids(rows)])).get_column("who")
    away = pl.concat([away, kept.others]).unique()
    parted = (star != groups.get_column("group")).alias("parted")
    lines = rows.select("at", "phone", "email", star.alias("group"), bad.alias("bad"), parted)
    found = [lines.select("at", "group", "bad", kept.who.alias("who")).filter(pl.col("who").is_not_null())]
    for name in KEY_FIELDS:
        holders = listed.filter(pl.col(f"{name} key").is_not_null()).select("who", pl.col(f"{name} key").alias(name))
        found.append(lines.join(holders, on=name, how="inner").select("at", "group", "bad", "who"))
    touches = pl.concat(found).with_columns(pl.col("who").is_in(away.implode()).alias("away"))
    return _decided(lines, touches, kept.same)


def _decided(lines: pl.DataFrame, touches: pl.DataFrame, same: pl.Series) -> Touched:
    spoilt = pl.col("bad").any() | pl.col("away").any() | (pl.col("group").n_unique() > 1)
    by_customer = touches.group_by("who").agg(spoilt.alias("spoilt"))
    by_group = (
        touches.select("group", "who")
        .join(by_customer, on="who", how="left")
        .group_by("group")
        .agg(pl.col("who").first(), (pl.col("spoilt").any() | (pl.col("who").n_unique() > 1)).alias("spoilt"))
    )
    own = lines.select("group", pl.col("bad", "parted").any().over("group"))
    found = own.join(by_group, on="group", how="left", maintain_order="left")
    parted = pl.col("parted") & pl.col("who").is_not_null()
    tangled = found.select(
        pl.col("group").is_null() | pl.col("bad") | parted | pl.col("spoilt").fill_null(value=False)
    ).to_series()
    return Touched(found.get_column("who"), same, tangled)


@dataclass(frozen=True)
class _Kept:
    """By row: whose it is by its pin, whether it is as its pin says, and whether its pins are for the replay to judge.

    `others` are customers of whom other pins than those speak.
    """

    who: pl.Series
    same: pl.Series
    bad: pl.Series
    others: pl.Series


def _pinned(rows: pl.DataFrame, listed: pl.DataFrame, pins: Pins) -> _Kept:
    none = _nowhere(rows)
    if not pins:
        nobody = pl.Series("who", [None], dtype=pl.UInt32).new_from_index(0, rows.height)
        return _Kept(nobody, none, none, pl.Series("who", [], dtype=pl.UInt32))
    known = pins.frame.join(listed.select("customer", "who"), on="customer", how="left", maintain_order="left")
    slots = rows.select("at", "ident", pl.col("ordinal").cast(pl.Int64), "digest", *KEY_FIELDS)
    columns = ("ident", "ordinal", "who", *_CELLS.values(), "fate", "gone", "decision", "pending")
    own = slots.join(
        known.select(*columns, pl.col("digest").alias("pin digest")),
        on=["ident", "ordinal"],
        how="left",
        maintain_order="left",
    )
    cells = [pl.col(name).fill_null("") == pl.col(column) for name, column in _CELLS.items()]
    settled = (
        (pl.col("fate") == "kept")
        & (pl.col("gone") == "")
        & (pl.col("decision") == "")
        & ~pl.col("pending")
        & pl.col("who").is_not_null()
    )
    alike = (pl.col("digest") == pl.col("pin digest")) & settled & pl.all_horizontal(cells)
    same = own.select(alike.fill_null(value=False)).to_series()
    rest = known.join(slots.filter(same).select("ident", "ordinal"), on=["ident", "ordinal"], how="anti")
    strange = rows.get_column("ident").is_in(rest.get_column("ident").unique().implode())
    # The last of several rows of one source key may be new.
    added = own.select(pl.col("fate").is_null() & (pl.col("ordinal") > 0)).to_series()
    if added.any():
        added &= rows.get_column("ident").is_in(known.get_column("ident").unique().implode())
    alike_cells, lookalikes = _cells_of_others(rows, rest)
    others = rest.filter(
        pl.col("ident").is_in(rows.get_column("ident").implode()) | (pl.col("fate") != "kept") | lookalikes
    )
    who = own.select(pl.when(same).then("who")).to_series()
    return _Kept(who, same, strange | added | alike_cells, others.get_column("who").drop_nulls().unique())


def _cells_of_others(rows: pl.DataFrame, rest: pl.DataFrame) -> tuple[pl.Series, pl.Expr]:
    """Rows that may be known by their cells alone, and the pins, of rows without a source key, that have them."""
    hashed = pl.col("ident").str.starts_with("h:")
    loose = rest.filter(hashed)
    marked = _nowhere(rows)
    having = pl.lit(value=False)
    if loose.is_empty():
        return marked, having
    for name, column in _CELLS.items():
        values = loose.filter(pl.col(column) != "").get_column(column).unique()
        met = rows.get_column(name).is_in(values.implode()).fill_null(value=False)
        marked |= met
        having |= pl.col(column).is_in(rows.get_column(name).filter(met).unique().implode())
    return marked, hashed & having


def _meets(rows: pl.DataFrame, taken: Taken) -> pl.Series:
    met = _nowhere(rows)
    for name, values in taken.keys.items():
        if values:
            series = pl.Series(sorted(values), dtype=pl.String)
            met |= rows.get_column(name).is_in(series.implode()).fill_null(value=False)
    return met


def _nowhere(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([False]).new_from_index(0, rows.height)


def _ids(rows: pl.DataFrame) -> list[str]:
    return rows.get_column("id").drop_nulls().unique().to_list()
