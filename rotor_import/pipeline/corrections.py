"""Corrected cells: a file beside the customers' file, which stays as it is; they are used right after reading."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from rotor_import.errors import CorrectionError, ReportError
from rotor_import.model.column_names import loose_name
from rotor_import.model.correction import Corrected, Correction
from rotor_import.model.formulas import restored
from rotor_import.model.rows import SourceOptions, SourceTable
from rotor_import.report.cells import table
from rotor_import.report.files import save
from rotor_import.source import read_source

_NEEDED = ("row", "column", "was", "now")
_COLUMNS = ("file", *_NEEDED, "sha256")
_NUMBER = re.compile(r"(\d{1,9})(?:\.0+)?")
_SHOWN = 10
_OTHER_TEXT = "the file says something else now"
_OTHER_FILE = "the file has changed since, and a blank cell doesn't tell whether this is still the same row"


@dataclass(frozen=True)
class CorrectedCell:
    """A line of the file of corrections; `file` is '' where there is only one file.

    `sha256` is that of the file that was corrected, '' if nobody said. A blank cell is corrected in that file alone:
    in a later one, the row may be somebody else's.
    """

    row: int
    column: str
    was: str
    now: str
    file: str = ""
    sha256: str = ""

    @property
    def place(self) -> tuple[str, int, str]:
        return self.file, self.row, self.column


def read_corrections(path: Path) -> tuple[CorrectedCell, ...]:
    """The lines of the file, in whatever format a spreadsheet saved them.

    Raises SourceError, and CorrectionError with the line of what can't be understood.
    """
    source = read_source(path, SourceOptions(wanted=_COLUMNS))
    names = {loose_name(name): name for name in source.frame.columns}
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise CorrectionError(f"{path} has no column {missing[0]}: it isn't a file of corrections. Nothing was sent.")
    broken = {finding.row: finding.reason for finding in source.findings if finding.rejected}
    blank = pl.lit("")
    lines = source.frame.select(_text(pl.col(names[name]) if name in names else blank).alias(name) for name in _COLUMNS)
    found: dict[tuple[str, int, str], CorrectedCell] = {}
    for line, (file, row, column, was, now, sha256) in zip(source.numbers, lines.iter_rows(), strict=True):
        number = _NUMBER.fullmatch(row)
        if line in broken or number is None or not column:
            why = broken.get(line) or _fault(row, numbered=number is not None)
            raise CorrectionError(f"{path}: line {line} {why}. Nothing was sent.")
        cell = CorrectedCell(int(number[1]), column, was, now, file, sha256)
        other = found.setdefault(cell.place, cell)
        if other != cell:
            raise CorrectionError(
                f"{path}: line {line} corrects row {cell.row}, column {cell.column}, as an earlier line does, but says "
                "something else. Nothing was sent."
            )
    return tuple(found.values())


def _fault(row: str, *, numbered: bool) -> str:
    return "has nothing in the column column" if numbered else f"has {row!r} in the column row: it must be a number"


def _text(cells: pl.Expr) -> pl.Expr:
    return restored(cells.str.strip_chars()).fill_null("")


def write_corrections(path: Path, cells: Iterable[CorrectedCell]) -> None:
    """Write the file whole, for its owner's eyes; without corrections there is no file. Raises CorrectionError."""
    lines = sorted(cells, key=lambda cell: (cell.file, cell.row))
    optional = {name for name in ("file", "sha256") if any(getattr(cell, name) for cell in lines)}
    columns = [name for name in _COLUMNS if name in _NEEDED or name in optional]
    try:
        if lines:
            save(path, table(columns, ([str(getattr(cell, name)) for name in columns] for cell in lines)))
        else:
            path.unlink(missing_ok=True)
    except (OSError, ReportError):
        raise CorrectionError(f"The corrections can't be saved in {path}. Check the folder and its space.") from None


def with_cell(cells: Iterable[CorrectedCell], cell: CorrectedCell) -> tuple[CorrectedCell, ...]:
    """The corrections with this one in place of an earlier one; one that changes nothing is none."""
    others = [one for one in cells if one.place != cell.place]
    return (*others, *([cell] if cell.was != cell.now else []))


def corrected(sources: Sequence[SourceTable], cells: Sequence[CorrectedCell], null_values: Sequence[str]) -> Corrected:
    """The tables with corrected cells. `null_values` are cells that mean blank, as in the mapping."""
    found: list[Correction] = []
    unused: list[str] = []
    for cell in cells:
        file = _file_of(cell, sources)
        where = f"row {cell.row}" + (f" of {cell.file}" if len(sources) > 1 and cell.file else "")
        if file is None:
            why = f"there is no file {cell.file}" if cell.file else "it doesn't say of which file, in a column file"
            unused.append(_unused(where, cell.column, why))
        elif not cell.was and cell.sha256 not in ("", sources[file].sha256):
            unused.append(_unused(where, cell.column, _OTHER_FILE))
        else:
            now = "" if cell.now in null_values else cell.now
            found.append(Correction(file, cell.row, cell.column, cell.was, now))
    tables, used, whys = _applied(sources, found)
    unused += [_unused(_where(one, sources), one.column, why) for one, why in whys]
    return Corrected(tables, used, tuple(_notes(len(used), len(cells), unused)))


