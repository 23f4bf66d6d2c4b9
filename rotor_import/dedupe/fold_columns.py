"""Folds the groups of independent rows into one record each, a column at a time: the twin of `fold`."""

from __future__ import annotations

import polars as pl

from rotor_import.dedupe.fold import carries
from rotor_import.dedupe.survivors import surviving_cell
from rotor_import.dedupe.units import supplies_unit
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS, UNIT_OF
from rotor_import.model.policy import Policy

_LINE_BREAK = r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
LOST = {
    "group": pl.UInt32,
    "file": pl.UInt32,
    "row": pl.UInt32,
    "field": pl.String,
    "lost": pl.String,
    "kept": pl.String,
}


def breaks_lines(cell: pl.Expr) -> pl.Expr:
    return cell.str.contains(_LINE_BREAK).fill_null(value=False)


def fold_columns(rows: pl.DataFrame, names: list[str], policy: Policy) -> pl.DataFrame:
    """A line for each `group` of `rows`: its first row in the file, the lowest `rank`, and the record.

    The record is that of the rows in their order here.
    """
    for unit, members in UNIT_FIELDS.items():
        if own := [name for name in members if name in names]:
            rows = rows.with_columns(supplies_unit(rows, own, policy.survivor_of(unit)).alias(unit))
    record = [_folded_field(name, policy) for name in names]
    first = (pl.col(name).get(pl.col("at").arg_min()) for name in ("at", "file", "row", "seen"))
    return rows.group_by("group", maintain_order=True).agg(*first, pl.col("rank").min(), *record)


def _folded_field(name: str, policy: Policy) -> pl.Expr:
    cell = pl.col(name)
    if name == TAGS_FIELD:
        tags = cell.drop_nulls().explode().unique(maintain_order=True)
        return pl.when(cell.is_not_null().any()).then(tags.implode())
    if name in UNIT_OF:
        cell = cell.filter(pl.col(UNIT_OF[name]))
    return surviving_cell(cell.drop_nulls(), "last" if name in KEY_FIELDS else policy.survivor_of(name))


def lost_columns(rows: pl.DataFrame, records: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """What the rows say and their group's record lacks, each value once, in the order of `rows` and `names`."""
    texts = [name for name in names if name != TAGS_FIELD]
    kept = rows.select("group").join(records.select("group", *texts), on="group", how="left", maintain_order="left")
    rows, lost = rows.with_row_index("line"), []
    for order, name in enumerate([*KEY_FIELDS, *(name for name in texts if name not in KEY_FIELDS)]):
        lines = rows.select("group", "file", "row", "line", pl.col(name).alias("lost")).with_columns(
            kept.get_column(name).fill_null("").alias("kept"), pl.lit(name).alias("field"), pl.lit(order).alias("order")
        )
        lost.append(lines.filter(pl.col("lost").is_not_null() & (pl.col("lost") != pl.col("kept"))))
    if not lost:
        return pl.DataFrame(schema=LOST)
    first = (
        pl.concat(lost)
        .sort("group", "line", "order")
        .unique(["group", "field", "lost"], keep="first", maintain_order=True)
    )
    return _without_carried(first).select(list(LOST))


def _without_carried(lost: pl.DataFrame) -> pl.DataFrame:
    """Without those whose lines are all among the lines that are kept."""
    broken = lost.select(breaks_lines(pl.col("kept"))).to_series()
    if not broken.any():
        return lost
    at = broken.arg_true()
    values = lost.select("lost", "kept")[at]
    there = pl.Series([carries(kept, value) for value, kept in values.iter_rows()], dtype=pl.Boolean)
    return lost.filter(~broken.scatter(at, there))
