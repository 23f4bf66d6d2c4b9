"""Writes a plan into the report's folder, readable by its owner only: it holds customer data."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from rotor_import.errors import ReportError, SettingsError
from rotor_import.model.formulas import defused_frame
from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.report import tables

SUMMARY = "summary.json"


def make_folder(folder: Path) -> Path:
    """Raises SettingsError where nothing can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The report folder {folder} cannot be made ({error.strerror}). Give another with --report-dir."
        ) from None
    return folder


def write_plan(folder: Path, plan: Plan, sources: Sequence[SourceTable], *, reconcile: bool = False) -> None:
    """All files but the summary; `sources` are the files' own rows, for the rejects."""
    make_folder(folder)
    save(folder / "rows.csv", tables.rows_table(plan))
    save(folder / "creates.csv", tables.customers_table(plan, "create"))
    save(folder / "updates.csv", tables.updates_table(plan))
    save(folder / "results.csv", tables.results_table(plan))
    save(folder / "held.csv", tables.held_table(plan))
    save(folder / "merges.csv", tables.merges_table(plan))
    save(folder / "warnings.csv", tables.warnings_table(plan))
    if reconcile:
        save(folder / "reconcile.csv", tables.reconcile_table(plan))
    if plan.counted()["undecided"]:
        save(folder / "undecided.csv", tables.customers_table(plan, "undecided"))
    for index, source in enumerate(sources):
        rejects = [one for one in plan.rejects if one.file == index]
        frame = tables.rejects_table(source.frame.columns, rejects, _cells(source, {one.row for one in rejects}))
        save(folder / rejects_name(index), frame)


def rejects_name(file: int) -> str:
    """A file's rejects have its own columns, so each file has its own."""
    return "rejects.csv" if file == 0 else f"rejects-{file + 1}.csv"


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    write_text(make_folder(folder) / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def save(path: Path, frame: pl.DataFrame) -> None:
    """A blank is nothing at all, not a pair of quotes; nothing runs when it is opened in a spreadsheet."""
    write_text(path, defused_frame(frame).with_columns(pl.all().replace("", None)).write_csv())


def write_text(path: Path, text: str) -> None:
    """Whole or not at all: a reader never meets half a file. Raises ReportError."""
    unready = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(unready, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        unready.replace(path)
    except OSError as error:
        raise ReportError(
            f"The report {path} cannot be written ({error.strerror}). Make room, or name another --report-dir."
        ) from None


def _cells(source: SourceTable, rows: set[int]) -> dict[int, Sequence[str | None]]:
    wanted = source.numbers.is_in(sorted(rows))
    numbers = source.numbers.filter(wanted)
    return dict(zip(numbers.to_list(), source.frame.filter(wanted).iter_rows(), strict=True))
