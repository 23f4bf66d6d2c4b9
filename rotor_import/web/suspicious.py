"""Suspicious merges of the dry run, as the report shows them."""

from __future__ import annotations

import polars as pl

from rotor_import.report.page.merges import Merges, merges, suspicious_customers
from rotor_import.report.page.people import People
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import ROWS
from rotor_import.web.asked import Questions, tables_in
from rotor_import.web.workspace import Workspace

_FIRST = 60


def suspicious(workspace: Workspace, questions: Questions) -> Merges | None:
    """None if there are none."""
    folder, summary = workspace.plan_folder(), workspace.plan_summary()
    if folder is None or summary is None or not summary.get("suspicious"):
        return None
    frames = Frames(lambda table: tables_in(folder, table) or [table.empty])
    customers = suspicious_customers(frames).head(_FIRST)
    if customers.is_empty():
        return None
    rows = frames[ROWS].filter(pl.col("customer").is_in(customers.implode())).select("file", "row").rows()
    return merges(frames, questions.cells_of(rows), People(summary))
