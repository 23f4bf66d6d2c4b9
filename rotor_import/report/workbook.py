"""report.xlsx: the report's tables in one workbook, each a sheet, every cell as text.

It is made from the folder's files, so it can be made again when they change. A ZIP code keeps its zeros, a long
number its digits, and nothing runs as a formula. What a sheet can't hold (characters, lengths, rows) is cut, and the
sheet `summary` says where.

XlsxWriter is used directly: polars' `write_excel` keeps the whole workbook in memory, and can't handle cells that are
too long or control characters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import IO, Any

import polars as pl

from rotor_import.config import check_excel
from rotor_import.report.files import write_file
from rotor_import.report.read import read_frame
from rotor_import.report.tables import TABLES
from rotor_import.report.text import headline, sections, sentence
from rotor_import.report.write import SUMMARY

Format = Any
Worksheet = Any
"""XlsxWriter has no types."""

WORKBOOK = "report.xlsx"
_CELL = 32_767
"""Excel's limit of a cell, in UTF-16 units."""
_ROWS, _COLUMNS = 1_048_576, 16_384
_LOOKED_AT = 1000
"""The rows that a column's width is taken from."""
_NARROW, _WIDE = 8, 48
_CUT = "… (cut: the whole is in the CSV file)"
# Characters that XML can't hold.
_IMPOSSIBLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"


@dataclass(frozen=True)
class Bounds:
    """The limits of a sheet."""

    cell: int = _CELL
    rows: int = _ROWS
    columns: int = _COLUMNS


@dataclass
class _Writing:
    book: Any
    bounds: Bounds
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text: Format = self.book.add_format({"num_format": "@", "valign": "top"})
        self.head: Format = self.book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        self.number: Format = self.book.add_format({"num_format": "#,##0", "valign": "top"})


def write_workbook(folder: Path, bounds: Bounds | None = None) -> Path | None:
    """`report.xlsx` from the folder's tables and its summary; None where the folder is gone.

    Raises ReportError, and SettingsError where the extra is not installed.
    """
    check_excel()
    if not (folder / SUMMARY).is_file():
        return None
    summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    path = folder / WORKBOOK
    advice = "Close it where it is open, or make room."
    write_file(path, lambda file: _write(file, folder, summary, bounds or Bounds()), advice)
    return path


def has_workbook(folder: Path) -> bool:
    return (folder / WORKBOOK).is_file()


def _write(file: IO[bytes], folder: Path, summary: Mapping[str, Any], bounds: Bounds) -> None:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra
    from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra

    try:
        # One row at a time; its pieces lie in the report's folder, which only its owner can read.
        with Workbook(file, {"constant_memory": True, "tmpdir": str(folder)}) as book:
            writing = _Writing(book, bounds)
            first = book.add_worksheet("summary")
            for table in TABLES:
                for path in table.files(folder) if table.has_sheet else ():
                    _sheet(writing, path)
            _summary_sheet(writing, first, summary)
            first.activate()
    except FileCreateError as error:
        raise error.args[0] from None  # the OSError that XlsxWriter met


def _sheet(writing: _Writing, path: Path) -> None:
    bounds, name = writing.bounds, path.stem
    frame = read_frame(path).fill_null("")
    if frame.height >= bounds.rows:
        writing.remarks.append(
            f"{name}: the first {bounds.rows - 1:,} of {frame.height:,} rows; the rest in {path.name}"
        )
        frame = frame.head(bounds.rows - 1)
    if frame.width > bounds.columns:
        writing.remarks.append(
            f"{name}: the first {bounds.columns:,} of {frame.width:,} columns; the rest in {path.name}"
        )
        frame = frame.select(frame.columns[: bounds.columns])
    frame, mended, cut = _storable(frame, bounds)
    if mended:
        writing.remarks.append(f"{name}: {mended:,} cells hold characters that no workbook can; � stands for each")
    if cut:
        writing.remarks.append(
            f"{name}: {cut:,} cells are longer than {bounds.cell:,} characters; whole in {path.name}"
        )
    sheet = writing.book.add_worksheet(name)
    _dress(writing, sheet, frame)
    for at, title in enumerate(frame.columns):
        sheet.write_string(0, at, _fitting(title, bounds), writing.head)
    for row, cells in enumerate(frame.iter_rows(), 1):
        for at, cell in enumerate(cells):
            if cell:
                sheet.write_string(row, at, _literal(cell, bounds), writing.text)