def corrected_again(sources: Sequence[SourceTable], corrections: Sequence[Correction]) -> Corrected:
    """The tables with the corrections of a saved plan."""
    tables, used, whys = _applied(sources, corrections)
    unused = [_unused(_where(one, sources), one.column, why) for one, why in whys]
    return Corrected(tables, used, tuple(_notes(len(used), len(corrections), unused)))


def _where(one: Correction, sources: Sequence[SourceTable]) -> str:
    return f"row {one.row}" + (f" of {sources[one.file].path}" if len(sources) > 1 else "")


def _unused(where: str, column: str, why: str) -> str:
    return f"Correction of {where}, column {column} isn't used: {why}."


def _notes(used: int, count: int, unused: Sequence[str]) -> Iterator[str]:
    if count:
        yield f"Corrections used: {used:,} of {count:,}."
    yield from unused[:_SHOWN]
    if len(unused) > _SHOWN:
        yield f"{len(unused) - _SHOWN:,} more corrections aren't used."


def _file_of(cell: CorrectedCell, sources: Sequence[SourceTable]) -> int | None:
    """The number of the file: by its path, else by a name that only one file has."""
    if not cell.file:
        return 0 if len(sources) == 1 else None
    paths = [at for at, source in enumerate(sources) if str(source.path) == cell.file]
    named = [at for at, source in enumerate(sources) if source.path.name == Path(cell.file).name]
    return paths[0] if paths else named[0] if len(named) == 1 else None


def _applied(
    sources: Sequence[SourceTable], corrections: Sequence[Correction]
) -> tuple[tuple[SourceTable, ...], tuple[Correction, ...], list[tuple[Correction, str]]]:
    """The tables, the corrections that were used, and the others with the reason."""
    by_file: dict[int, list[Correction]] = defaultdict(list)
    for one in corrections:
        by_file[one.file].append(one)
    tables = list(sources)
    used: list[Correction] = []
    unused: list[tuple[Correction, str]] = []
    for file, own in by_file.items():
        tables[file], fitting, others = _of_table(sources[file], own)
        used += fitting
        unused += others
    return tuple(tables), tuple(sorted(used, key=_order)), unused


def _order(one: Correction) -> tuple[int, int, str]:
    return one.file, one.row, one.column


def _of_table(
    source: SourceTable, corrections: Sequence[Correction]
) -> tuple[SourceTable, list[Correction], list[tuple[Correction, str]]]:
    places = _places(source, {one.row for one in corrections})
    lost = {finding.row for finding in source.findings if finding.rejected}
    used: list[Correction] = []
    unused: list[tuple[Correction, str]] = []
    changes: dict[str, dict[int, str | None]] = defaultdict(dict)
    columns = {
        name: source.frame.get_column(name) for name in {one.column for one in corrections} & {*source.frame.columns}
    }
    for one in corrections:
        why = _obstacle(one, places, columns, lost)
        if why:
            unused.append((one, why))
        elif one.now != (cell := columns[one.column][places[one.row]] or "") and _plain(cell) != _plain(one.was):
            unused.append((one, _OTHER_TEXT))
        else:
            used.append(one)
            changes[one.column][places[one.row]] = one.now or None
    return _with_cells(source, changes, {(one.row, one.column) for one in used}), used, unused


def _obstacle(one: Correction, places: Mapping[int, int], columns: Mapping[str, pl.Series], lost: Iterable[int]) -> str:
    """Why there is no such cell, '' where there is one."""
    if one.row not in places:
        return "the file has no such row"
    if one.column not in columns:
        return "the file has no such column"
    return "the row can't be read" if one.row in lost else ""


def _places(source: SourceTable, rows: set[int]) -> dict[int, int]:
    """Where the rows with these numbers stand in the frame."""
    at = source.numbers.is_in(pl.Series(sorted(rows), dtype=source.numbers.dtype).implode()).arg_true()
    return dict(zip(source.numbers.gather(at).to_list(), at.to_list(), strict=True))


def _plain(text: str) -> str:
    """What is compared of a cell: a spreadsheet may write its line breaks in another way."""
    return "\n".join(text.splitlines()).strip()


def _with_cells(
    source: SourceTable, changes: Mapping[str, Mapping[int, str | None]], corrected: set[tuple[int, str]]
) -> SourceTable:
    """The table with other cells; what was found wrong with them while reading is no longer so."""
    new = []
    for name, cells in changes.items():
        values = pl.Series(list(cells.values()), dtype=pl.String)
        new.append(source.frame.get_column(name).scatter(list(cells), values))
    findings = tuple(one for one in source.findings if (one.row, one.column) not in corrected)
    return replace(source, frame=source.frame.with_columns(new), findings=findings) if new else source
