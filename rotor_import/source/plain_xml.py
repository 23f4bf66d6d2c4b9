"""XML of a sheet or of shared strings, however it is written → the plain form that expressions can read."""

from __future__ import annotations

import io
import re
from xml.sax.saxutils import escape, quoteattr

from rotor_import.source.sheet_xml import column_number
from rotor_import.source.xml_events import OddXmlError, parse
from rotor_import.source.xml_text import XML_SPACE

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_DROPPED = ("extLst", "rPh", "rPr", "phoneticPr")
_WITH_TEXT = ("v", "f", "t")
_LAST_COLUMN = column_number("ZZZ")
_PRESERVED = "http://www.w3.org/XML/1998/namespace space"


def rewritten(data: bytes) -> bytes:
    """Without prefixes, comments and runs of rich text, and with a reference in each cell. Raises OddXmlError."""
    writer = _Writer()
    parse(data, writer.start, writer.end, writer.text)
    return writer.written.getvalue()


class _Writer:
    def __init__(self) -> None:
        self.written = io.BytesIO()
        self._row = self._column = -1
        self._dropped = 0
        self._cell: dict[str, str] | None = None
        """The attributes of the cell that is open."""
        self._waiting = ""
        """The start of a row that has no cell so far."""
        self._parts: dict[str, str] = {}
        """Its formula and values so far."""
        self._runs: list[str] | None = None
        """The texts of a shared or an inline string so far."""
        self._within = ""
        self._is_preserved = False
        self._value: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if self._dropped or name in _DROPPED:
            self._dropped += 1
        elif name in _WITH_TEXT:
            self._within, self._value = name, []
            self._is_preserved = attributes.get(_PRESERVED) == "preserve"
        elif name in ("si", "is"):
            self._runs = []
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) - 1 if number.isdecimal() else self._row + 1
            self._column = -1
            self._waiting = _opening(name, {"r": str(self._row + 1), "hidden": attributes.get("hidden", "0")})
            if attributes.get("hidden", "0") != "0":
                self._open_row()
        elif name == "c":
            self._cell, self._parts = self._placed(attributes), {}
        elif self._runs is None and self._cell is None:
            self._write(_opening(name, {key: value for key, value in attributes.items() if " " not in key}))

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if self._dropped:
            self._dropped -= 1
        elif name in _WITH_TEXT:
            self._within = ""
            value = "".join(self._value)
            if name == "t" and self._runs is not None:
                self._runs.append(value if self._is_preserved else value.strip(XML_SPACE))
            elif self._cell is not None:
                self._parts[name] = value
        elif name in ("si", "is") and self._runs is not None:
            self._strung(name, "".join(self._runs))
            self._runs = None
        elif name == "c" and self._cell is not None:
            self._close(self._cell)
            self._cell = None
        elif name == "row" and self._waiting:
            self._waiting = ""
        elif self._runs is None and self._cell is None:
            self._write(f"</{name}>")

    def text(self, text: str) -> None:
        if self._within and not self._dropped:
            self._value.append(text)

    def _placed(self, attributes: dict[str, str]) -> dict[str, str]:
        self._column += 1
        if place := _REFERENCE.fullmatch(attributes.get("r", "").upper()):
            self._row, self._column = int(place[2]) - 1, column_number(place[1])
        if self._column > _LAST_COLUMN:
            raise OddXmlError
        at = f"{_letters(self._column)}{self._row + 1}"
        style, kind = attributes.get("s", ""), attributes.get("t", "")
        return {"r": at} | ({"s": style} if style.isdecimal() else {}) | ({"t": kind} if kind.isalpha() else {})

    def _strung(self, name: str, text: str) -> None:
        if name == "is":
            self._parts["is"] = text
        else:
            self._write(f'<si><t xml:space="preserve">{_plain(text)}</t></si>')

    def _close(self, cell: dict[str, str]) -> None:
        """Write the cell that ends, unless it is blank. An inline string may have a value too, a copy of it."""
        inside = "<f/>" * ("f" in self._parts)
        if text := self._parts.get("is"):
            inside += f'<is><t xml:space="preserve">{_plain(text)}</t></is>'
        elif value := self._parts.get("v", ""):
            inside += f"<v>{_plain(value)}</v>"
        if inside:
            self._open_row()
            self._write(f"{_opening('c', cell)}{inside}</c>")

    def _open_row(self) -> None:
        self._write(self._waiting)
        self._waiting = ""

    def _write(self, text: str) -> None:
        self.written.write(text.encode())


def _opening(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}>"


def _plain(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
