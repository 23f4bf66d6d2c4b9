"""Writes what a plan came to into the report's folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.model.summary import Summary
from rotor_import.report.files import SaveText, make_folder, write_text
from rotor_import.report.quality import ColumnCounts
from rotor_import.report.report_table import Frames, PlanTables
from rotor_import.report.tables import TABLES
from rotor_import.report.writer import Writer

SUMMARY = "summary.json"


def write_plan(
    writer: Writer,
    folder: Path,
    plan: Plan,
    sources: Sequence[SourceTable],
    counted: Sequence[ColumnCounts] = (),
    *,
    reconcile: bool = False,
) -> Frames:
    """Have all tables of a plan written; what comes back is what its page is made from. Raises ReportError."""
    make_folder(folder)
    tables = PlanTables(
        plan,
        sources,
        lambda name, frames: writer.save_parts(folder / name, frames),
        counted=counted,
        reconcile=reconcile,
    )
    for table in TABLES:
        tables.by_source(table)
    return tables


def write_summary(folder: Path, summary: Summary, save: SaveText = write_text) -> None:
    save(make_folder(folder) / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
