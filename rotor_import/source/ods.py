"""Workbooks of LibreOffice and OpenOffice (.ods), read in one pass over their content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from rotor_import.errors import SourceError
from rotor_import.source.marks import Marks
from rotor_import.source.number_format import NumberFormat
from rotor_import.source.opc import Package
from rotor_import.source.payload import Archive
from rotor_import.source.sheet import MOST_SHEETS, Sheet, too_many_sheets
from rotor_import.source.typed_cells import CellList, Conventions, refuse_if_large, text_grid
from rotor_import.source.xml_events import OddXmlError, parse

_DURATION = re.compile(r"(-?)P(?:(\d{1,6})D)?T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,7}(?:[.,]\d+)?)S)?")
_ERROR = re.compile(r"#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)|Err:\d{3}")
_SPACE = re.compile(r"[ \t\r\n]+")
_NOT_TEXT = ("annotation", "ruby-text", "frame", "custom-shape", "dde-links", "tracked-changes")
_CONVENTIONS = Conventions({1: NumberFormat("duration")})
_CELLS = ("table-cell", "covered-table-cell")


class OdsBook:
    """An open .ods; all its sheets are read at once, as they are in one part."""

    def __init__(self, path: PurePath, archive: Archive) -> None:
        """Raises SourceError."""
        self._path = path
        package = Package(path, archive)
        manifest = "META-INF/manifest.xml"
        if manifest in package and b"encryption-data" in package.read(manifest):
            raise SourceError(f"{path} is protected by a password. Save it without one.")
        self._tables = _parsed(path, package.read("content.xml"))
        self._names = list(self._tables)
        self._sheets: dict[str, Sheet] = {}

    def names(self) -> list[str]:
        return self._names

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        if name not in self._sheets:
            self._sheets[name] = self._load(name)
            del self._tables[name]
        return self._sheets[name].top(most)

    def _load(self, name: str) -> Sheet:
        found = self._tables[name]
        grid = text_grid(self._path, name, found.cells.frame(), found.marks, _CONVENTIONS)
        return Sheet(name, grid, found.marks, found.is_visible)


@dataclass
class _Table:
    cells: CellList
    marks: Marks = field(default_factory=Marks)
    is_visible: bool = True


def _parsed(path: PurePath, data: bytes) -> dict[str, _Table]:
    scan = _Scan(path)
    try:
        parse(data, scan.start, scan.end, scan.text)
    except OddXmlError:
        raise SourceError(f"{path} is damaged. Open it, and save it again.") from None
    return scan.sheets


def _local(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes without namespaces; `calcext` is more precise than `office`, so it wins."""
    plain = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
    extended = {name.rpartition(" ")[2]: value for name, value in attributes.items() if "calcext" in name}
    return plain | extended


def _times(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name)
    if text is None:
        return 1
    return max(int(text), 1) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004 - no sheet is that long


class _Scan:
    def __init__(self, path: PurePath) -> None:
        self.sheets: dict[str, _Table] = {}
        self._path = path
        self._name, self._sheet = "", _Table(CellList(path, ""))
        self._row = self._column = 0
        self._rows = 1
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []
        """The pieces of each paragraph of the cell so far: joined one by one, each would copy all that came before."""
        self._length = 0
        self._is_within = False
        self._skipped = 0
        self._style = ""
        self._unseen: set[str] = set()
        """Styles of sheets that are not shown."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if self._skipped or name in _NOT_TEXT:
            self._skipped += 1
        elif name in _CELLS:
            self._cell, self._paragraphs, self._length = _local(attributes), [], 0
        elif self._cell is not None:
            self._letters(name, attributes)
        elif name == "table-row":
            own = _local(attributes)
            self._rows, self._column = _times(own, "number-rows-repeated"), 0
            self._sheet.marks.hidden_rows += own.get("visibility", "visible") != "visible"
        elif name == "table-column":
            self._sheet.marks.hidden_columns += _local(attributes).get("visibility", "visible") != "visible"
        elif name == "table":
            own = _local(attributes)
            self._name, self._row = own.get("name", ""), 0
            if len(self.sheets) > MOST_SHEETS:
                raise too_many_sheets(self._path)
            self._sheet = self.sheets.setdefault(self._name, _Table(CellList(self._path, self._name)))
            self._sheet.is_visible = own.get("style-name") not in self._unseen
        elif name == "style":
            self._style = _local(attributes).get("name", "")
        elif name == "table-properties" and _local(attributes).get("display") == "false":
            self._unseen.add(self._style)

    def _letters(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self._is_within = True
            self._paragraphs.append([])
        elif self._is_within and name == "s":
            self._write(" " * min(_times(_local(attributes), "c"), 1000))
        elif self._is_within and name in ("tab", "line-break"):
            self._write("\t" if name == "tab" else "\n")

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if self._skipped:
            self._skipped -= 1
        elif name == "table-row":
            self._row += self._rows
        elif name == "p":
            self._is_within = False
        elif name in _CELLS and self._cell is not None:
            self._finish(self._cell)
            self._cell = None

    def text(self, text: str) -> None:
        if self._is_within and not self._skipped:
            self._write(_SPACE.sub(" ", text))  # other white space has elements of its own

    def _write(self, text: str) -> None:
        """Raises SourceError if the cell gets too large for memory: a short element may stand for many spaces."""
        self._length += len(text)
        refuse_if_large(self._path, self._name, self._length)
        self._paragraphs[-1].append(text)

    def _finish(self, cell: dict[str, str]) -> None:
        times = _times(cell, "number-columns-repeated")
        row, column = self._row, self._column
        self._column += times
        if _times(cell, "number-columns-spanned") > 1 or _times(cell, "number-rows-spanned") > 1:
            self._sheet.marks.merged += 1
        shown = "\n".join(map("".join, self._paragraphs)).strip()
        if "value-type" not in cell and not shown:
            return
        self._sheet.marks.reach(self._path, self._name, row + self._rows - 1, column + times - 1)
        kind, text = _typed(cell, shown)
        style = int(kind == "n" and cell.get("value-type") == "time")
        if text or kind == "e":
            columns = range(column, column + times)
            self._sheet.cells.repeat(range(row, row + self._rows), columns, kind, text, style=style)


def _typed(cell: Mapping[str, str], shown: str) -> tuple[str, str]:
    """The kind and the text of a cell, as `sheet_xml` names them."""
    kind = cell.get("value-type", "string")
    if kind == "error" or ("formula" in cell and _ERROR.fullmatch(shown)):
        return "e", shown
    if kind in ("float", "percentage", "currency"):
        value = cell.get("value") or shown
        return ("str", shown) if _shows_zeros(value, shown) else ("n", value)
    if kind == "date":
        return "d", cell.get("date-value") or shown
    if kind == "time":
        days = _days(cell.get("time-value", ""))
        return ("str", shown) if days is None else ("n", repr(days))
    if kind == "boolean":
        return "b", cell.get("boolean-value") or shown
    return "str", (cell.get("string-value") or shown) if kind == "string" else shown


def _shows_zeros(value: str, shown: str) -> bool:
    """Whether zeros come before the number; the digits are compared as text, for there may be any number of them."""
    digits = shown.lstrip("0")
    return len(digits) < len(shown) and digits.isdecimal() and digits == value.lstrip("0")


def _days(text: str) -> float | None:
    """The days of a duration such as `PT255H10M`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (float((one or "0").replace(",", ".")) for one in found.group(2, 3, 4, 5))
    total = days + hours / 24 + minutes / 1440 + seconds / 86400
    return -total if found[1] else total
