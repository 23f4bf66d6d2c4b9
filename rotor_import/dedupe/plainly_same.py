"""Tells in columns who is certainly one person, so that only the others are compared one by one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.people import JoinedBy, compare_columns

_PAIR = 2
_JOINED_BY: tuple[tuple[JoinedBy, bool], ...] = (("phone", True), ("email", False))
"""The key that joins, and whether it is the phone."""
_NAMES = ("first_name", "last_name", "company_name")


def of_several_people(rows: pl.DataFrame, cluster: pl.Series, by_phone: pl.Series) -> pl.Series:
    """The clusters, by name, whose rows are not certainly all one person; `cluster` is null for other rows.

    A row that names nobody is the same as anybody. Two rows are compared in all that they say, and two names of more
    rows by themselves; of more names, somebody may be the bridge.
    """
    names = [name for name in _NAMES if name in rows.columns]
    if not names:
        return cluster.clear()
    hashed = rows.select(
        cluster.alias("cluster"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("line"),
        pl.struct(names).hash().alias("hash"),
    )
    differ = hashed.group_by("cluster").agg(pl.col("hash").min().alias("least"), pl.col("hash").max().alias("most"))
    differ = differ.filter(pl.col("cluster").is_not_null(), pl.col("least") != pl.col("most"))
    lines = hashed.select("cluster", "line").join(differ, on="cluster", how="semi", maintain_order="left")
    lines = lines.with_columns(rows[lines.get_column("line")].select(pl.col(names).str.to_lowercase()))
    several = (
        lines.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in names))
        .unique(["cluster", *names], keep="first", maintain_order=True)
        .group_by("cluster", maintain_order=True)
        .agg(pl.len().alias("names"), pl.col("line").first(), pl.col("line").last().alias("other"))
        .filter(pl.col("names") > 1)
    )
    if several.is_empty():
        return several.get_column("cluster")
    sizes = lines.join(several, on="cluster", how="semi").group_by("cluster").len()
    pairs = several.filter(pl.col("names") == _PAIR).join(sizes, on="cluster", how="left", maintain_order="left")
    others = several.get_column("cluster").filter(several.get_column("names") > _PAIR)
    return pl.concat([others, *_differing(rows, names, pairs, by_phone)])


def _differing(rows: pl.DataFrame, names: list[str], pairs: pl.DataFrame, by_phone: pl.Series) -> Iterator[pl.Series]:
    """Those of the `pairs` of two names, each in two lines of `rows`, that are not one person."""
    for alone in (True, False):
        shown = rows if alone else rows.select(names)
        of_two_rows = pairs.filter((pl.col("len") == _PAIR) == alone)
        if of_two_rows.is_empty():
            continue
        for joined_by, marked in _JOINED_BY:
            some = of_two_rows.filter(by_phone.gather(of_two_rows.get_column("line")) == marked)
            if some.is_empty():
                continue
            one, other = (shown[some.get_column(line)] for line in ("line", "other"))
            yield some.get_column("cluster").filter(compare_columns(one, other, joined_by) != "same")


def is_unlike(rows: pl.DataFrame, held_at: pl.Series, asked: pl.Series, directory: pl.DataFrame) -> pl.Series:
    """Whether a row that is `asked` about is not certainly the customer at its `held_at` in the directory."""
    unlike = pl.Series([False]).new_from_index(0, rows.height)
    lines = (asked & held_at.is_not_null()).arg_true()
    if lines.is_empty():
        return unlike
    some = rows[lines]
    known = directory[held_at.gather(lines)].with_columns(
        pl.coalesce(f"{name} key", name).alias(name) for name in ("phone", "email")
    )
    by_phone = (some.get_column("phone") == known.get_column("phone")).fill_null(value=False)
    for joined_by, marked in _JOINED_BY:
        joined = by_phone == marked
        if not joined.any():
            continue
        verdicts = compare_columns(some.filter(joined), known.filter(joined), joined_by)
        unlike = unlike.scatter(lines.filter(joined), verdicts != "same")
    return unlike


def spread(marked: pl.Series, cluster: pl.Series) -> pl.Series:
    """The mark of one row for all rows of its cluster."""
    if not marked.any():
        return marked
    affected = cluster.filter(marked).drop_nulls().unique()
    return marked | cluster.is_in(affected.implode()).fill_null(value=False)
