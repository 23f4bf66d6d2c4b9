"""Which customers, of those that Rotor holds, a closed group of rows touches: one, and nobody else touches that one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from rotor_import.dedupe.closed import repeated
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
    star = groups.get_column("star")
    nothing = directory.is_empty() and not pins and not taken.customers and not any(taken.keys.values())
    if nothing and rows.get_column("id").null_count() == rows.height:
        nobody = pl.Series("who", [None], dtype=pl.UInt32).new_from_index(0, rows.height)
        return Touched(nobody, _nowhere(rows), star.is_null())
    listed = directory.select("customer", "phone key", "email key").with_row_index("who")
    kept = _pinned(rows, listed, pins)
    bad = star.is_null() | kept.bad | rows.get_column("id").is_not_null() | _meets(rows, taken)
    away = listed.filter(pl.col("customer").is_in([*taken.customers, *_ids(rows)])).get_column("who")
    spoilt = pl.repeat(value=False, n=listed.height, eager=True)
    spoilt = spoilt.scatter(away, values=True).scatter(kept.others, values=True)
    found = [kept.who.alias("by pin")]
    for name in KEY_FIELDS:
        holders = listed.select("who", pl.col(f"{name} key").alias(name)).drop_nulls(name)
        shared = repeated(holders.get_column(name))
        spoilt = spoilt.scatter(holders.get_column("who").filter(shared), values=True)
        one_each = holders.filter(~shared)
        met = rows.select(name).join(one_each, on=name, how="left", maintain_order="left").get_column("who")
        found.append(met.alias(f"by {name}"))
        if shared.any():
            bad |= rows.get_column(name).is_in(holders.get_column(name).filter(shared).implode()).fill_null(value=False)
    lines = groups.with_columns(bad.alias("bad"), *found)
    return _decided(lines, spoilt, [one.name for one in found], kept.same)


def _decided(lines: pl.DataFrame, spoilt: pl.Series, ways: list[str], same: pl.Series) -> Touched:
    """`spoilt` are customers, by their places, whose rows are for the replay; `ways` lead from rows to customers."""
    who = pl.coalesce(ways)
    differ = pl.any_horizontal((pl.col(way) != who).fill_null(value=False) for way in ways)
    lines = lines.with_columns(who.alias("who"), (pl.col("bad") | differ).alias("bad"))
    for way in ways:
        spoilt = spoilt.scatter(lines.filter("bad").get_column(way).drop_nulls(), values=True)
    spoilt = spoilt.scatter(_of_several(lines), values=True)
    met = pl.Series("met", spoilt).gather(lines.get_column("who")).fill_null(value=False)
    lines = lines.with_columns((pl.col("bad") | met).alias("bad"))
    together = _together(lines.filter(~pl.col("alone")))
    where = together.get_column("at")
    tangled = lines.get_column("bad").scatter(where, together.get_column("bad"))
    return Touched(lines.get_column("who").scatter(where, together.get_column("who")), same, tangled)


def _of_several(lines: pl.DataFrame) -> pl.Series:
    """Customers whom more than one star touches."""
    shared = lines.filter(~pl.col("alone")).select("star", "who").drop_nulls("who").unique()
    single = lines.filter("alone").get_column("who").drop_nulls()
    ordered = pl.concat([single, shared.get_column("who")]).sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


def _together(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of one star have one fate, and one customer if any."""
    over = lines.select(
        "at",
        pl.col("who").max().over("star"),
        (pl.col("who").max() != pl.col("who").min()).over("star").fill_null(value=False).alias("differ"),
        pl.col("bad").any().over("star"),
        (pl.col("star") != pl.col("group")).any().over("star").alias("parted"),
        pl.col("star").is_null().alias("tangled"),
    )
    bad = pl.col("bad") | pl.col("differ") | pl.col("tangled") | (pl.col("parted") & pl.col("who").is_not_null())
    return over.select("at", "who", bad.alias("bad"))


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
    known = known.with_row_index("pin")
    slots = rows.select("ident", pl.col("ordinal").cast(pl.Int64), "digest", *KEY_FIELDS)
    columns = ("ident", "ordinal", "pin", "who", *_CELLS.values(), "fate", "gone", "decision", "pending")
    own = slots.join(
        known.select(*columns, pl.col("digest").alias("pin digest")),
        on=["ident", "ordinal"],
        how="left",
        maintain_order="left",
    )
    same = own.select(_settled().alias("same")).to_series()
    used = own.get_column("pin").filter(same)
    rest = known.filter(pl.repeat(value=True, n=known.height, eager=True).scatter(used, values=False))
    ident = rows.get_column("ident")
    strange = ident.is_in(rest.get_column("ident").unique().implode())
    # The last of several rows of one source key may be new.
    added = own.select(pl.col("pin").is_null() & (pl.col("ordinal") > 0)).to_series()
    if added.any():
        added &= ident.is_in(known.get_column("ident").unique().implode())
    bad = strange | added | _cells_of_others(rows, rest)
    who = own.select(pl.when(same).then("who")).to_series()
    # Rows that are gone count too: their customer may be back, or have less to say now.
    return _Kept(who, same, bad, rest.get_column("who").drop_nulls().unique())


def _settled() -> pl.Expr:
    """Whether a row is as its pin says, of a customer whom Rotor holds, with nothing else to it."""
    cells = [pl.col(name).fill_null("") == pl.col(column) for name, column in _CELLS.items()]
    settled = (
        (pl.col("fate") == "kept")
        & (pl.col("gone") == "")
        & (pl.col("decision") == "")
        & ~pl.col("pending")
        & pl.col("who").is_not_null()
    )
    alike = (pl.col("digest") == pl.col("pin digest")) & settled & pl.all_horizontal(cells)
    return alike.fill_null(value=False)


def _cells_of_others(rows: pl.DataFrame, rest: pl.DataFrame) -> pl.Series:
    """Rows that may be known by their cells alone: those of pins of rows without a source key."""
    loose = rest.filter(pl.col("ident").str.starts_with("h:"))
    marked = _nowhere(rows)
    if loose.is_empty():
        return marked
    for name, column in _CELLS.items():
        values = loose.filter(pl.col(column) != "").get_column(column).unique()
        marked |= rows.get_column(name).is_in(values.implode()).fill_null(value=False)
    return marked


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
