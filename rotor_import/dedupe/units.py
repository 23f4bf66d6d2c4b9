"""How a name or an address survives a merge, so that none is made of two rows: as values and as columns.

If the rows of a customer contradict each other in no part of the unit, their parts complete each other. Otherwise one
row supplies the whole unit: the last one (or first, by the mapping's survivor) that has any part of it, or the fullest
row that says all that this one says.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rotor_import.dedupe.survivors import surviving_cell, surviving_row, surviving_value
from rotor_import.model.fields import Values
from rotor_import.model.policy import Survivor
from rotor_import.model.sameness import bare_texts, same


def surviving_unit(units: Sequence[Values], survivor: Survivor) -> Values:
    """What is kept of a unit, of which each row has the parts that are not blank, and at least one."""
    names = {name: [unit[name] for unit in units if name in unit] for unit in units for name in unit}
    if all(same(value, values[0]) for values in names.values() for value in values):
        return {name: surviving_value(values, survivor) for name, values in names.items()}
    chosen = surviving_row(units, survivor)
    fuller = [unit for unit in units if all(name in unit and same(unit[name], chosen[name]) for name in chosen)]
    most = max(len(unit) for unit in fuller)
    return surviving_row([unit for unit in fuller if len(unit) == most], survivor)


def _differ(cells: pl.Expr) -> pl.Expr:
    """Whether the cells of a group are not all the same, not counting blanks."""
    return cells.min() != cells.max()


def _in_groups_that(found: pl.Expr, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of the groups for which this is found."""
    groups = rows.group_by("group").agg(found.alias("found")).filter("found").get_column("group")
    return rows.filter(pl.col("group").is_in(groups.implode())) if len(groups) else rows.clear()


def supplies_unit(rows: pl.DataFrame, members: Sequence[str], survivor: Survivor) -> pl.Series:
    """For each of the rows of several `group`s, whether its parts of the unit count in `surviving_unit`."""
    supplies = pl.repeat(value=True, n=rows.height, eager=True)
    differing = _in_groups_that(_differ(pl.struct(members).hash()), rows.with_row_index("line"))
    if differing.is_empty():
        return supplies
    parts = differing.select("line", "group", *(bare_texts(pl.col(name)).alias(name) for name in members))
    lines = _in_groups_that(pl.any_horizontal(_differ(pl.col(name)) for name in members), parts)
    if lines.is_empty():
        return supplies
    filled = pl.sum_horizontal(pl.col(name).is_not_null() for name in members)
    some = lines.with_columns(filled.alias("filled")).filter(pl.col("filled") > 0)
    chosen = some.group_by("group").agg(surviving_cell(pl.col(name), survivor) for name in members)
    both = some.join(chosen, on="group", how="left", suffix=" chosen", maintain_order="left")
    fuller = both.filter(
        pl.col(f"{name} chosen").is_null() | (pl.col(name) == pl.col(f"{name} chosen")) for name in members
    )
    fullest = fuller.filter(pl.col("filled") == pl.col("filled").max().over("group"))
    source = fullest.group_by("group").agg(surviving_cell(pl.col("line"), survivor)).get_column("line")
    return supplies.scatter(lines.get_column("line"), values=False).scatter(source, values=True)
