"""Workbooks → tables: which sheet is meant, and where its table begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.model.rows import Finding, SourceOptions, SourceTable
from rotor_import.source import shape
from rotor_import.source.cells import Cells, table
from rotor_import.source.kind import Kind
from rotor_import.source.names import hits
from rotor_import.source.payload import Payload
from rotor_import.source.sheet import MOST_SHEETS, Book, Sheet, too_many_sheets

_LISTED = 10
_BEGINNING = 1000


def read_workbook(payload: Payload, kind: Kind, options: SourceOptions) -> SourceTable:
    """Raises SourceError with file, sheet and remedy."""
    sheet = _chosen(payload.path, open_book(payload, kind), options)
    return table(payload, _cells(payload.path, sheet, options), options, text=False)


def open_book(payload: Payload, kind: Kind) -> Book:
    """Raises SourceError."""
    path = payload.path
    if kind == "xls":
        from rotor_import.source.xls import XlsBook  # noqa: PLC0415 - only .xls needs xlrd

        return XlsBook(path, payload.data)
    if kind == "ods":
        from rotor_import.source.ods import OdsBook  # noqa: PLC0415 - one format among four

        return OdsBook(path, payload.archive)
    if kind == "xlsb":
        from rotor_import.source.xlsb import XlsbBook  # noqa: PLC0415 - one format among four

        return XlsbBook(path, payload.archive)
    from rotor_import.source.xlsx import XlsxBook  # noqa: PLC0415 - one format among four

    return XlsxBook(path, payload.archive)


def _chosen(path: PurePath, book: Book, options: SourceOptions) -> Sheet:
    """The requested sheet, or the one whose header fits best, or the only one with a table."""
    names = book.names()
    if len(names) > MOST_SHEETS:
        raise too_many_sheets(path)
    if options.sheet is not None:
        return book.sheet(_asked(path, names, options.sheet))
    tops = [book.sheet(name, shape.LOOKED_AT + 1) for name in names]
    shown = [one for one in tops if one.is_visible] or tops
    rows = {one.name: _begun(one.grid) for one in shown}
    tables = [one for one in shown if any(any(row) for row in rows[one.name])]
    scores = {one.name: max(hits(row, options.wanted) for row in rows[one.name]) for one in tables}
    best = [one for one in tables if scores[one.name] == max(scores.values()) > 0]
    fitting = best or [one for one in tables if one.is_table] or tables
    if not fitting:
        raise SourceError(
            f"{path} has no sheet with a table in the first {shape.LOOKED_AT} rows. "
            "Export it again, or set sheet and header_row in the mapping."
        )
    if len(fitting) > 1:
        listed = ", ".join(repr(one.name) for one in fitting[:_LISTED])
        raise SourceError(
            f"{path} has several sheets to choose from: {listed}. Choose one in the mapping: `source: {{sheet: …}}`."
        )
    return book.sheet(fitting[0].name)


def _asked(path: PurePath, names: list[str], wanted: str | int) -> str:
    exact = [name for name in names if name == wanted]
    loose = [name for name in names if name.strip().casefold() == str(wanted).strip().casefold()]
    number = next((at for at in range(1, len(names) + 1) if str(at) == str(wanted).lstrip("0")), 0)
    if found := exact or loose:
        return found[0]
    if number:
        return names[number - 1]
    listed = ", ".join(map(repr, names[:_LISTED]))
    raise SourceError(f"{path} has no sheet called {wanted!r}. Its sheets: {listed}. Correct `source: {{sheet: …}}`.")


def _begun(grid: pl.DataFrame) -> Sequence[shape.Row]:
    """Rows whose cells are cut off where they are too long to tell what kind of row it is."""
    return grid.select(pl.all().str.head(_BEGINNING)).rows()


def _cells(path: PurePath, sheet: Sheet, options: SourceOptions) -> Cells:
    grid = sheet.grid
    if not grid.width:
        raise SourceError(f"{path}, sheet {sheet.name!r}: it is blank. Choose another with `source: {{sheet: …}}`.")
    top = _begun(grid.head(max(shape.LOOKED_AT, options.header_row or 0)))
    at = shape.find_header(path, top, options)
    body = grid.slice(at + 1)
    tail = _begun(body.tail(shape.LOOKED_AT))
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
        Finding(row + 1, f"\0{column}", words, f"left blank: {words}", rejected=False)
        for (row, column), words in sorted(sheet.marks.errors.items())
        if at < row and column < grid.width
    )
    return Cells(grid.row(at), body.filter(data), numbers.filter(data), tuple(notes), findings, is_tidy=True)
