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
    """`at` and `group`, both UInt32, a line for each row; the group is null where the row is tangled.

    `rows` have `at`, which counts them from 0. Without the whole directory (`complete`) a record must carry every
    key of its rows.
    """
    # Hashes are counted quicker than texts; where two texts have one, their rows are merely looked at again.
    alone = pl.all_horizontal(pl.col(name).is_null() | pl.col(name).hash().is_unique() for name in _SHARED)
    keyed = pl.any_horizontal(pl.col(name).is_not_null() for name in KEY_FIELDS)
    marked = rows.select("at", alone.alias("alone"), keyed.alias("keyed"))
    single = marked.filter("alone", "keyed").select("at", pl.col("at").alias("group"))
    lone = marked.filter("alone", ~pl.col("keyed")).select("at", pl.lit(None, dtype=pl.UInt32).alias("group"))
    shared = _stars(rows.filter(~marked.get_column("alone")), policy, complete=complete)
    return pl.concat([single, lone, shared]).sort("at")


def _stars(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """Step by step, for a window within a window is gone through group by group."""
    coded = rows.select("at", _coded(*_SHARED))
    sizes = (pl.len().over(name).alias(f"all {name}") for name in _SHARED)
    counted = coded.with_columns(*sizes, *(_inside(centre, name) for centre, name in _PAIRS))
    found = counted.with_columns(
        _star("phone", "email", complete=complete).alias("by phone"),
        _star("email", "phone", complete=complete).alias("by email"),
    )
    group = (
        pl.when("by phone")
        .then(pl.col("at").min().over("phone"))
        .when("by email")
        .then(pl.col("at").min().over("email"))
    )
    looked_at = _needs_a_look(rows, found.select(group.alias("group")).to_series(), policy)
    return found.select("at", pl.when(~looked_at).then(group).alias("group"))


def _inside(centre: str, name: str) -> pl.Expr:
    """How many rows share both."""
    return pl.len().over(centre, name).alias(f"{centre} with {name}")


def _star(centre: str, other: str, *, complete: bool) -> pl.Expr:
    """Whether the rows that share `centre` are a closed group."""
    open_ = pl.any_horizontal(
        pl.col(name).is_not_null() & (pl.col(f"all {name}") != pl.col(f"{centre} with {name}"))
        for name in (other, "source_key")
    )
    closed = ~open_.max().over(centre)
    if not complete:
        closed &= ~_differ(other, centre)
    return pl.col(centre).is_not_null() & closed


def _needs_a_look(rows: pl.DataFrame, groups: pl.Series, policy: Policy) -> pl.Series:
    """Groups that only records can be asked about: strangers who share a phone, texts that are joined or of lines."""
    texts = [name for name in rows.columns if name not in ("at", *PLACED, TAGS_FIELD)]
    joined = {name for name in texts if policy.survivor.get(name) == "join"}
    broken = rows.select(breaks_lines(pl.col(name)).any() for name in texts).row(0, named=True) if texts else {}
    asked = {"email", *joined, *(name for name, holds in broken.items() if holds)}
    asked |= {"last_name"} & set(texts)
    lines = rows.select(*(_coded(name) for name in sorted(asked)), groups.alias("group"))
    strange = _differ("email") & _differ("last_name") if "last_name" in asked else pl.lit(value=False)
    lined = rows.select(breaks_lines(pl.col(name)).alias(f"{name} lines") for name in texts if broken[name])
    conditions = [strange, *(_differ(name) for name in sorted(joined))]
    conditions += [_differ(name) & pl.col(f"{name} lines").max().over("group") for name in texts if broken[name]]
    return lines.hstack(lined).select(pl.any_horizontal(conditions)).to_series()


def _coded(*names: str) -> pl.Expr:
    """A number for each text, by which groups are told apart sooner."""
    return pl.col(names).rank("dense")


def _differ(code: str, group: str = "group") -> pl.Expr:
    """Whether a group's numbers, blank ones aside, are not all one."""
    return (pl.col(code).min().over(group) != pl.col(code).max().over(group)).fill_null(value=False)
