"""Rows whose keys touch nobody else's, found by counting: each closed group of them is one customer for certain.

A group is closed if all its rows share a phone, or all share an e-mail, and no key of theirs stands in a row outside
it. Rotor's rule then leads each of them to the same customer, whatever the order, and the last key that is not blank
stays. Everything else is tangled, and left to the replay.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.dedupe.survivors import breaks_lines
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import PLACED, Policy

_SHARED = ("source_key", *KEY_FIELDS)
_PAIRS = (("phone", "email"), ("phone", "source_key"), ("email", "phone"), ("email", "source_key"))


def closed_groups(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """`at`, `star` and `group`, all UInt32, and `alone`, a line for each row; star and group are null if it is tangled.

    `rows` have `at`, which counts them from 0. A row is alone if no other has a key of its. A star is a closed group
    of rows, named by its first. With the whole directory (`complete`) it is one customer, and the `group` its name
    again. Without it a record must carry every key of its rows, so that a row with another key begins a new one: the
    star falls into several groups.
    """
    alone = pl.all_horizontal(~repeated(rows.get_column(name)) for name in _SHARED)
    keyed = pl.any_horizontal(pl.col(name).is_not_null() for name in KEY_FIELDS)
    marked = rows.select("at", alone.alias("alone"), keyed.alias("keyed"))
    single = pl.when("keyed").then("at")
    lone = marked.filter("alone").select("at", single.alias("star"), single.alias("group"), "alone")
    shared = _stars(rows.filter(~marked.get_column("alone")), policy, complete=complete)
    return pl.concat([lone, shared.with_columns(alone=pl.lit(value=False))]).sort("at")


def repeated(cells: pl.Series) -> pl.Series:
    """Cells, not blank, that are not the only ones with their text.

    Hashes are sorted quicker than texts are counted; where two texts have one, their rows are merely looked at again.
    """
    hashes = cells.hash()
    ordered = hashes.filter(cells.is_not_null()).sort()
    again = ordered.filter(ordered == ordered.shift(1))
    return hashes.is_in(again.unique().implode()) & cells.is_not_null()


def _stars(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """Step by step, for a window within a window is gone through group by group."""
    coded = rows.select("at", *_coded(*_SHARED))
    sizes = (pl.len().over(name).alias(f"all {name}") for name in _SHARED)
    counted = coded.with_columns(*sizes, *(_inside(centre, name) for centre, name in _PAIRS))
    found = counted.with_columns(_star("phone", "email").alias("by phone"), _star("email", "phone").alias("by email"))
    at = pl.col("at").min()
    star = pl.when("by phone").then(at.over("phone")).when("by email").then(at.over("email"))
    found = found.with_columns(star.alias("star"))
    found = found.with_columns(pl.col("star").alias("group") if complete else _parts(found))
    away = _needs_a_look(rows, found, policy, strange=complete or policy.hold_suspicious)
    found = found.with_columns((away | _named_across()).alias("away"))
    return found.select("at", pl.when(~pl.col("away").max().over("star")).then(pl.col("star", "group")))


def _parts(stars: pl.DataFrame) -> pl.Series:
    """The first row of each row's part of its star: one with another key than the last that is filled begins a part."""
    other = pl.when("by phone").then("email").otherwise("phone")
    split = stars.select("at", "star", other.alias("other")).filter(
        pl.col("star").is_not_null(), pl.col("other").min().over("star") != pl.col("other").max().over("star")
    )
    before = split.with_columns(pl.col("other").forward_fill().shift(1).over("star").alias("before"))
    begins = (pl.col("at") == pl.col("star")) | (pl.col("other") != pl.col("before")).fill_null(value=False)
    began = before.with_columns(pl.when(begins).then("at").alias("began"))
    parts = began.select("at", pl.col("began").forward_fill().over("star").alias("group"))
    return (
        stars.join(parts, on="at", how="left", maintain_order="left")
        .select(pl.coalesce("group", "star").alias("group"))
        .to_series()
    )


def _named_across() -> pl.Expr:
    """In a star of several parts, a source key that several rows have may lead from one part back to another."""
    return (pl.col("group") != pl.col("star")) & (pl.col("all source_key").max().over("star") > 1)


def _inside(centre: str, name: str) -> pl.Expr:
    """How many rows share both."""
    return pl.len().over(centre, name).alias(f"{centre} with {name}")


def _star(centre: str, other: str) -> pl.Expr:
    """Whether the rows that share `centre` are a closed group."""
    open_ = pl.any_horizontal(
        pl.col(name).is_not_null() & (pl.col(f"all {name}") != pl.col(f"{centre} with {name}"))
        for name in (other, "source_key")
    )
    return pl.col(centre).is_not_null() & ~open_.max().over(centre)


def _needs_a_look(rows: pl.DataFrame, stars: pl.DataFrame, policy: Policy, *, strange: bool) -> pl.Series:
    """Rows of groups that only records can be asked about: texts that are joined or of lines, and `strange` strangers.

    Strangers share a phone and nothing else, in one star.
    """
    texts = [name for name in rows.columns if name not in ("at", *PLACED, TAGS_FIELD)]
    found = [
        _unlike(rows, stars, name) if policy.survivor.get(name) == "join" else _broken(rows, stars, name)
        for name in texts
    ]
    if strange and "last_name" in texts:
        found.append(_unlike(rows, stars, "email", "star") & _unlike(rows, stars, "last_name", "star"))
    return pl.select(pl.any_horizontal(pl.repeat(value=False, n=rows.height, eager=True), *found)).to_series()


def _unlike(rows: pl.DataFrame, stars: pl.DataFrame, name: str, group: str = "group") -> pl.Series:
    """Whether a group's texts, blank ones aside, are not all one."""
    lines = rows.select(stars.get_column(group).alias("group"), "at", pl.col(name))
    coded = lines.select("group", *_coded(name))
    differ = pl.col(name).min().over("group") != pl.col(name).max().over("group")
    return coded.select(differ.fill_null(value=False)).to_series()


def _broken(rows: pl.DataFrame, stars: pl.DataFrame, name: str) -> pl.Series:
    """Whether a group has texts of several lines, and they are not all one."""
    lines = rows.select(stars.get_column("group"), "at", name, breaks_lines(pl.col(name)).alias("broken"))
    groups = lines.filter("broken").get_column("group").unique()
    having = lines.get_column("group").is_in(groups.implode()).fill_null(value=False)
    if not having.any():
        return having
    part = lines.filter(having)
    return having.scatter(having.arg_true(), _unlike(part, part, name))


def _coded(*names: str) -> Iterator[pl.Expr]:
    """A number for each text, by which groups are told apart sooner: its first row's."""
    return (pl.when(pl.col(name).is_not_null()).then(pl.col("at").min().over(name)).alias(name) for name in names)
