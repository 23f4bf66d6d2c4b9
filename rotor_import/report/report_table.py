"""What a table of the report is, and how a plan becomes its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import polars as pl

from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.report.cells import table as frame_of
from rotor_import.report.quality import ColumnCounts

Save = Callable[[str, Iterable[pl.DataFrame]], None]
"""Keeps a table's frames, which have the same columns, under a file's name."""


def _whole(frame: pl.DataFrame, _tables: PlanTables) -> pl.DataFrame:
    return frame


@dataclass(frozen=True)
class ReportTable:
    """A table of the report: a CSV file in its folder, a frame for its page, and a sheet of its workbook.

    `make` gives the table in parts, as many as suit its length; a table that is `by_source` has a file for each
    source file instead, with that file's own columns before those named here. `for_page` is the excerpt of a part
    that the page needs: of a table that is as long as the import the rest is let go once it is written. A table that
    `is_wanted` denies has no file, and is empty for the page. A saved plan is carried out only if the tables with
    `line_keys` have stayed the same; those are the columns that tell a table's lines apart.
    """

    name: str
    columns: tuple[str, ...]
    make: Callable[[PlanTables], Iterable[pl.DataFrame]]
    for_page: Callable[[pl.DataFrame, PlanTables], pl.DataFrame] = _whole
    is_wanted: Callable[[PlanTables], bool] = lambda _tables: True
    by_source: bool = False
    has_sheet: bool = True
    line_keys: tuple[str, ...] = ()

    @property
    def empty(self) -> pl.DataFrame:
        return frame_of(self.columns, [])

    def file_name(self, source: int = 0) -> str:
        """`source` is the source file's number, from 0."""
        return f"{self.name}.csv" if source == 0 else f"{self.name}-{source + 1}.csv"

    def files(self, folder: Path) -> list[Path]:
        """The table's files in a report's folder."""
        paths = []
        for source in count() if self.by_source else range(1):
            path = folder / self.file_name(source)
            if not path.is_file():
                break
            paths.append(path)
        return paths


class Frames:
    """The tables of a report as frames, each found when it is first asked for; what the page is made from.

    Of long tables they may be excerpts. `find` gives a frame for each of a table's files.
    """

    def __init__(self, find: Callable[[ReportTable], Sequence[pl.DataFrame]]) -> None:
        self._find = find
        self._found: dict[str, Sequence[pl.DataFrame]] = {}

    def __getitem__(self, table: ReportTable) -> pl.DataFrame:
        return self.by_source(table)[0]

    def by_source(self, table: ReportTable) -> Sequence[pl.DataFrame]:
        if table.name not in self._found:
            self._found[table.name] = self._find(table)
        return self._found[table.name]


class PlanTables(Frames):
    """The tables of a plan, each made and saved when it is first asked for; only what the page shows is kept.

    `sources` are the plan's files with their own rows, and `counted` what becomes of their cells; `reconcile` asks for
    what the last sync, Rotor and the file say.
    """

    def __init__(
        self,
        plan: Plan,
        sources: Sequence[SourceTable],
        save: Save,
        *,
        counted: Sequence[ColumnCounts] = (),
        reconcile: bool = False,
    ) -> None:
        super().__init__(self._make)
        self.plan = plan
        self.sources = sources
        self.counted = counted
        self.reconcile = reconcile
        self._save = save

    def _make(self, table: ReportTable) -> Sequence[pl.DataFrame]:
        if not table.is_wanted(self):
            return [table.empty]
        if table.by_source:
            frames = list(table.make(self))
            for source, frame in enumerate(frames):
                self._save(table.file_name(source), [frame])
            return frames
        kept = [table.empty]

        def parts() -> Iterator[pl.DataFrame]:
            for part in table.make(self):
                kept.append(table.for_page(part, self))
                yield part

        self._save(table.file_name(), parts())
        return [pl.concat(kept)]
