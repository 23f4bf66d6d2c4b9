"""Rows whose keys touch nobody else's, found by counting: each closed group of them is one customer for certain.

A group is closed if all its rows share a phone, or all share an e-mail, and no key of theirs stands in a row outside
it. Rotor's rule then leads each of them to the same customer, whatever the order, and the last key that is not blank
stays. Everything else is tangled, and left to the replay.
"""

from __future__ import annotations

import polars as pl

from rotor_import.dedupe.survivors import breaks_lines
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import PLACED, Policy

_SHARED = ("source_key", *KEY_FIELDS)
_PAIRS = (("phone", "email"), ("phone", "source_key"), ("email", "phone"), ("email", "source_key"))


def closed_groups(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """`at`, `star` and `group`, all UInt32, a line for each row; both are null where the row is tangled.

    `rows` have `at`, which counts them from 0. A star is a closed group of rows, named by its first. With the whole
    directory (`complete`) it is one customer, and the `group` its name again. Without it a record must carry every
    key of its rows, so that a row with another key begins a new one: the star falls into several groups.
    """
    # Hashes are counted quicker than texts; where two texts have one, their rows are merely looked at again.
    alone = pl.all_horizontal(pl.col(name).is_null() | pl.col(name).hash().is_unique() for name in _SHARED)
    keyed = pl.any_horizontal(pl.col(name).is_not_null() for name in KEY_FIELDS)
    marked = rows.select("at", alone.alias("alone"), keyed.alias("keyed"))
    single = pl.when("keyed").then("at")
    lone = marked.filter("alone").select("at", single.alias("star"), single.alias("group"))
    shared = _stars(rows.filter(~marked.get_column("alone")), policy, complete=complete)
    return pl.concat([lone, shared]).sort("at")


def _stars(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """Step by step, for a window within a window is gone through group by group."""
    coded = rows.select("at", _coded(*_SHARED))
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
    """Groups that only records can be asked about: texts that are joined or of lines, and where `strange` strangers.

    Strangers share a phone and nothing else, in one star.
    """
    texts = [name for name in rows.columns if name not in ("at", *PLACED, TAGS_FIELD)]
    joined = {name for name in texts if policy.survivor.get(name) == "join"}
    broken = rows.select(breaks_lines(pl.col(name)).any() for name in texts).row(0, named=True) if texts else {}
    asked = joined | {name for name, holds in broken.items() if holds}
    strange &= "last_name" in texts
    asked |= {"email", "last_name"} if strange else set()
    lined = (breaks_lines(pl.col(name)).alias(f"{name} lines") for name in texts if broken[name])
    looked_at = rows.select(*(_coded(name) for name in sorted(asked)), *lined)
    lines = stars.select("star", "group").with_columns(looked_at.get_columns())
    conditions = [_differ("email", "star") & _differ("last_name", "star")] if strange else []
    conditions += [_differ(name) for name in sorted(joined)]
    conditions += [_differ(name) & pl.col(f"{name} lines").max().over("group") for name in texts if broken[name]]
    if not conditions:
        return pl.repeat(value=False, n=rows.height, eager=True)
    return lines.select(pl.any_horizontal(conditions)).to_series()


def _coded(*names: str) -> pl.Expr:
    """A number for each text, by which groups are told apart sooner."""
    return pl.col(names).rank("dense")


def _differ(code: str, group: str = "group") -> pl.Expr:
    """Whether a group's numbers, blank ones aside, are not all one."""
    return (pl.col(code).min().over(group) != pl.col(code).max().over(group)).fill_null(value=False)
