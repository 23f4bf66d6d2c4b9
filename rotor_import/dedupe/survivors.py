"""Folds closed groups of rows into one record each, as `fold` does with records, a column at a time."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, UNIT_FIELDS
from rotor_import.model.rows import Policy

_LINES = r"[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"
LOST = {
    "group": pl.UInt32,
    "file": pl.UInt32,
    "row": pl.UInt32,
    "field": pl.String,
    "lost": pl.String,
    "kept": pl.String,
}


def breaks_lines(cell: pl.Expr) -> pl.Expr:
    return cell.str.contains(_LINES).fill_null(value=False)


def folded(rows: pl.DataFrame, names: list[str], policy: Policy) -> pl.DataFrame:
    """A line for each `group` of `rows`: its first `at`, `file`, `row`, the lowest `rank`, and the record."""
    units = {
        name: members
        for unit, members in UNIT_FIELDS.items()
        if unit in policy.survivor
        for name in members
        if name in names
    }
    record = [_survivor(name, policy, units.get(name, ()), names) for name in names]
    return rows.group_by("group", maintain_order=True).agg(
        *(pl.col(name).first() for name in ("at", "file", "row")), pl.col("rank").min(), *record
    )


def _survivor(name: str, policy: Policy, unit: tuple[str, ...], names: list[str]) -> pl.Expr:
    cell = pl.col(name)
    if name == TAGS_FIELD:
        tags = cell.drop_nulls().explode().unique(maintain_order=True)
        return pl.when(cell.is_not_null().any()).then(tags.implode())
    if unit:
        having = pl.any_horizontal(pl.col(member).is_not_null() for member in unit if member in names)
        first = policy.survivor[_unit_of(name)] == "first"
        chosen = cell.filter(having)
        return chosen.first() if first else chosen.last()
    filled = cell.drop_nulls()
    first = name not in KEY_FIELDS and policy.survivor.get(name) == "first"
    return filled.first() if first else filled.last()


def _unit_of(name: str) -> str:
    return next(unit for unit, members in UNIT_FIELDS.items() if name in members)


def lost(rows: pl.DataFrame, records: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """What the rows say and their group's record does not carry, each once, in the order of `rows` and `names`."""
    texts = [name for name in names if name != TAGS_FIELD]
    kept = rows.select("group").join(records.select("group", *texts), on="group", how="left", maintain_order="left")
    found = []
    for order, name in enumerate([*KEY_FIELDS, *(name for name in texts if name not in KEY_FIELDS)]):
        lines = rows.select("group", "file", "row", "at", pl.col(name).alias("lost")).with_columns(
            kept.get_column(name).fill_null("").alias("kept"), pl.lit(name).alias("field"), pl.lit(order).alias("order")
        )
        found.append(lines.filter(pl.col("lost").is_not_null() & (pl.col("lost") != pl.col("kept"))))
    if not found:
        return pl.DataFrame(schema=LOST)
    each = (
        pl.concat(found)
        .sort("group", "at", "order")
        .unique(["group", "field", "lost"], keep="first", maintain_order=True)
    )
    return each.select(list(LOST))
