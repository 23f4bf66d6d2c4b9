"""Writes a plan into the report's folder, readable by its owner only: it holds customer data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import polars as pl

from rotor_import.errors import ReportError, SettingsError
from rotor_import.model.formulas import defused_frame
from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.report import tables
from rotor_import.report.frames import Frames, rejects_name
from rotor_import.report.quality import quality_frame
from rotor_import.report.shown import cells_frame, people_frame

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


def write_plan(folder: Path, plan: Plan, sources: Sequence[SourceTable], *, reconcile: bool = False) -> Frames:
    """All files but the summary and the page; `sources` are the files' own rows, for the rejects."""
    make_folder(folder)
    frames = plan_frames(plan, sources, reconcile=reconcile)
    for name in ("rows", "creates", "updates", "results", "held", "merges", "warnings", "quality", "cells", "people"):
        save(folder / f"{name}.csv", getattr(frames, name))
    if frames.reconcile is not None:
        save(folder / "reconcile.csv", frames.reconcile)
    if frames.undecided.height:
        save(folder / "undecided.csv", frames.undecided)
    for index, rejects in enumerate(frames.rejects):
        save(folder / rejects_name(index), rejects)
    return frames


def plan_frames(plan: Plan, sources: Sequence[SourceTable], *, reconcile: bool) -> Frames:
    """`reconcile` is for a sync alone."""
    rows, merges, warnings = tables.rows_table(plan), tables.merges_table(plan), tables.warnings_table(plan)
    rejects = [_rejects(plan, index, source) for index, source in enumerate(sources)]
    return Frames(
        rows=rows,
        creates=tables.customers_table(plan, "create"),
        updates=tables.updates_table(plan),
        undecided=tables.customers_table(plan, "undecided"),
        held=tables.held_table(plan),
        merges=merges,
        warnings=warnings,
        results=tables.results_table(plan),
        reconcile=tables.reconcile_table(plan) if reconcile else None,
        quality=quality_frame(sources, warnings, rejects),
        cells=cells_frame(sources, rows, merges),
        people=people_frame(rows, plan.directory.customers),
        rejects=rejects,
    )


def _rejects(plan: Plan, file: int, source: SourceTable) -> pl.DataFrame:
    rejects = [one for one in plan.rejects if one.file == file]
    return tables.rejects_table(source.frame.columns, rejects, _cells(source, {one.row for one in rejects}))


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    write_text(make_folder(folder) / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def save(path: Path, frame: pl.DataFrame) -> None:
    """A blank, which is null, is nothing at all, not a pair of quotes; a spreadsheet that opens it runs nothing."""
    write_file(path, defused_frame(frame).write_csv)


def write_text(path: Path, text: str) -> None:
    """Raises ReportError."""
    write_file(path, lambda file: file.write(text.encode()))


def write_file(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Whole or not at all: a reader never meets half a file. Raises ReportError."""
    unready = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(unready, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            write(file)
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
