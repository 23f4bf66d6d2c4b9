"""Raw cells → the source table: handles blanks, wrapped text, formulas and the columns that rejects.csv adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rotor_import.model.formulas import restored_frame
from rotor_import.model.rows import REJECT_COLUMNS, Finding, SourceOptions, SourceTable
from rotor_import.source.error_words import without_errors
from rotor_import.source.names import column_names
from rotor_import.source.payload import Payload

_WRAPPED = r'^=\s*"((?:[^"]|"")*)"$'
_FORMULA = (
    r"(?i)^=\s*[-+(]*\s*"
    r"(\$?[a-z]{1,3}\$?[0-9]+\b|[a-z][a-z0-9_.]*\(|'[^']+'!|[a-z0-9_]+!\$?[a-z]|[0-9.]+\s*[-+*/^&])"
)
_NO_VALUE = "left blank: a formula instead of its value; export values"


@dataclass(frozen=True)
class Cells:
    """A header and the rows below it: `frame` is as wide as the header, `numbers` are the row numbers in the file.

    `is_tidy` means that no cell begins or ends with white space, begins with an equals sign, or names an error.
    """

    header: Sequence[str | None]
    frame: pl.DataFrame
    numbers: pl.Series
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_tidy: bool = False


def table(payload: Payload, cells: Cells, options: SourceOptions, *, text: bool) -> SourceTable:
    """`text` says that the cells come from a text file, where `="00123"` stands for the text 00123."""
    names, words = column_names(cells.header)
    frame = cells.frame.rename(dict(zip(cells.frame.columns, names, strict=True)))
    is_tidy = cells.is_tidy
    if set(REJECT_COLUMNS) <= set(frame.columns):
        frame, is_tidy = restored_frame(frame.drop(REJECT_COLUMNS)), False
    findings = list(cells.findings)
    if not is_tidy:
        frame = _stripped(frame)
    if text and not is_tidy:
        frame, found = _unwrapped(frame, cells.numbers)
        findings += found
    if text and not is_tidy:  # in a workbook an error has a type of its own, and a text is a text
        frame, found = without_errors(frame, cells.numbers)
        findings += found
    frame = _without_blank_columns(_blanked(frame, options.null_values), cells.header)
    kept, numbers = _filled(frame, cells.numbers.cast(pl.UInt32), findings)
    notes = (*payload.notes, *cells.notes, *words)
    ordered = tuple(sorted(findings, key=lambda one: one.row))
    kept = kept.rechunk()  # so that frames derived from it share its strings instead of copying them
    return SourceTable(payload.path, payload.sha256, kept, numbers, notes, _of_columns(ordered, names, kept))


def _stripped(frame: pl.DataFrame) -> pl.DataFrame:
    return _mended(frame, lambda cells: cells.str.strip_chars() != cells, lambda cells: cells.str.strip_chars())


def _blanked(frame: pl.DataFrame, null_values: Sequence[str]) -> pl.DataFrame:
    blank = {"", *null_values}

    def is_blank(cells: pl.Expr) -> pl.Expr:
        return cells.is_in(blank) if len(blank) > 1 else cells == ""

    return _mended(frame, is_blank, lambda cells: pl.when(~is_blank(cells)).then(cells))


def _mended(
    frame: pl.DataFrame, is_wrong: Callable[[pl.Expr], pl.Expr], mend: Callable[[pl.Expr], pl.Expr]
) -> pl.DataFrame:
    """Rebuild only the columns with a wrong cell, chosen by position because a name could look like a pattern."""
    wrong = frame.select(is_wrong(pl.all()).any())
    places = [at for at, column in enumerate(wrong) if column.item()]
    return frame.with_columns(mend(pl.nth(places)).name.keep()) if places else frame


def _filled(frame: pl.DataFrame, numbers: pl.Series, findings: Sequence[Finding]) -> tuple[pl.DataFrame, pl.Series]:
    """The rows with any value or any finding."""
    if 0 in frame.null_count().row(0):
        return frame, numbers
    filled = frame.select((~pl.all_horizontal(pl.all().is_null())).alias("is_data")).to_series()
    filled |= numbers.is_in([one.row for one in findings])
    return (frame, numbers) if filled.all() else (frame.filter(filled), numbers.filter(filled))


def _of_columns(findings: tuple[Finding, ...], names: Sequence[str], frame: pl.DataFrame) -> tuple[Finding, ...]:
    """Findings with column names in place of a NUL and the position; those of dropped columns are removed."""
    named = [
        replace(one, column=names[int(one.column[1:])]) if one.column.startswith("\0") else one for one in findings
    ]
    return tuple(one for one in named if not one.column or one.column in frame.columns)


def _unwrapped(frame: pl.DataFrame, numbers: pl.Series) -> tuple[pl.DataFrame, list[Finding]]:
    """Turn `="07601"` into the text 07601, and leave any other formula blank, because its value is unknown."""
    found: list[Finding] = []
    suspects = frame.select(pl.all().str.starts_with("=").any())
    for name in suspects.columns:
        if not suspects.get_column(name).item():
            continue
        inner = pl.col(name).str.extract(_WRAPPED).str.replace_all('""', '"', literal=True).str.strip_chars()
        frame = frame.with_columns(pl.coalesce(inner, pl.col(name)).alias(name))
        formula = frame.get_column(name).str.contains(_FORMULA).fill_null(value=False)
        for row, value in zip(numbers.filter(formula), frame.get_column(name).filter(formula), strict=True):
            found.append(Finding(row, name, value, _NO_VALUE, rejected=False))
        frame = frame.with_columns(pl.when(~formula).then(pl.col(name)).alias(name))
    return frame, found


def _without_blank_columns(frame: pl.DataFrame, header: Sequence[str | None]) -> pl.DataFrame:
    """Drop columns with neither a name nor a value, which spreadsheets leave behind."""
    nameless = [f"column_{at}" for at, cell in enumerate(header, start=1) if not (cell or "").strip()]
    empty = [name for name in nameless if name in frame.columns and frame.get_column(name).null_count() == frame.height]
    return frame.drop(empty) if frame.height and len(empty) < frame.width else frame
