"""Folds independent rows into customers as columns: those that are new, and those that Rotor has as the file says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from rotor_import.dedupe.fold_columns import LOST, fold_columns, lost_columns
from rotor_import.dedupe.unchanged import unchanged
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.independent import Independent
from rotor_import.model.policy import Policy
from rotor_import.model.rows import PLACED

_ROW = ("group", "at", "file", "row", "rank", "seen")
_MATCH = ("held_at", "linked")
_AT_ONCE = 4
"""Columns that are sorted together."""
_KEPT = ("group", "at", "file", "row", "source_key", *KEY_FIELDS, "linked", "seen")


def fold_independent(
    lines: pl.DataFrame,
    own: pl.Series,
    policy: Policy,
    listed: pl.DataFrame,
    *,
    has_baselines: bool,
) -> Independent:
    """Fold those of the `lines` that `own` marks; `named` then says which customer each group is.

    They are the import's rows with `at`, `group`, `alone`, `held_at`, `linked` and `seen`; `listed` is the directory's
    frame. Known customers that differ from what Rotor holds are left out: their rows are for the replay.
    """
    names = [*KEY_FIELDS, *(name for name in lines.columns if name not in (*PLACED, *_ROW, *_MATCH, "alone"))]
    alone = lines.get_column("alone")
    several = lines.filter(own & ~alone)
    if not several.get_column("seen").is_sorted():
        several = several.sort("group", "seen", "at")
    groups = lines.select(*_ROW, *names, *_MATCH, pl.lit(value=False).alias("mixed")).filter(own & alone)
    records = groups.clear()
    if several.height:
        matches = _matches(several, has_baselines=has_baselines)
        records = fold_columns(several, names, policy).join(matches, on="group", how="left", maintain_order="left")
        records = records.select(groups.columns)
        groups = _by_group(groups, records)
    total = groups.height
    groups = _without_changed(groups, names, listed, policy, has_baselines=has_baselines)
    kept = [*_KEPT, *(name for name in ("digest", "natural_key", "occurrence") if name in lines.columns)]
    rows = lines.select(*kept, (pl.col("at") == pl.col("group")).alias("first")).filter(own)
    if groups.height != total:
        stays = groups.select("group")
        rows = rows.join(stays, on="group", how="semi", maintain_order="left")
        several = several.join(stays, on="group", how="semi", maintain_order="left")
    return Independent(
        rows=rows,
        groups=groups.drop("at", "seen"),
        lost=lost_columns(several, records, names) if several.height else pl.DataFrame(schema=LOST),
    )


def _by_group(groups: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Both, sorted; a few columns of `groups` are taken at a time, since all of them twice were the peak of a plan."""
    order = pl.concat([groups.get_column("group"), records.get_column("group")]).arg_sort()
    done: list[pl.Series] = []
    for start in range(0, records.width, _AT_ONCE):
        names = records.columns[start : start + _AT_ONCE]
        both = pl.concat([pl.DataFrame([groups.drop_in_place(name) for name in names]), records.select(names)])
        done += both.rechunk()[order].get_columns()  # lines of a frame in several chunks are picked far more slowly
    return pl.DataFrame(done)


def _matches(several: pl.DataFrame, *, has_baselines: bool) -> pl.DataFrame:
    """For each known group, its customer, whether all of its rows are as they were, and whether only some are: `mixed`.

    A group counts as mixed, too, where its rows have several keys of a kind and there are baselines: one of these may
    say that a key was not applied.
    """
    linked = pl.col("linked")
    some = linked.any()
    if has_baselines:
        some |= pl.any_horizontal(pl.col(name).drop_nulls().n_unique() > 1 for name in KEY_FIELDS)
    return (
        several.select("group", *KEY_FIELDS, *_MATCH)
        .filter(pl.col("held_at").is_not_null())
        .group_by("group")
        .agg(pl.col("held_at").first(), linked.all(), (some & ~linked.all()).alias("mixed"))
    )


def _without_changed(
    groups: pl.DataFrame, names: list[str], listed: pl.DataFrame, policy: Policy, *, has_baselines: bool
) -> pl.DataFrame:
    known = groups.filter(pl.col("held_at").is_not_null())
    if known.is_empty():
        return groups
    same = unchanged(known, names, listed, policy) & ~known.get_column("mixed")
    if has_baselines and TAGS_FIELD in names:
        same &= known.get_column("linked")  # else a tag may have been dropped since, which the report tells
    if same.all():
        return groups
    return groups.join(known.filter(~same), on="group", how="anti", maintain_order="left")


def named(folded: Independent, listed: pl.DataFrame, new_customers: Callable[[int], pl.Series]) -> Independent:
    """The groups with `customer`, Rotor's id or a planned one's name, and `known`, whether Rotor holds it."""
    return replace(folded, groups=_named(folded.groups, listed, new_customers))


def _named(groups: pl.DataFrame, listed: pl.DataFrame, new_customers: Callable[[int], pl.Series]) -> pl.DataFrame:
    held_at = groups.get_column("held_at")
    names = new_customers(held_at.null_count()).alias("customer")
    if len(names) == groups.height:
        return groups.with_columns(names, pl.lit(value=False).alias("known"))
    held = listed.get_column("customer").gather(held_at.drop_nulls())
    customers = pl.concat([held, names])  # those that are known first, each kind in its order
    known = pl.col("held_at").is_not_null()
    order = pl.when(known).then(known.cum_sum() - 1).otherwise(len(held) + (~known).cum_sum() - 1)
    return groups.with_columns(
        customers.gather(groups.select(order).to_series()).alias("customer"), known.alias("known")
    )
