"""Suspicious merges of the dry run, as the report shows them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from rotor_import.report.page.merges import Merges, merges, suspicious_customers
from rotor_import.report.page.people import People
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import ROWS
from rotor_import.web.asked import cells_of, kept_in, tables_in
from rotor_import.web.workspace import Workspace, summary_in

_FIRST = 60


def suspicious(workspace: Workspace, folder: Path) -> Merges | None:
    """Those of the dry run in the folder, None if there are none."""
    return _found(folder, kept_in(workspace.desk))


@lru_cache(maxsize=2)
def _found(folder: Path, kept: Path) -> Merges | None:
    """A dry run's report stays as it is."""
    summary = summary_in(folder)
    if summary is None or not summary.get("suspicious"):
        return None
    frames = Frames(lambda table: tables_in(folder, table) or [table.empty])
    customers = suspicious_customers(frames).head(_FIRST)
    if customers.is_empty():
        return None
    rows = frames[ROWS].filter(pl.col("customer").is_in(customers.implode())).select("file", "row").rows()
    return merges(frames, cells_of(folder, kept, rows), People(summary))
