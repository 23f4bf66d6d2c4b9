"""Marks of an .ods, made in one pass over its content."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from rotor_import.errors import SourceError
from rotor_import.source.marks import Marks

_DIGITS = 15
_MOST_EXACT = 16
"""How many times a repeated cell is recorded; an ID is not repeated more often."""


def ods_marks(path: Path, data: bytes) -> dict[str, Marks]:
    """The marks of each sheet, by name. Raises SourceError if the XML is broken or a sheet is too large."""
    scan = _Scan(path)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        raise SourceError(f"{path} is broken. Open it, and save it again.") from None
    return scan.sheets


def _local(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes without namespaces; `calcext` is more precise than `office`, so it wins."""
    plain = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
    extended = {name.rpartition(" ")[2]: value for name, value in attributes.items() if "calcext" in name}
    return plain | extended


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isdigit() and len(text) < 10 else 1  # noqa: PLR2004 - no sheet is that long


class _Scan:
    def __init__(self, path: Path) -> None:
        self.sheets: dict[str, Marks] = {}
        self._path = path
        self._sheet, self._marks = "", Marks()
        self._row = self._column = 0
        self._rows = 1
        self._cell: dict[str, str] | None = None
        self._text = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if name == "table":
            self._sheet = _local(attributes).get("name", "")
            self._marks = self.sheets.setdefault(self._sheet, Marks())
            self._row = 0
        elif name == "table-row":
            own = _local(attributes)
            self._rows, self._column = _times(own, "number-rows-repeated"), 0
            self._marks.hidden_rows += own.get("visibility", "visible") != "visible"
        elif name == "table-column":
            self._marks.hidden_columns += _local(attributes).get("visibility", "visible") != "visible"
        elif name in ("table-cell", "covered-table-cell"):
            self._cell, self._text = _local(attributes), ""

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "table-row":
            self._row += self._rows
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._finish(self._cell)
            self._cell = None

    def text(self, text: str) -> None:
        if self._cell is not None:
            self._text += text

    def _finish(self, cell: dict[str, str]) -> None:
        times = _times(cell, "number-columns-repeated")
        row, column = self._row, self._column
        self._column += times
        if _times(cell, "number-columns-spanned") > 1 or _times(cell, "number-rows-spanned") > 1:
            self._marks.merged += 1
        if "value-type" not in cell and not self._text.strip():
            return
        self._marks.reach(self._path, self._sheet, row + self._rows - 1, column + times - 1)
        shown = self._text.strip()
        is_error = cell["value-type"] == "error" if "value-type" in cell else False
        if not is_error and not self._is_exact(cell, shown):
            return
        for at in [(row + down, column + right) for down in range(self._rows) for right in range(times)][:_MOST_EXACT]:
            if is_error:
                self._marks.errors[at] = f"an error, not a value: {shown}"
            else:
                self._marks.exact[at] = shown if shown.startswith("0") else cell["value"]

    def _is_exact(self, cell: dict[str, str], shown: str) -> bool:
        """Whether it is a whole number that is shown with leading zeros or has more digits than a double holds."""
        value = cell.get("value", "")
        if cell.get("value-type") != "float" or not value.isdigit():
            return False
        return len(value) > _DIGITS or (shown.isdigit() and shown.startswith("0") and int(shown) == int(value) != 0)
