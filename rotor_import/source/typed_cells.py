"""Cells as a workbook stores them → a sheet as text: each in its number format, errors left blank."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.source.cell_text import changed, in_time, plain_numbers, tidied, with_zeros, without_nul
from rotor_import.source.marks import MOST_CELLS, Marks
from rotor_import.source.number_format import NumberFormat, number_format
from rotor_import.source.payload import MOST_UNPACKED
from rotor_import.source.sheet_xml import SCHEMA

_UNNAMED = "of unknown kind"
UNCALCULATED = "a formula without a result (open the file in a spreadsheet program and save it)"
_EXACT = 2**53
"""The doubles below are exact in their last digit."""
_NO_TEXT = pl.Series(dtype=pl.String)


@dataclass(frozen=True)
class Conventions:
    """What all sheets of a workbook share: the formats by cell style, its first day, and the shared strings."""

    formats: Mapping[int, NumberFormat] = field(default_factory=dict)
    is_1904: bool = False
    shared: pl.Series = field(default_factory=lambda: _NO_TEXT)


def text_grid(path: PurePath, name: str, cells: pl.DataFrame, marks: Marks, shared: Conventions) -> pl.DataFrame:
    """The cells' texts, starting at A1. Errors are noted in `marks`. Raises SourceError if the sheet is too large.

    The cells are in the schema of `sheet_xml.SCHEMA`.
    """
    if cells.is_empty():
        return pl.DataFrame()
    marks.reach(path, name, _most(cells, "row"), _most(cells, "column"))
    _note_errors(cells, marks)
    cells = cells.select("style", "kind", "text", at=pl.col("column") * marks.rows + pl.col("row"))
    texts, place, number = _texts(path, name, cells, marks, shared)
    order = pl.repeat(None, marks.rows * marks.columns, dtype=pl.UInt32, eager=True).scatter(place, number)
    laid = texts.gather(order)
    return pl.DataFrame([laid.slice(at * marks.rows, marks.rows).alias(f"c{at}") for at in range(marks.columns)])


def cell_formats(numbers: list[str], codes: Mapping[str, str]) -> dict[int, NumberFormat]:
    """The formats of the cell styles that need one, by the style's number; `codes` are formats that have their own."""
    found: dict[int, NumberFormat] = {}
    for style, number in enumerate(numbers):
        form = number_format(number, codes.get(number))
        if form:
            found[style] = form
    return found


class CellList:
    """The cells of one sheet, found one by one."""

    def __init__(self, path: PurePath, name: str) -> None:
        self._path, self._name = path, name
        self._size = 0
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._styles: list[int] = []
        self._kinds: list[str] = []
        self._texts: list[str] = []

    def add(self, row: int, column: int, kind: str, text: str, *, style: int = 0) -> None:
        """Raises SourceError if the cells are too many, or too much text, for memory."""
        self._size += len(text)
        if self._size > MOST_UNPACKED:
            refuse_if_large(self._path, self._name, self._size)
        if len(self._texts) >= MOST_CELLS:
            raise too_many(self._path, self._name)
        self._rows.append(row)
        self._columns.append(column)
        self._styles.append(style)
        self._kinds.append(kind)
        self._texts.append(text)

    def repeat(self, rows: Iterable[int], columns: Sequence[int], kind: str, text: str, *, style: int = 0) -> None:
        """The same cell in each of the rows and columns. Raises SourceError, as `add` does."""
        for row in rows:
            for column in columns:
                self.add(row, column, kind, text, style=style)

    def frame(self) -> pl.DataFrame:
        """The cells in the schema of `sheet_xml`."""
        lists = (self._rows, self._columns, self._styles, self._kinds, self._texts, [False] * len(self._texts))
        return pl.DataFrame(dict(zip(SCHEMA, lists, strict=True)), schema=SCHEMA)


def number_cell(value: float) -> tuple[str, str]:
    """The kind and the text of a number that is stored in binary; what is no number, or beyond all, is an error."""
    if not math.isfinite(value):
        return "e", "#NUM!"
    return "n", str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)


def too_many(path: PurePath, name: str) -> SourceError:
    return SourceError(f"{path}, sheet {name!r}: it has more than {MOST_CELLS:,} cells. Split it into several files.")


