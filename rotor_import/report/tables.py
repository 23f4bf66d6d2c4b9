"""The report's tables, each declared once, in the order of the workbook's sheets.

Whatever writes, reads or shows the report goes through `TABLES`: a new table is a `ReportTable` here, and a function
that makes its frame.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import polars as pl

from rotor_import.model.fields import NAMING
from rotor_import.model.plan import Plan
from rotor_import.model.rows import REJECT_COLUMNS
from rotor_import.report import page_excerpt, plan_tables, quality, review, sample, verification
from rotor_import.report.report_table import PlanTables, ReportTable


def _of_plan(make: Callable[[Plan], pl.DataFrame]) -> Callable[[PlanTables], Sequence[pl.DataFrame]]:
    return lambda tables: [make(tables.plan)]


def _new_customers(kind: str) -> Callable[[PlanTables], Iterable[pl.DataFrame]]:
    return lambda tables: plan_tables.customers_tables(tables.plan, kind)


def _shown(rows: pl.DataFrame, tables: PlanTables) -> pl.DataFrame:
    return page_excerpt.excerpt(rows, tables[MERGES])


def _shown_customers(tables: PlanTables) -> pl.Series:
    return tables[ROWS].get_column("customer")


def _asked_rows(tables: PlanTables) -> list[tuple[str, str]]:
    return review.shown_rows(tables[REVIEW])


def _naming(tables: PlanTables) -> dict[str, list[str]]:
    """The columns of each file that say who a row is."""
    named: dict[str, list[str]] = defaultdict(list)
    for counts in tables.counted:
        if NAMING.intersection(counts.fields):
            named[counts.file].append(counts.column)
    return named


ROWS = ReportTable(
    "rows", plan_tables.ROWS, _of_plan(plan_tables.rows_table), for_page=_shown, line_keys=("file", "row")
)
CREATES = ReportTable(
    "creates",
    plan_tables.CUSTOMERS,
    _new_customers("create"),
    customers_for_page=_shown_customers,
    line_keys=("customer",),
)
UPDATES = ReportTable(
    "updates", plan_tables.UPDATES, _of_plan(plan_tables.updates_table), line_keys=("customer", "field")
)
UNDECIDED = ReportTable(
    "undecided",
    plan_tables.CUSTOMERS,
    _new_customers("undecided"),
    customers_for_page=_shown_customers,
    is_wanted=lambda tables: bool(tables.plan.counted()["undecided"]),
    line_keys=("customer",),
)
REVIEW = ReportTable(
    "review", review.REVIEW, _of_plan(review.review_table), line_keys=("file", "row", "field", "question")
)
MERGES = ReportTable("merges", plan_tables.MERGES, _of_plan(plan_tables.merges_table))
WARNINGS = ReportTable("warnings", plan_tables.WARNINGS, _of_plan(plan_tables.warnings_table))
REJECTS = ReportTable(
    "rejects", REJECT_COLUMNS, lambda tables: plan_tables.rejects_tables(tables.plan, tables.sources), by_source=True
)
RESULTS = ReportTable(
    "results", plan_tables.RESULTS, _of_plan(plan_tables.results_table), customers_for_page=_shown_customers
)
RECONCILE = ReportTable(
    "reconcile", plan_tables.RECONCILE, _of_plan(plan_tables.reconcile_table), is_wanted=lambda tables: tables.reconcile
)
QUALITY = ReportTable(
    "quality",
    quality.COLUMNS,
    lambda tables: [quality.quality_frame(tables.counted)],
    has_sheet=False,
)
SAMPLE = ReportTable("sample", sample.COLUMNS, lambda _tables: [], is_wanted=lambda _tables: False)
"""Written while the plan is sent, as the next one is afterwards."""
VERIFY = ReportTable("verify", verification.COLUMNS, lambda _tables: [], is_wanted=lambda _tables: False)
CELLS = ReportTable(
    "cells",
    page_excerpt.CELLS,
    lambda tables: [
        page_excerpt.cells_frame(tables.sources, tables[ROWS], tables[MERGES], _asked_rows(tables), _naming(tables))
    ],
    has_sheet=False,
)
PEOPLE = ReportTable(
    "people",
    page_excerpt.PEOPLE,
    lambda tables: [page_excerpt.people_frame(tables[ROWS], tables.plan.directory)],
    has_sheet=False,
)

TABLES = (
    *(ROWS, CREATES, UPDATES, UNDECIDED, REVIEW, MERGES, WARNINGS, REJECTS, RESULTS, RECONCILE),
    *(SAMPLE, VERIFY, QUALITY, CELLS, PEOPLE),
)
APPROVED = tuple(table for table in TABLES if table.line_keys)
"""The tables that a saved plan is bound to."""
