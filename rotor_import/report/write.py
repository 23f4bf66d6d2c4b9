"""Writes a plan into the report's folder, readable by its owner only: it holds customer data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import polars as pl

from rotor_import.errors import ReportError, SettingsError
from rotor_import.files import write_whole
from rotor_import.model.formulas import defused_frame
from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.report import tables
from rotor_import.report.frames import Frames, fates_of, rejects_name
from rotor_import.report.held import held_table
from rotor_import.report.quality import quality_frame
from rotor_import.report.shown import cells_frame, excerpt, people_frame

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
    """All files but the summary and the page, and what the page is made of; `reconcile` is for a sync alone.

    `sources` are the files' own rows, for the rejects. A table is let go once it is written: of those that are as
    long as the import only what the page shows is kept.
    """
    make_folder(folder)

    def kept(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        save(folder / f"{name}.csv", frame)
        return frame

    merges = kept("merges", tables.merges_table(plan))
    warnings = kept("warnings", tables.warnings_table(plan))
    rejects = [_rejects(plan, index, source) for index, source in enumerate(sources)]
    for index, frame in enumerate(rejects):
        save(folder / rejects_name(index), frame)
    rows = kept("rows", tables.rows_table(plan))
    fates, shown = fates_of(rows), excerpt(rows, merges)
    del rows
    mine = pl.col("customer").is_in(shown.get_column("customer").drop_nulls().unique().implode())
    return Frames(
        fates=fates,
        rows=shown,
        creates=_new_customers(folder / "creates.csv", plan, "create", mine),
        updates=kept("updates", tables.updates_table(plan)),
        undecided=_new_customers(folder / "undecided.csv", plan, "undecided", mine),
        held=kept("held", held_table(plan)),
        merges=merges,
        warnings=warnings,
        results=kept("results", tables.results_table(plan)).filter(mine),
        reconcile=kept("reconcile", tables.reconcile_table(plan)) if reconcile else None,
        quality=kept("quality", quality_frame(sources, warnings, rejects)),
        cells=kept("cells", cells_frame(sources, shown, merges)),
        people=kept("people", people_frame(shown, plan.directory)),
        rejects=rejects,
    )


def _new_customers(path: Path, plan: Plan, kind: str, mine: pl.Expr) -> pl.DataFrame:
    """All are written, and those that are `mine` kept; of undecided ones there may be no file."""
    kept = [tables.table(tables.CUSTOMERS, [])]

    def parts() -> Iterator[pl.DataFrame]:
        for part in tables.customers_tables(plan, kind):
            kept.append(part.filter(mine))
            yield part

    if kind == "create" or plan.counted()[kind]:
        save_parts(path, parts())
    return pl.concat(kept)


def _rejects(plan: Plan, file: int, source: SourceTable) -> pl.DataFrame:
    rejects = [one for one in plan.rejects if one.file == file]
    return tables.rejects_table(source.frame.columns, rejects, _cells(source, {one.row for one in rejects}))


def write_summary(folder: Path, summary: Mapping[str, Any]) -> None:
    write_text(make_folder(folder) / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n")


def save(path: Path, frame: pl.DataFrame) -> None:
    """A blank, which is null, is nothing at all, not a pair of quotes; a spreadsheet that opens it runs nothing."""
    save_parts(path, [frame])


def save_parts(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """One file of frames with the same columns; each is let go once it is written."""

    def write(file: IO[bytes]) -> None:
        for number, frame in enumerate(frames):
            defused_frame(frame).write_csv(file, include_header=number == 0)

    write_file(path, write)


def write_text(path: Path, text: str) -> None:
    """Raises ReportError."""
    write_file(path, lambda file: file.write(text.encode()))


def write_file(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Whole or not at all: a reader never meets half a file. Raises ReportError."""
    try:
        write_whole(path, write)
    except OSError as error:
        raise ReportError(
            f"The report {path} cannot be written ({error.strerror}). Make room, or name another --report-dir."
        ) from None


def _cells(source: SourceTable, rows: set[int]) -> dict[int, Sequence[str | None]]:
    wanted = source.numbers.is_in(sorted(rows))
    numbers = source.numbers.filter(wanted)
    return dict(zip(numbers.to_list(), source.frame.filter(wanted).iter_rows(), strict=True))