def refuse_if_large(path: PurePath, name: str, size: int) -> None:
    """Raises SourceError if so many letters are too much text for one sheet."""
    if size > MOST_UNPACKED:
        raise SourceError(
            f"{path}, sheet {name!r}: its cells contain more than {MOST_UNPACKED >> 20} MB of text. "
            "Export only the customers, or split the file."
        )


def _most(cells: pl.DataFrame, name: str) -> int:
    return int(cells.select(pl.col(name).max()).item())


def _note_errors(cells: pl.DataFrame, marks: Marks) -> None:
    lacking = pl.col("is_formula") & pl.col("text").is_null() & (pl.col("kind") != "str")
    for row, column, text in cells.filter((pl.col("kind") == "e") | lacking).select("row", "column", "text").rows():
        marks.errors[row, column] = (
            UNCALCULATED if text is None else f"an error ({text or _UNNAMED}) instead of a value"
        )


def _texts(
    path: PurePath, name: str, cells: pl.DataFrame, marks: Marks, shared: Conventions
) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Texts, the places where they belong, and which of the texts belongs into each place. Raises SourceError."""
    filled = cells.drop_nulls("text")
    kind = filled.get_column("kind")
    strings = filled.filter(kind == "s")
    number = _references(path, name, strings.get_column("text"), shared.shared.len())
    others = _others(filled.filter(kind != "s"), marks, shared)
    texts = pl.concat([shared.shared, *(text for _, text in others)])
    own = pl.int_range(shared.shared.len(), texts.len(), dtype=pl.UInt32, eager=True)
    size = texts.str.len_bytes()
    total = int(size.gather(number).sum() or 0) + int(size.gather(own).sum() or 0)
    refuse_if_large(path, name, total)
    place = pl.concat([strings.get_column("at"), *(group.get_column("at") for group, _ in others)])
    return texts, place, pl.concat([number, own])


def _references(path: PurePath, name: str, texts: pl.Series, count: int) -> pl.Series:
    """The numbers of shared strings."""
    numbers = texts.str.strip_chars().cast(pl.UInt32, strict=False)
    if numbers.has_nulls() or (numbers >= count).any():
        raise SourceError(f"{path}, sheet {name!r}: it is damaged. Open it, and save it again as XLSX.")
    return numbers


def _others(cells: pl.DataFrame, marks: Marks, shared: Conventions) -> list[tuple[pl.DataFrame, pl.Series]]:
    """The cells that are no shared strings, in groups, each with its texts."""
    kind = cells.get_column("kind")
    truths, dates, texts = (cells.filter(one) for one in (kind == "b", kind == "d", ~kind.is_in(["n", "b", "d", "e"])))
    return [
        *_numbers(cells.filter(kind == "n"), shared),
        (truths, truths.get_column("text").str.strip_chars().replace({"1": "true", "0": "false"})),
        (dates, tidied(dates.get_column("text").str.replace("T", " ", literal=True))),
        (texts, clean(texts.get_column("text"), marks)),
    ]


def _numbers(cells: pl.DataFrame, shared: Conventions) -> list[tuple[pl.DataFrame, pl.Series]]:
    style = cells.get_column("style")
    found = []
    used = {one: shared.formats[one] for one in style.unique().to_list() if one in shared.formats}
    for shows in {form.shows for form in used.values()}:
        styles = {one: form.mask for one, form in used.items() if form.shows == shows}
        group = cells.filter(style.is_in(list(styles)))
        text = group.get_column("text")
        if shows == "zeros":
            masks = group.get_column("style").replace_strict(styles, return_dtype=pl.String)
            found.append((group, with_zeros(text, masks)))
        else:
            found.append((group, in_time(text, shows, is_1904=shared.is_1904)))
    plain = cells.filter(~style.is_in(list(used)))
    return [*found, (plain, tidied(plain_numbers(plain.get_column("text"))))]


def clean(texts: pl.Series, marks: Marks | None = None) -> pl.Series:
    """Texts without NUL characters and surrounding white space. Cells with NULs are counted in `marks`."""
    nul = texts.str.contains("\0", literal=True)
    if nul.any():
        if marks:
            marks.with_nul += int(nul.sum())
        texts = changed(texts, nul, without_nul)
    return tidied(texts)