def _literal(cell: str, bounds: Bounds) -> str:
    """XlsxWriter writes `<r>…</r>` unescaped, taking it for its own markup: such a cell is wrapped in real markup."""
    if not (cell.startswith("<r>") and cell.endswith("</r>")):
        return cell
    marked = f'<r><t xml:space="preserve">{escape(cell, quote=False)}</t></r>'
    return marked if len(marked) <= bounds.cell // 2 else cell[: bounds.cell // 2] + _CUT


def _storable(frame: pl.DataFrame, bounds: Bounds) -> tuple[pl.DataFrame, int, int]:
    """The frame with cells that a sheet can hold, how many had characters replaced, and how many were cut."""
    odd = [_count(frame, pl.all().str.contains(_IMPOSSIBLE)), _count(frame, pl.all().str.len_bytes() > bounds.cell)]
    # Line breaks of every system become those of a workbook.
    frame = frame.with_columns(pl.all().str.replace_all("\r\n?", "\n").str.replace_all(_IMPOSSIBLE, "�"))
    if not odd[1]:
        return frame, odd[0], 0
    whole = frame
    frame = frame.with_columns(
        pl.when(pl.col(name).str.len_bytes() > bounds.cell)
        .then(pl.col(name).map_elements(lambda text: _fitting(text, bounds), return_dtype=pl.String))
        .otherwise(pl.col(name))
        .alias(name)
        for name in frame.columns
    )
    cut = sum(int((whole[name] != frame[name]).sum()) for name in frame.columns)
    return frame, odd[0], cut


def _count(frame: pl.DataFrame, which: pl.Expr) -> int:
    return sum(frame.select(which.sum()).row(0)) if frame.height else 0


def _fitting(text: str, bounds: Bounds) -> str:
    """The text cut to what a cell can hold, never within a character."""
    units = text.encode("utf-16-le")
    if len(units) // 2 <= bounds.cell:
        return text
    return units[: 2 * (bounds.cell - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _dress(writing: _Writing, sheet: Worksheet, frame: pl.DataFrame) -> None:
    """Set column widths, a fixed header and a filter; cells typed in later are text too."""
    for at, width in enumerate(_widths(frame)):
        sheet.set_column(at, at, width, writing.text)
    sheet.freeze_panes(1, 0)
    if frame.width:
        sheet.autofilter(0, 0, frame.height, frame.width - 1)
        # No green corners at ZIP codes and phones: they are meant to be text.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{_ROWS}", "formula_differs": f"A1:XFD{_ROWS}"})


def _widths(frame: pl.DataFrame) -> list[int]:
    first = frame.head(_LOOKED_AT)
    cells = first.select(pl.all().str.len_chars().max()).row(0) if first.height else (0,) * frame.width
    return [
        min(max(len(name) + 3, (longest or 0) + 1, _NARROW), _WIDE)
        for name, longest in zip(frame.columns, cells, strict=True)
    ]


def _summary_sheet(writing: _Writing, sheet: Worksheet, summary: Mapping[str, Any]) -> None:
    sheet.set_column(0, 0, 28, writing.text)
    sheet.set_column(1, 1, 12, writing.number)
    sheet.set_column(2, 2, 90, writing.text)
    lines: list[tuple[Sequence[str | int], Format]] = [
        ([headline(summary)], writing.head),
        ([sentence(summary)], writing.text),
    ]
    for section in sections(summary):
        lines += [([], writing.text), ([section.title], writing.head)]
        lines += [([line.label.strip(), line.figure, line.remark], writing.text) for line in section.lines]
    if writing.remarks:
        lines += [([], writing.text), (["What the sheets could not hold"], writing.head)]
        lines += [([remark], writing.text) for remark in writing.remarks]
    for row, (cells, form) in enumerate(lines):
        for at, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, at, cell, writing.number)
            elif cell:
                sheet.write_string(row, at, cell, form)
