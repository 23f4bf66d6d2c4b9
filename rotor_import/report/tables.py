"""The report's tables, each declared once, in the order of the workbook's sheets.

Whatever writes, reads or shows the report goes through `TABLES`: a new table is a `ReportTable` here, and a function
that makes its frame.
"""

from __future__ import annotations

import polars as pl

from rotor_import.model.rows import REJECT_COLUMNS
from rotor_import.report import held, page_excerpt, plan_tables, quality
from rotor_import.report.report_table import PlanTables, ReportTable


def _shown(rows: pl.DataFrame, tables: PlanTables) -> pl.DataFrame:
    return page_excerpt.excerpt(rows, tables[MERGES])


def _of_shown_customers(part: pl.DataFrame, tables: PlanTables) -> pl.DataFrame:
    labels = tables[ROWS].get_column("customer").drop_nulls().unique()
    return part.filter(pl.col("customer").is_in(labels.implode()))


ROWS = ReportTable(
    "rows",
    plan_tables.ROWS,
    lambda tables: [plan_tables.rows_table(tables.plan)],
    for_page=_shown,
    is_approved=True,
)
CREATES = ReportTable(
    "creates",
    plan_tables.CUSTOMERS,
    lambda tables: plan_tables.customers_tables(tables.plan, "create"),
    for_page=_of_shown_customers,
    is_approved=True,
)
UPDATES = ReportTable(
    "updates", plan_tables.UPDATES, lambda tables: [plan_tables.updates_table(tables.plan)], is_approved=True
)
UNDECIDED = ReportTable(
    "undecided",
    plan_tables.CUSTOMERS,
    lambda tables: plan_tables.customers_tables(tables.plan, "undecided"),
    for_page=_of_shown_customers,
    is_wanted=lambda tables: bool(tables.plan.counted()["undecided"]),
    is_approved=True,
)
HELD = ReportTable("held", held.HELD, lambda tables: [held.held_table(tables.plan)], is_approved=True)
MERGES = ReportTable("merges", plan_tables.MERGES, lambda tables: [plan_tables.merges_table(tables.plan)])
WARNINGS = ReportTable(
    "warnings", plan_tables.WARNINGS, lambda tables: [plan_tables.warnings_table(tables.plan)], is_approved=True
)
REJECTS = ReportTable(
    "rejects",
    REJECT_COLUMNS,
    lambda tables: plan_tables.rejects_tables(tables.plan, tables.sources),
    by_source=True,
)
RESULTS = ReportTable(
    "results",
    plan_tables.RESULTS,
    lambda tables: [plan_tables.results_table(tables.plan)],
    for_page=_of_shown_customers,
)
RECONCILE = ReportTable(
    "reconcile",
    plan_tables.RECONCILE,
    lambda tables: [plan_tables.reconcile_table(tables.plan)],
    is_wanted=lambda tables: tables.reconcile,
)
QUALITY = ReportTable(
    "quality",
    quality.COLUMNS,
    lambda tables: [quality.quality_frame(tables.sources, tables[WARNINGS], tables.by_source(REJECTS))],
    has_sheet=False,
)
CELLS = ReportTable(
    "cells",
    page_excerpt.CELLS,
    lambda tables: [page_excerpt.cells_frame(tables.sources, tables[ROWS], tables[MERGES])],
    has_sheet=False,
)
PEOPLE = ReportTable(
    "people",
    page_excerpt.PEOPLE,
    lambda tables: [page_excerpt.people_frame(tables[ROWS], tables.plan.directory)],
    has_sheet=False,
)

TABLES = (
    *(ROWS, CREATES, UPDATES, UNDECIDED, HELD, MERGES, WARNINGS, REJECTS, RESULTS, RECONCILE),
    *(QUALITY, CELLS, PEOPLE),
)
APPROVED = tuple(table for table in TABLES if table.is_approved)
"""The tables that a saved plan is bound to."""
