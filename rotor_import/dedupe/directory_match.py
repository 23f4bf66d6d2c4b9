"""Which customers, of those that Rotor holds, a closed group of rows touches: one, and nobody else touches that one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from rotor_import.dedupe.clusters import repeated
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.row_links import RowLinks

_CELLS = {"phone": "cell_phone", "email": "cell_email"}


@dataclass(frozen=True)
class ReservedKeys:
    """What something that is still to be sent touches: customers, and keys by name."""

    customers: Collection[str]
    keys: dict[str, set[str]]


@dataclass(frozen=True)
class Touched:
    """Three series as long as the rows.

    `who` (UInt32) is the place in the directory's frame of each row's only customer, null where the row's group
    touches none; `linked` says whether the row is as it was when it was last applied. `contested` rows are for the
    replay.
    """

    who: pl.Series
    linked: pl.Series
    contested: pl.Series


def touched(
    rows: pl.DataFrame, groups: pl.DataFrame, directory: pl.DataFrame, links: RowLinks, reserved: ReservedKeys
) -> Touched:
    """`rows` have `at`, and are identified where there are links; `directory` is in `model.listed.SCHEMA`.

    `groups` are those of `find_clusters`. A cluster of several customers is contested if it touches any of Rotor's.
    """
    cluster = groups.get_column("cluster")
    nothing = directory.is_empty() and not links and not reserved.customers and not any(reserved.keys.values())
    if nothing and rows.get_column("id").null_count() == rows.height:
        nobody = pl.Series("who", [None], dtype=pl.UInt32).new_from_index(0, rows.height)
        return Touched(nobody, _nowhere(rows), cluster.is_null())
    listed = directory.select("customer", "phone key", "email key").with_row_index("who")
    kept = _linked(rows, listed, links)
    bad = cluster.is_null() | kept.bad | rows.get_column("id").is_not_null() | _meets(rows, reserved)
    away = listed.filter(pl.col("customer").is_in([*reserved.customers, *_ids(rows)])).get_column("who")
    spoilt = pl.repeat(value=False, n=listed.height, eager=True)
    spoilt = spoilt.scatter(away, values=True).scatter(kept.others, values=True)
    found = [kept.who.alias("by link")]
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
    contested = lines.get_column("bad").scatter(where, together.get_column("bad"))
    return Touched(lines.get_column("who").scatter(where, together.get_column("who")), same, contested)


def _of_several(lines: pl.DataFrame) -> pl.Series:
    """Customers whom more than one cluster touches."""
    shared = lines.filter(~pl.col("alone")).select("cluster", "who").drop_nulls("who").unique()
    single = lines.filter("alone").get_column("who").drop_nulls()
    ordered = pl.concat([single, shared.get_column("who")]).sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


def _together(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of one cluster have one fate, and one customer if any."""
    over = lines.select(
        "at",
        pl.col("who").max().over("cluster"),
        (pl.col("who").max() != pl.col("who").min()).over("cluster").fill_null(value=False).alias("differ"),
        pl.col("bad").any().over("cluster"),
        (pl.col("cluster") != pl.col("group")).any().over("cluster").alias("parted"),
        pl.col("cluster").is_null().alias("contested"),
    )
    bad = pl.col("bad") | pl.col("differ") | pl.col("contested") | (pl.col("parted") & pl.col("who").is_not_null())
    return over.select("at", "who", bad.alias("bad"))


@dataclass(frozen=True)
class _Kept:
    """By row: its customer by its link, whether it is as its link says, and whether the replay has to judge its links.

    `others` are customers that any other link refers to.
    """

    who: pl.Series
    same: pl.Series
    bad: pl.Series
    others: pl.Series


def _linked(rows: pl.DataFrame, listed: pl.DataFrame, links: RowLinks) -> _Kept:
    none = _nowhere(rows)
    if not links:
        nobody = pl.Series("who", [None], dtype=pl.UInt32).new_from_index(0, rows.height)
        return _Kept(nobody, none, none, pl.Series("who", [], dtype=pl.UInt32))
    known = links.frame.join(listed.select("customer", "who"), on="customer", how="left", maintain_order="left")
    known = known.with_row_index("link")
    row_keys = rows.select("natural_key", pl.col("occurrence").cast(pl.Int64), "digest", *KEY_FIELDS)
    columns = ("natural_key", "occurrence", "link", "who", *_CELLS.values(), "fate", "gone", "decision", "pending")
    own = row_keys.join(
        known.select(*columns, pl.col("digest").alias("link digest")),
        on=["natural_key", "occurrence"],
        how="left",
        maintain_order="left",
    )
    same = own.select(_settled().alias("same")).to_series()
    used = own.get_column("link").filter(same)
    rest = known.filter(pl.repeat(value=True, n=known.height, eager=True).scatter(used, values=False))
    natural_key = rows.get_column("natural_key")
    strange = natural_key.is_in(rest.get_column("natural_key").unique().implode())
    # The last of several rows of one source key may be new.
    added = own.select(pl.col("link").is_null() & (pl.col("occurrence") > 0)).to_series()
    if added.any():
        added &= natural_key.is_in(known.get_column("natural_key").unique().implode())
    bad = strange | added | _cells_of_others(rows, rest)
    who = own.select(pl.when(same).then("who")).to_series()
    # Rows that are gone count too: their customer may be back, or have less to say now.
    return _Kept(who, same, bad, rest.get_column("who").drop_nulls().unique())


def _settled() -> pl.Expr:
    """Whether a row is as its link says, of a customer whom Rotor holds, with nothing else to it."""
    cells = [pl.col(name).fill_null("") == pl.col(column) for name, column in _CELLS.items()]
    settled = (
        (pl.col("fate") == "kept")
        & (pl.col("gone") == "")
        & (pl.col("decision") == "")
        & ~pl.col("pending")
        & pl.col("who").is_not_null()
    )
    alike = (pl.col("digest") == pl.col("link digest")) & settled & pl.all_horizontal(cells)
    return alike.fill_null(value=False)


def _cells_of_others(rows: pl.DataFrame, rest: pl.DataFrame) -> pl.Series:
    """Rows that may be known by their cells alone: those of links of rows without a source key."""
    loose = rest.filter(pl.col("natural_key").str.starts_with("h:"))
    marked = _nowhere(rows)
    if loose.is_empty():
        return marked
    for name, column in _CELLS.items():
        values = loose.filter(pl.col(column) != "").get_column(column).unique()
        marked |= rows.get_column(name).is_in(values.implode()).fill_null(value=False)
    return marked


def _meets(rows: pl.DataFrame, reserved: ReservedKeys) -> pl.Series:
    met = _nowhere(rows)
    for name, values in reserved.keys.items():
        if values:
            series = pl.Series(sorted(values), dtype=pl.String)
            met |= rows.get_column(name).is_in(series.implode()).fill_null(value=False)
    return met


def _nowhere(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([False]).new_from_index(0, rows.height)


def _ids(rows: pl.DataFrame) -> list[str]:
    return rows.get_column("id").drop_nulls().unique().to_list()
