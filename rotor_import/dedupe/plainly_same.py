"""Tells in columns who is certainly one person, so that only the others are compared one by one."""

from __future__ import annotations

import polars as pl

from rotor_import.dedupe.people import compare_columns

_NAMES = ("first_name", "last_name", "company_name")


def of_several_people(rows: pl.DataFrame, cluster: pl.Series) -> pl.Series:
    """The clusters, by name, whose rows are not all one person by their names; `cluster` is null for other rows.

    A row that names nobody is the same as anybody. Two names are compared; of more, somebody may be the bridge.
    """
    names = [name for name in _NAMES if name in rows.columns]
    if not names:
        return cluster.clear()
    named = (
        rows.select(
            cluster.alias("cluster"), *(pl.col(name).str.to_lowercase().alias(f"{name} key") for name in names), *names
        )
        .filter(pl.col("cluster").is_not_null(), pl.any_horizontal(pl.col(name).is_not_null() for name in names))
        .unique(["cluster", *(f"{name} key" for name in names)], keep="first", maintain_order=True)
    )
    groups = named.group_by("cluster", maintain_order=True)
    sizes = groups.len().filter(pl.col("len") > 1)
    pairs = sizes.filter(pl.col("len") == 2).select("cluster")  # noqa: PLR2004 - a pair
    ends = [pairs.join(end, on="cluster", maintain_order="left") for end in (groups.first(), groups.last())]
    verdicts = compare_columns(ends[0].select(names), ends[1].select(names), "phone")
    others = pairs.get_column("cluster").filter(verdicts != "same")
    return pl.concat([sizes.get_column("cluster").filter(sizes.get_column("len") > 2), others])  # noqa: PLR2004


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
    for joined, is_joined in (("phone", by_phone), ("email", ~by_phone)):
        verdicts = compare_columns(
            some.filter(is_joined), known.filter(is_joined), "phone" if joined == "phone" else "email"
        )
        unlike = unlike.scatter(lines.filter(is_joined), verdicts != "same")
    return unlike


def spread(marked: pl.Series, cluster: pl.Series) -> pl.Series:
    """The mark of one row for all rows of its cluster."""
    if not marked.any():
        return marked
    affected = cluster.filter(marked).drop_nulls().unique()
    return marked | cluster.is_in(affected.implode()).fill_null(value=False)
