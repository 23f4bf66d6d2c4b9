"""Workbooks → tables. xlrd reads .xls; calamine reads the other formats, and marks add what it does not report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.model.rows import Finding, SourceOptions, SourceTable
from rotor_import.source import shape
from rotor_import.source.cells import Cells, table
from rotor_import.source.kind import Kind
from rotor_import.source.marks import Marks, Position, masked
from rotor_import.source.names import hits
from rotor_import.source.payload import Payload
from rotor_import.source.sheet import Book, Sheet, trimmed

if TYPE_CHECKING:
    from fastexcel import ExcelReader

T = TypeVar("T")

_LISTED = 10


def read_workbook(payload: Payload, kind: Kind, options: SourceOptions) -> SourceTable:
    """Raises SourceError with file, sheet and remedy."""
    sheet = _chosen(payload.path, _opened(payload, kind), options)
    return table(payload, _cells(payload.path, sheet, options), options, text=False)


def _opened(payload: Payload, kind: Kind) -> Book:
    if kind == "xls":
        from rotor_import.source.xls import XlsBook  # noqa: PLC0415 - only .xls needs xlrd

        return XlsBook(payload.path, payload.data)
    payload.archive.check()
    marks = marks_of(payload, kind)
    return _CalamineBook(payload.path, _guarded(payload.path, lambda: _open(payload.data)), marks)


def marks_of(payload: Payload, kind: Kind) -> Mapping[str, Marks]:
    """The marks of every sheet, by name. Made first, because calamine allocates all cells when it opens a file."""
    path = payload.path
    if kind == "ods":
        from rotor_import.source.ods import ods_marks  # noqa: PLC0415 - one format among four

        if "content.xml" not in payload.archive.names:
            raise SourceError(f"{path} is broken: its part 'content.xml' is missing. Save it again.")
        return ods_marks(path, payload.archive.read("content.xml"))
    from rotor_import.source import xlsb, xlsx  # noqa: PLC0415 - one format among four

    parts = xlsx.sheet_parts(path, payload.archive) if kind == "xlsx" else xlsb.sheet_parts(path, payload.archive)
    zeros, styles = xlsb.xlsb_styles(path, payload.archive), xlsx.styles(path, payload.archive)
    found = {}
    for name, part in parts.items():
        if part not in payload.archive.names or not part.startswith("xl/worksheets/"):
            continue
        data = payload.archive.read(part)
        found[name] = (
            xlsb.xlsb_marks(path, name, data, zeros)
            if part.endswith(".bin")
            else xlsx.sheet_marks(path, name, data, styles)
        )
    return found


def _open(data: bytes) -> ExcelReader:
    import fastexcel  # noqa: PLC0415 - only workbooks need it

    return fastexcel.read_excel(data)


def _guarded(path: Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, SourceError):
        raise
    except BaseException as error:  # noqa: BLE001 - calamine raises many classes, panics outside of Exception too
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        if "assword" in words:
            raise SourceError(f"{path} is protected by a password. Save it without one.") from None
        raise SourceError(
            f"{path} cannot be read as a workbook ({words}). Open it, save it as XLSX or CSV, and try again."
        ) from None


@dataclass(frozen=True)
class _CalamineBook:
    path: Path
    reader: ExcelReader
    marks: Mapping[str, Marks]

    def names(self) -> list[str]:
        return [name for name in self.reader.sheet_names if name in self.marks]

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        return _guarded(self.path, lambda: self._load(name, most))

    def _load(self, name: str, most: int | None) -> Sheet:
        loaded = self.reader.load_sheet(name, header_row=None, skip_rows=0, n_rows=most, dtypes="string")
        grid = loaded.to_polars()
        places = [column.absolute_index for column in loaded.available_columns()]
        columns = [one.cast(pl.String).alias(f"c{at}") for at, one in zip(places, grid.get_columns(), strict=True)]
        missing = [at for at in range(max(places, default=-1) + 1) if at not in set(places)]
        blank = [pl.Series(f"c{at}", [None] * grid.height, dtype=pl.String) for at in missing]
        ordered = sorted([*columns, *blank], key=lambda one: int(one.name[1:]))
        return Sheet(name, trimmed(pl.DataFrame(ordered)), self.marks[name], loaded.visible == "visible")


def _chosen(path: Path, book: Book, options: SourceOptions) -> Sheet:
    """The requested sheet, or the one whose header fits best, or the only one with a table."""
    names = book.names()
    if options.sheet is not None:
        return book.sheet(_asked(path, names, options.sheet))
    tops = [book.sheet(name, shape.LOOKED_AT + 1) for name in names]
    shown = [one for one in tops if one.is_visible] or tops
    tables = [one for one in shown if any(any(row) for row in one.grid.rows())]
    scores = {one.name: max(hits(row, options.wanted) for row in one.grid.rows()) for one in tables}
    best = [one for one in tables if scores[one.name] == max(scores.values()) > 0]
    fitting = best or [one for one in tables if one.is_table] or tables
    if not fitting:
        raise SourceError(
            f"{path} has no sheet with a table in its first {shape.LOOKED_AT} rows. "
            "Export it again, or name its sheet and header_row in the mapping."
        )
    if len(fitting) > 1:
        listed = ", ".join(repr(one.name) for one in fitting[:_LISTED])
        raise SourceError(
            f"{path} has several sheets that may be meant: {listed}. Name one in the mapping: `source: {{sheet: …}}`."
        )
    return book.sheet(fitting[0].name)


def _asked(path: Path, names: list[str], wanted: str | int) -> str:
    exact = [name for name in names if name == wanted]
    loose = [name for name in names if name.strip().casefold() == str(wanted).strip().casefold()]
    number = int(wanted) if str(wanted).isdigit() else 0
    if found := exact or loose:
        return found[0]
    if 1 <= number <= len(names):
        return names[number - 1]
    listed = ", ".join(map(repr, names[:_LISTED]))
    raise SourceError(f"{path} has no sheet {wanted!r}. Its sheets: {listed}. Mend `source: {{sheet: …}}`.")


def _cells(path: Path, sheet: Sheet, options: SourceOptions) -> Cells:
    grid = _corrected(sheet)
    if not grid.width:
        raise SourceError(f"{path}, sheet {sheet.name!r}: it is blank. Name another with `source: {{sheet: …}}`.")
    top = grid.head(max(shape.LOOKED_AT, options.header_row or 0)).rows()
    at = shape.find_header(path, top, options)
    body = grid.slice(at + 1)
    tail = body.tail(shape.LOOKED_AT).rows()
    first = body.height - len(tail)
    ends = [first + index for index in shape.footers(tail)]
    notes = [f"sheet {sheet.name!r}", *sheet.marks.notes()]
    if at:
        notes.append(f"the header is in row {at + 1}")
    notes += [shape.skipped(number, row) for number, row in enumerate(top[:at], start=1) if any(row)]
    notes += [shape.skipped(index + at + 2, tail[index - first]) for index in ends]
    numbers = pl.int_range(at + 2, at + 2 + body.height, dtype=pl.UInt32, eager=True)
    data = ~numbers.is_in([index + at + 2 for index in ends])
    findings = tuple(
        Finding(row + 1, f"\0{column}", words, f"{words}; left blank", rejected=False)
        for (row, column), words in sorted(sheet.marks.errors.items())
        if at < row and column < grid.width
    )
    return Cells(top[at], body.filter(data), numbers.filter(data), tuple(notes), findings)


def _corrected(sheet: Sheet) -> pl.DataFrame:
    """The grid with exact digits, with the zeros that number formats show, and with blanks for error cells."""
    grid = sheet.grid
    marks = sheet.marks
    lacking = marks.rows - grid.height
    if lacking > 0 and grid.width:  # there are errors below the last cell that calamine returns
        grid = pl.concat([grid, pl.DataFrame({name: [None] * lacking for name in grid.columns}, schema=grid.schema)])
    changes: dict[int, dict[int, str | None]] = {}
    every: dict[Position, str | None] = {**marks.exact, **dict.fromkeys(marks.errors)}
    for at, value in every.items():
        changes.setdefault(at[1], {})[at[0]] = value
    for at, code in marks.masks.items():
        if at[0] < grid.height and at[1] < grid.width:
            value = changes.get(at[1], {}).get(at[0]) or grid.item(*at)
            if value and re.fullmatch(r"\d+", value):
                changes.setdefault(at[1], {})[at[0]] = masked(value, code)
    for column, values in changes.items():
        if column < grid.width:
            cells = grid.get_column(grid.columns[column]).to_list()
            for row, one in values.items():
                if row < len(cells):
                    cells[row] = one
            grid = grid.with_columns(pl.Series(grid.columns[column], cells, dtype=pl.String))
    return grid
