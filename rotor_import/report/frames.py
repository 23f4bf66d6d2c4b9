"""The report's tables as frames, for whoever works on with them in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from rotor_import.errors import ReportError
from rotor_import.report.read import read_frame
from rotor_import.report.report_table import ReportTable
from rotor_import.report.tables import REJECTS

FILE = "_file"
"""The column that says in which file a rejected row stands."""
_TYPES: Mapping[str, type[pl.DataType]] = {
    **dict.fromkeys(("row", "a_row", "b_row", "_row"), pl.Int64),
    "score": pl.Float64,
}
"""The columns of the tables that are not text."""


def typed_table(folder: Path | None, table: ReportTable) -> pl.DataFrame:
    """A report's table; empty where there is no report.

    Raises ReportError if its file isn't there any more, or isn't what was written.
    """
    return _typed(table.empty, table) if folder is None else _read(folder / table.file_name(), table)


def typed_rejects(folder: Path | None, files: Sequence[str]) -> pl.DataFrame:
    """The rejected rows of all files: their own columns, then the file, the row, and what is wrong with it."""
    named = [_typed(REJECTS.empty, REJECTS).with_columns(pl.lit("").alias(FILE))]
    if folder is not None:
        found = [_read(folder / REJECTS.file_name(number), REJECTS) for number in range(len(files))]
        apart = [frame.rename({FILE: f"{FILE}_"}, strict=False) for frame in found]  # a file may have that column too
        named += [frame.with_columns(pl.lit(file).alias(FILE)) for frame, file in zip(apart, files, strict=True)]
    whole = pl.concat(named, how="diagonal")
    last = (FILE, *REJECTS.columns)
    return whole.select(pl.exclude(last), pl.col(last))


def _read(path: Path, table: ReportTable) -> pl.DataFrame:
    try:
        return _typed(read_frame(path), table)
    except FileNotFoundError:
        raise ReportError(
            f"{path} isn't there any more: the report was moved or removed. Its figures are still in report.summary; "
            "plan_import writes a new report."
        ) from None
    except (OSError, pl.exceptions.PolarsError):
        raise ReportError(
            f"{path} can't be read: it was changed after it was written. The report's figures are still in "
            "report.summary; plan_import writes a new report."
        ) from None


def _typed(frame: pl.DataFrame, table: ReportTable) -> pl.DataFrame:
    """Raises PolarsError where a column is missing, or has something else than numbers in it."""
    own = frame.select(table.columns)
    return frame.with_columns(own.get_column(name).cast(_TYPES[name]) for name in table.columns if name in _TYPES)
