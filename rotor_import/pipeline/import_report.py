"""What a plan or a run hands back to Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from rotor_import.errors import RotorImportError
from rotor_import.model.summary import NOTHING_KNOWN, Summary
from rotor_import.report import sentence
from rotor_import.report.frames import typed_rejects, typed_table
from rotor_import.report.report_table import ReportTable
from rotor_import.report.tables import CREATES, RESULTS, REVIEW, ROWS, UPDATES


@dataclass(frozen=True, repr=False)
class ImportReport:
    """What a plan or a run came to, and the error that ended the run early, if any.

    `summary` is the object that `--json` prints. `folder` is where the report lies, None if nothing was pending and so
    none was written.

    `rows`, `creates`, `updates`, `review`, `rejects` and `results` are the tables of that folder, without the
    apostrophes that defuse formulas in the CSV files. Each is read when it is first asked for, and then kept as it was
    at that time. Row numbers (`row`, `a_row`, `b_row`, `_row`) are Int64, `score` is Float64, and all else is String; a
    blank is null. Raises ReportError when a table is asked for whose file is gone.
    """

    summary: Summary
    error: RotorImportError | None = None
    is_declined: bool = False
    """Whether somebody was asked before sending, and said no."""
    folder: Path | None = field(init=False, compare=False)

    def __post_init__(self) -> None:
        report = self.summary["report"]
        # Absolute, so that the tables are found from another working directory too.
        object.__setattr__(self, "folder", Path(report).absolute() if report else None)

    def __repr__(self) -> str:
        summary = self.summary
        said = sentence(summary) if summary["files"] else " ".join(summary["notes"])
        error = "" if self.error is None else f" {type(self.error).__name__}: {self.error}"
        where = "" if self.folder is None else f" {self.folder}"
        return f"<ImportReport {summary['mode']} {summary['run']}, {summary['state']}: {said}{error}{where}>"

    @property
    def troubled(self) -> int:
        """Rows or changes that a person has to look at."""
        rows, sent = self.summary["rows"], self.summary["sent"]
        fields = self.summary["review"]["field"]
        # A change that was refused for a missing customer has no row.
        return max(rows["rejected"] + rows["held"] + sent["unknown"] + fields, sent["failed"])

    @property
    def newly_troubled(self) -> int:
        """The same without what an earlier run of the feed has told already."""
        known = self.summary.get("known", NOTHING_KNOWN)
        told = known["rejected"] + known["held"] + known["fields"]
        return max(self.troubled - told, self.summary["sent"]["failed"])

    @cached_property
    def rows(self) -> pl.DataFrame:
        """What becomes of each data row; a row is numbered as a spreadsheet shows it."""
        return self._table(ROWS)

    @cached_property
    def creates(self) -> pl.DataFrame:
        """The customers to be created, a column for each field."""
        return self._table(CREATES)

    @cached_property
    def updates(self) -> pl.DataFrame:
        """The fields to be changed, before and after."""
        return self._table(UPDATES)

    @cached_property
    def review(self) -> pl.DataFrame:
        """Every question that needs a person; with `decision` filled in it is what `decisions` takes."""
        return self._table(REVIEW)

    @cached_property
    def rejects(self) -> pl.DataFrame:
        """The rows that can't be imported: the columns of all files, then the file, the row and what is wrong."""
        return typed_rejects(self.folder, [file["path"] for file in self.summary["files"]])

    @cached_property
    def results(self) -> pl.DataFrame:
        """Your key, Rotor's ID and the outcome of each customer."""
        return self._table(RESULTS)

    def _table(self, table: ReportTable) -> pl.DataFrame:
        return typed_table(self.folder, table)
