"""The report's tables as frames of strings, blanks null: what its files hold, and what its page is made from."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import polars as pl

from rotor_import.model.formulas import restored_frame
from rotor_import.report import tables
from rotor_import.report.held import HELD

QUALITY = ("file", "column", "rows", "filled", "invalid", "mended", "kind", "reason", "times", "example")
CELLS = ("file", "row", "column", "value")
PEOPLE = ("id", "name", "phone", "email")

_SHORT = 4_096
"""Characters that a header stays below."""


@dataclass(frozen=True)
class Frames:
    """Each is named as its file, and has the columns of that name in `tables` or here.

    `fates` says how many rows have each disposition, for a page is made of an excerpt of `rows`. `rejects` has a
    frame for each source file. `quality` has a line for each column and reason, `cells` what the file says in rows
    that need a look, `people` who the customers are that Rotor holds and the page shows.
    """

    fates: Mapping[str, int]
    rows: pl.DataFrame
    creates: pl.DataFrame
    updates: pl.DataFrame
    undecided: pl.DataFrame
    held: pl.DataFrame
    merges: pl.DataFrame
    warnings: pl.DataFrame
    results: pl.DataFrame
    reconcile: pl.DataFrame | None
    quality: pl.DataFrame
    cells: pl.DataFrame
    people: pl.DataFrame
    rejects: Sequence[pl.DataFrame] = ()


def fates_of(rows: pl.DataFrame) -> dict[str, int]:
    return dict(rows.get_column("disposition").value_counts().iter_rows())


def rejects_name(file: int) -> str:
    """A file's rejects have its own columns, so each file has its own."""
    return "rejects.csv" if file == 0 else f"rejects-{file + 1}.csv"


def read_frame(path: Path) -> pl.DataFrame:
    """As it was before it was written: blanks are null, and no cell has the apostrophe that defuses it."""
    empty = _empty(path)
    return restored_frame(pl.read_csv(path, infer_schema=False) if empty is None else empty)


def _empty(path: Path) -> pl.DataFrame | None:
    """Most tables are a header alone, and read sooner without a frame's reader; None for the others."""
    with path.open(newline="", encoding="utf-8") as file:
        start = file.read(_SHORT)
    lines = list(csv.reader(io.StringIO(start, newline=""))) if len(start) < _SHORT else []
    return tables.table(lines[0], []) if len(lines) == 1 else None


def read_frames(folder: Path) -> Frames:
    """A file that a report need not have is empty here."""

    def read(name: str, columns: Sequence[str]) -> pl.DataFrame:
        path = folder / f"{name}.csv"
        return read_frame(path) if path.is_file() else tables.table(columns, [])

    rejects = []
    for file in count():
        path = folder / rejects_name(file)
        if not path.is_file():
            break
        rejects.append(read_frame(path))
    reconciled = (folder / "reconcile.csv").is_file()
    rows = read("rows", tables.ROWS)
    return Frames(
        fates=fates_of(rows),
        rows=rows,
        creates=read("creates", tables.CUSTOMERS),
        updates=read("updates", tables.UPDATES),
        undecided=read("undecided", tables.CUSTOMERS),
        held=read("held", HELD),
        merges=read("merges", tables.MERGES),
        warnings=read("warnings", tables.WARNINGS),
        results=read("results", tables.RESULTS),
        reconcile=read("reconcile", tables.RECONCILE) if reconciled else None,
        quality=read("quality", QUALITY),
        cells=read("cells", CELLS),
        people=read("people", PEOPLE),
        rejects=rejects,
    )
