"""The part of a plan that the page shows: some rows, their cells in the files, and their customers in Rotor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from rotor_import.model.change import number_of
from rotor_import.model.customer import Directory
from rotor_import.model.listed import some
from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.report.cells import person, table

CELLS = ("file", "row", "column", "value")
PEOPLE = ("id", "name", "phone", "email")
LINES = 500
"""The most lines of each disposition in the page; all rows are in the files."""
_ROWS = 400
COLUMNS = 60
"""The most columns of which a row's cells are in the page."""


def shown_rows(rows: pl.DataFrame) -> pl.Series:
    """Indexes of the rows that the page shows: the first of each disposition."""
    dispositions = rows.get_column("disposition")
    if rows.height <= LINES:
        return pl.int_range(rows.height, dtype=pl.UInt32, eager=True)
    first = [(dispositions == kind).arg_true().head(LINES) for kind in dispositions.unique().to_list()]
    return pl.concat(first).sort() if first else pl.Series([], dtype=pl.UInt32)


def excerpt(rows: pl.DataFrame, merges: pl.DataFrame) -> pl.DataFrame:
    """The rows that the page shows or counts, all other rows of their customers, and suspicious merges."""
    shown = shown_rows(rows)
    labels = pl.concat([rows.get_column("customer").gather(shown), _strange(merges)])
    wanted = rows.select(
        pl.col("customer").is_in(labels.implode()).fill_null(value=False)
        | pl.col("disposition").is_in(["held", "rejected"])
    ).to_series()
    return rows.filter(wanted.scatter(shown, values=True))


def _strange(merges: pl.DataFrame) -> pl.Series:
    """The customers of suspicious merges."""
    customers = merges.get_column("customer")
    return customers.filter(merges.get_column("suspicious") == "yes")


def plan_of(plan: Plan, customers: pl.Series) -> Plan:
    """The part of the plan that is about the customers with these labels."""
    labels = set(customers.drop_nulls())
    changes = tuple(change for change in plan.changes if change.label in labels)
    if plan.independent is None:
        return replace(plan, changes=changes)
    return replace(plan, changes=changes, independent=plan.independent.of(map(number_of, labels)))


def cells_frame(
    sources: Sequence[SourceTable],
    rows: pl.DataFrame,
    merges: pl.DataFrame,
    asked: Sequence[tuple[str, str]],
    naming: Mapping[str, Sequence[str]],
) -> pl.DataFrame:
    """The filled cells of rows, by file and number.

    All cells of the `asked` rows, of rows that are held or rejected, and of the first that a suspicious merge is made
    of; of rows that are merged or left out those that are `naming` people, by file.
    """
    merged = rows.filter(pl.col("customer").is_in(_strange(merges).implode()).fill_null(value=False)).head(_ROWS)
    shown = rows[shown_rows(rows)].select("file", "row", "disposition")
    whole = shown.filter(pl.col("disposition").is_in(["held", "rejected"])).select("file", "row")
    wanted = pl.concat([table(("file", "row"), asked), merged.select("file", "row"), whole])
    named = shown.filter(pl.col("disposition").is_in(["merged", "left_out"])).select("file", "row")
    parts = [table(CELLS, [])]
    only_named = named.join(wanted, on=["file", "row"], how="anti", maintain_order="left") if named.height else named
    for source in sources:
        columns = source.frame.columns[:COLUMNS]
        all_cells = _cells(source, wanted, columns)
        parts.append(pl.concat([all_cells, _cells(source, only_named, naming.get(str(source.path), ()))]))
    return pl.concat(parts)


def _cells(source: SourceTable, wanted: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The filled cells of a file's `wanted` rows."""
    if wanted.is_empty():
        return table(CELLS, [])
    file = str(source.path)
    numbers = wanted.filter(pl.col("file") == file).get_column("row").cast(pl.UInt32)
    if numbers.is_empty() or not columns:
        return table(CELLS, [])
    chosen = source.numbers.is_in(numbers.implode())
    cells = source.frame.filter(chosen).select(columns)
    long = cells.with_columns(source.numbers.filter(chosen).alias("\0row")).unpivot(
        columns, index="\0row", variable_name="column", value_name="value"
    )
    filled = long.filter(pl.col("value").is_not_null()).sort("\0row", maintain_order=True)
    return filled.select(pl.lit(file).alias("file"), pl.col("\0row").cast(pl.String).alias("row"), "column", "value")


def people_frame(rows: pl.DataFrame, directory: Directory) -> pl.DataFrame:
    """The customers in Rotor that the rows shown belong to."""
    about = rows[shown_rows(rows)].filter(pl.col("disposition").is_in(["update", "unchanged"]))
    ids = dict.fromkeys(id_ for id_ in about.get_column("id") if id_ is not None)
    known = some(directory, ids)
    customers = [known[id_] for id_ in ids if id_ in known]
    return table(PEOPLE, [[customer.id, *person(customer.values)] for customer in customers])
