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
from rotor_import.report.page_excerpt import plan_of
from rotor_import.report.quality import ColumnCounts

Save = Callable[[str, Iterable[pl.DataFrame]], None]
"""Keeps a table's frames, which have the same columns, under a file's name."""


def _whole(frame: pl.DataFrame, _tables: PlanTables) -> pl.DataFrame:
    return frame


@dataclass(frozen=True)
class ReportTable:
    """A table of the report: a CSV file in its folder, a frame for its page, and a sheet of its workbook.

    `make` gives the table in parts, as many as suit its length; a table that is `by_source` has a file for each
    source file instead, with that file's own columns before those named here. `for_page` is the excerpt that the page
    needs. A table with `customers_for_page` is as long as the import: it is made while it is written, and asks for no
    other table; the page has the lines of those customers. A table that `is_wanted` denies has no file, and is empty
    for the page. A saved plan is carried out only if the tables with `line_keys` have stayed the same; those are the
    columns that tell a table's lines apart.
    """

    name: str
    columns: tuple[str, ...]
    make: Callable[[PlanTables], Iterable[pl.DataFrame]]
    for_page: Callable[[pl.DataFrame, PlanTables], pl.DataFrame] = _whole
    is_wanted: Callable[[PlanTables], bool] = lambda _tables: True
    by_source: bool = False
    customers_for_page: Callable[[PlanTables], pl.Series] | None = None
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
        if table.customers_for_page is not None:
            self._save(table.file_name(), self._parts(table))
            return [self._lines_of(table.customers_for_page(self), table)]
        whole = pl.concat([table.empty, *table.make(self)])
        self._save(table.file_name(), [whole])
        return [table.for_page(whole, self)]

    def _parts(self, table: ReportTable) -> Iterator[pl.DataFrame]:
        """A generator, so that nothing is made before the first part is asked for."""
        yield from table.make(self)

    def _lines_of(self, customers: pl.Series, table: ReportTable) -> pl.DataFrame:
        """The table's lines about the customers with these labels, made of them alone."""
        narrow = PlanTables(plan_of(self.plan, customers), self.sources, self._save, counted=self.counted)
        lines = pl.concat([table.empty, *table.make(narrow)])
        return lines.filter(pl.col("customer").is_in(customers.implode()))
