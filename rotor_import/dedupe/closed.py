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


def closed_groups(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    """`at` and `group`, both UInt32, a line for each row; the group is null where the row is tangled.

    `rows` have `at`, which counts them from 0. Without the whole directory (`complete`) a record must carry every
    key of its rows.
    """
    alone = pl.all_horizontal(pl.col(name).is_null() | pl.col(name).is_unique() for name in _SHARED)
    keyed = pl.any_horizontal(pl.col(name).is_not_null() for name in KEY_FIELDS)
    marked = rows.select("at", alone.alias("alone"), keyed.alias("keyed"))
    single = marked.filter("alone", "keyed").select("at", pl.col("at").alias("group"))
    lone = marked.filter("alone", ~pl.col("keyed")).select("at", pl.lit(None, dtype=pl.UInt32).alias("group"))
    shared = _stars(rows.filter(~marked.get_column("alone")), policy, complete=complete)
    return pl.concat([single, lone, shared]).sort("at")


def _stars(rows: pl.DataFrame, policy: Policy, *, complete: bool) -> pl.DataFrame:
    coded = rows.with_columns(pl.col(_SHARED).cast(pl.Categorical).to_physical())
    counted = coded.with_columns(pl.len().over(name).alias(f"all {name}") for name in _SHARED)
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
    grouped = found.with_columns(group.alias("group"))
    texts = rows.with_columns(grouped.get_column("group"))
    return texts.select("at", pl.when(~_needs_a_look(rows, policy)).then("group").alias("group"))


def _star(centre: str, other: str, *, complete: bool) -> pl.Expr:
    """Whether the rows that share `centre` are a closed group."""
    inside = [
        pl.col(name).is_null() | (pl.col(f"all {name}") == pl.len().over(centre, name))
        for name in (other, "source_key")
    ]
    closed = pl.all_horizontal(inside).all().over(centre)
    if not complete:
        closed &= pl.col(other).drop_nulls().n_unique().over(centre) <= 1
    return pl.col(centre).is_not_null() & closed


def _needs_a_look(rows: pl.DataFrame, policy: Policy) -> pl.Expr:
    """Groups that only records can be asked about: strangers who share a phone, texts that are joined or of lines."""
    strange = _differ(pl.col("email"))
    if "last_name" in rows.columns:
        strange &= _differ(pl.col("last_name"))
    else:
        strange = pl.lit(value=False)
    texts = [name for name in rows.columns if name not in ("at", *PLACED, TAGS_FIELD)]
    joined = [_differ(pl.col(name)) for name in texts if policy.survivor.get(name) == "join"]
    broken = rows.select(breaks_lines(pl.col(name)).any() for name in texts).row(0, named=True) if texts else {}
    lines = [_differ(pl.col(name)) & breaks_lines(pl.col(name)).any().over("group") for name in texts if broken[name]]
    return pl.any_horizontal(strange, *joined, *lines)


def _differ(cell: pl.Expr) -> pl.Expr:
    return cell.drop_nulls().n_unique().over("group") > 1
