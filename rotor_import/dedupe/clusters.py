"""Finds clusters: rows that one key joins and whose keys no other row has, so that each is certainly one customer.

All rows of a cluster share a phone, or all share an email, and none of its keys is in a row outside it. Rotor's rule
then leads each of them to the same customer, whatever the order, and the last key that is not blank stays. Every other
row is contested, and left to the replay.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.dedupe.survivors import breaks_lines
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import PLACED, Policy

_SHARED = ("source_key", *KEY_FIELDS)
_PAIRS = (("phone", "email"), ("phone", "source_key"), ("email", "phone"), ("email", "source_key"))


def find_clusters(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """The cluster and the group of each row: `at`, `cluster` and `group`, all UInt32, and `alone`.

    `rows` have `at`, which counts them from 0. A row is alone if no other row has one of its keys. A cluster is named
    by the `at` of its first row; so is a group, the rows that fold into one record. Both are null for a contested
    row. With the whole directory (`complete`) a cluster is one group. Without it a record must carry every key of its
    rows, so a row with another key begins a new group.
    """
    alone = pl.all_horizontal(~repeated(rows.get_column(name)) for name in _SHARED)
    keyed = pl.any_horizontal(pl.col(name).is_not_null() for name in KEY_FIELDS)
    marked = rows.select("at", alone.alias("alone"), keyed.alias("keyed"))
    single = pl.when("keyed").then("at")
    lone = marked.filter("alone").select("at", single.alias("cluster"), single.alias("group"), "alone")
    shared = _find(rows.filter(~marked.get_column("alone")), policy, complete=complete)
    return pl.concat([lone, shared.with_columns(alone=pl.lit(value=False))]).sort("at")


def repeated(cells: pl.Series) -> pl.Series:
    """Cells, not blank, that are not the only ones with their text.

    Hashes are sorted quicker than texts are counted; where two texts have one, their rows are merely looked at again.
    """
    hashes = cells.hash()
    ordered = hashes.filter(cells.is_not_null()).sort()
    again = ordered.filter(ordered == ordered.shift(1))
    return hashes.is_in(again.unique().implode()) & cells.is_not_null()


def _find(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """Step by step, for a window within a window is gone through group by group."""
    coded = rows.select("at", *_coded(*_SHARED))
    sizes = (pl.len().over(name).alias(f"all {name}") for name in _SHARED)
    counted = coded.with_columns(*sizes, *(_inside(centre, name) for centre, name in _PAIRS))
    found = counted.with_columns(
        _cluster("phone", "email").alias("by phone"), _cluster("email", "phone").alias("by email")
    )
    at = pl.col("at").min()
    cluster = pl.when("by phone").then(at.over("phone")).when("by email").then(at.over("email"))
    found = found.with_columns(cluster.alias("cluster"))
    found = found.with_columns(pl.col("cluster").alias("group") if complete else _groups(found))
    away = _needs_a_look(rows, found, policy, strange=complete or policy.hold_suspicious)
    found = found.with_columns((away | _named_across()).alias("away"))
    return found.select("at", pl.when(~pl.col("away").max().over("cluster")).then(pl.col("cluster", "group")))


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


def _named_across() -> pl.Expr:
    """In a cluster of several parts, a source key that several rows have may lead from one part back to another."""
    return (pl.col("group") != pl.col("cluster")) & (pl.col("all source_key").max().over("cluster") > 1)


def _inside(centre: str, name: str) -> pl.Expr:
    """How many rows share both."""
    return pl.len().over(centre, name).alias(f"{centre} with {name}")


def _cluster(centre: str, other: str) -> pl.Expr:
    """Whether the rows that share `centre` are a closed group."""
    open_ = pl.any_horizontal(
        pl.col(name).is_not_null() & (pl.col(f"all {name}") != pl.col(f"{centre} with {name}"))
        for name in (other, "source_key")
    )
    return pl.col(centre).is_not_null() & ~open_.max().over(centre)


def _needs_a_look(rows: pl.DataFrame, clusters: pl.DataFrame, policy: Policy, *, strange: bool) -> pl.Series:
    """Rows of groups that only records can be asked about: texts that are joined or of lines, and `strange` strangers.

    Strangers share a phone and nothing else, in one cluster.
    """
    texts = [name for name in rows.columns if name not in ("at", *PLACED, TAGS_FIELD)]
    found = [
        _unlike(rows, clusters, name) if policy.survivor.get(name) == "join" else _broken(rows, clusters, name)
        for name in texts
    ]
    if strange and "last_name" in texts:
        found.append(_unlike(rows, clusters, "email", "cluster") & _unlike(rows, clusters, "last_name", "cluster"))
    return pl.select(pl.any_horizontal(pl.repeat(value=False, n=rows.height, eager=True), *found)).to_series()


def _unlike(rows: pl.DataFrame, clusters: pl.DataFrame, name: str, group: str = "group") -> pl.Series:
    """Whether a group's texts, blank ones aside, are not all one."""
    lines = rows.select(clusters.get_column(group).alias("group"), "at", pl.col(name))
    coded = lines.select("group", *_coded(name))
    differ = pl.col(name).min().over("group") != pl.col(name).max().over("group")
    return coded.select(differ.fill_null(value=False)).to_series()


def _broken(rows: pl.DataFrame, clusters: pl.DataFrame, name: str) -> pl.Series:
    """Whether a group has texts of several lines, and they are not all one."""
    lines = rows.select(clusters.get_column("group"), "at", name, breaks_lines(pl.col(name)).alias("broken"))
    groups = lines.filter("broken").get_column("group").unique()
    having = lines.get_column("group").is_in(groups.implode()).fill_null(value=False)
    if not having.any():
        return having
    part = lines.filter(having)
    return having.scatter(having.arg_true(), _unlike(part, part, name))


def _coded(*names: str) -> Iterator[pl.Expr]:
    """A number for each text, by which groups are told apart sooner: its first row's."""
    return (pl.when(pl.col(name).is_not_null()).then(pl.col("at").min().over(name)).alias(name) for name in names)
