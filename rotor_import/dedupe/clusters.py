"""Finds clusters: rows that one key joins and whose keys no other row has, so that each is certainly one customer.

All rows of a cluster share a phone, or all share an email, and none of its keys is in a row outside it; and by their
names they are one person. Rotor's rule then leads each of them to the same customer, whatever the order, and the last
key that is not blank stays. All other rows are contested and left to the replay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_

import polars as pl

from rotor_import.dedupe.fold_columns import breaks_lines
from rotor_import.dedupe.plainly_same import of_several_people
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.policy import Policy, picks_one
from rotor_import.model.rows import PLACED

_SHARED = ("source_key", *KEY_FIELDS)
_PAIRS = (("phone", "email"), ("phone", "source_key"), ("email", "phone"), ("email", "source_key"))


def find_clusters(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """For each row `at`, its `cluster` and its `group` (all UInt32), and whether it is `alone`.

    `rows` have `at`, which counts them from 0. A row is alone if no other row has one of its keys. A cluster is named
    by the `at` of its first row; so is a group, the rows that fold into one record. Both are null for a contested
    row. With the whole directory (`complete`) a cluster is one group. Without it a record must carry every key of its
    rows, so a row with another key begins a new group.
    """
    shared = reduce(or_, (repeated(rows.get_column(name)) for name in _SHARED))
    keyed = pl.any_horizontal(pl.col(name).is_not_null() for name in KEY_FIELDS)
    single = pl.when(keyed).then("at")
    lone = rows.select("at", single.alias("cluster"), single.alias("group"), (~shared).alias("alone"))
    if not shared.any():
        return lone
    found = _find_shared(rows.filter(shared), policy, complete=complete)
    return pl.concat([lone.filter("alone"), found.with_columns(alone=pl.lit(value=False))]).sort("at")


def repeated(cells: pl.Series) -> pl.Series:
    """For each cell, whether another one has the same text; False for blank ones.

    Sorting hashes is faster than counting texts. Two texts with one hash do no harm: their rows are looked at again.
    """
    if cells.null_count() == len(cells):
        return _no_row(cells)
    hashes, filled = cells.hash(), cells.is_not_null()
    ordered = hashes.filter(filled).sort()
    again = ordered.slice(1).filter(ordered.slice(1) == ordered.head(-1))
    return hashes.is_in(again.unique().implode()) & filled if len(again) else _no_row(cells)


def _no_row(rows: pl.Series | pl.DataFrame) -> pl.Series:
    return pl.Series([False]).new_from_index(0, len(rows))


def _find_shared(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """Find the clusters of rows that share keys, step by step: polars evaluates nested windows group by group."""
    coded = rows.select("at", *_coded(*_SHARED))
    sizes = (pl.len().over(name).alias(f"all {name}") for name in _SHARED)
    counted = coded.with_columns(*sizes, *(_shared_size(centre, name) for centre, name in _PAIRS))
    shared = counted.with_columns(
        _is_cluster("phone", "email").alias("by phone"), _is_cluster("email", "phone").alias("by email")
    )
    at = pl.col("at").min()
    cluster = pl.when("by phone").then(at.over("phone")).when("by email").then(at.over("email"))
    shared = shared.with_columns(cluster.alias("cluster"))
    shared = shared.with_columns(pl.col("cluster").alias("group") if complete else _groups(shared))
    people = of_several_people(rows, shared.get_column("cluster"), shared.get_column("by phone"))
    replayed = _needs_replay(rows, shared, policy) | shared.get_column("cluster").is_in(people.implode())
    shared = shared.with_columns((replayed | _source_key_leads_back()).alias("replayed"))
    return shared.select("at", pl.when(~pl.col("replayed").max().over("cluster")).then(pl.col("cluster", "group")))


def _groups(clusters: pl.DataFrame) -> pl.Series:
    """The first row of each row's group: a row whose other key differs from the last filled one begins a group."""
    other = pl.when("by phone").then("email").otherwise("phone")
    split = clusters.select("at", "cluster", other.alias("other")).filter(
        pl.col("cluster").is_not_null(), pl.col("other").min().over("cluster") != pl.col("other").max().over("cluster")
    )
    before = split.with_columns(pl.col("other").forward_fill().shift(1).over("cluster").alias("before"))
    begins = (pl.col("at") == pl.col("cluster")) | (pl.col("other") != pl.col("before")).fill_null(value=False)
    began = before.with_columns(pl.when(begins).then("at").alias("began"))
    parts = began.select("at", pl.col("began").forward_fill().over("cluster").alias("group"))
    return (
        clusters.join(parts, on="at", how="left", maintain_order="left")
        .select(pl.coalesce("group", "cluster").alias("group"))
        .to_series()
    )


def _source_key_leads_back() -> pl.Expr:
    """In a cluster of several groups, a source key that several rows have may lead from one group back to another."""
    return (pl.col("group") != pl.col("cluster")) & (pl.col("all source_key").max().over("cluster") > 1)


def _shared_size(centre: str, name: str) -> pl.Expr:
    """How many rows share both keys."""
    return pl.len().over(centre, name).alias(f"{centre} with {name}")


def _is_cluster(centre: str, other: str) -> pl.Expr:
    """Whether none of the keys of the rows that share `centre` is in another row."""
    reaches_out = pl.any_horizontal(
        pl.col(name).is_not_null() & (pl.col(f"all {name}") != pl.col(f"{centre} with {name}"))
        for name in (other, "source_key")
    )
    return pl.col(centre).is_not_null() & ~reaches_out.max().over(centre)


def _needs_replay(rows: pl.DataFrame, clusters: pl.DataFrame, policy: Policy) -> pl.Series:
    """Rows that columns cannot fold, since their group's texts are joined or have several lines."""
    texts = [name for name in rows.columns if name not in ("at", *PLACED, TAGS_FIELD)]
    picked = [name for name in texts if picks_one(policy.survivor_of(name))]
    joined = [name for name in texts if name not in picked]
    groups = clusters.get_column("group")
    reasons = [_differ_in_lines(rows, groups, name) for name in _with_line_breaks(rows, picked)]
    reasons += _differ(rows, groups, joined)
    return reduce(or_, reasons, _no_row(rows))


def _differ(rows: pl.DataFrame, groups: pl.Series, names: Sequence[str]) -> list[pl.Series]:
    """For each name, whether a row's group has several texts, not counting blanks."""
    if not names:
        return []
    coded = rows.select(groups.alias("group"), *_coded(*names))
    differ = (pl.col(name).min().over("group") != pl.col(name).max().over("group") for name in names)
    return coded.select(column.fill_null(value=False) for column in differ).get_columns()


def _with_line_breaks(rows: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """The columns in which a text has several lines."""
    found = rows.select(breaks_lines(pl.col(name)).any() for name in names)
    return [column.name for column in found if column.any()]


def _differ_in_lines(rows: pl.DataFrame, groups: pl.Series, name: str) -> pl.Series:
    """Whether a row's group has several texts, one of which has several lines."""
    lines = rows.select(groups.alias("group"), "at", name, breaks_lines(pl.col(name)).alias("multiline"))
    multiline = lines.filter("multiline").get_column("group").unique()
    affected = lines.get_column("group").is_in(multiline.implode()).fill_null(value=False)
    part = lines.filter(affected)
    return affected.scatter(affected.arg_true(), *_differ(part, part.get_column("group"), [name]))


def _coded(*names: str) -> Iterator[pl.Expr]:
    """Each text as a number, that of its first row: numbers are compared faster."""
    return (pl.when(pl.col(name).is_not_null()).then(pl.col("at").min().over(name)).alias(name) for name in names)
