"""The XML of an .xlsx sheet → its cells, by regular expressions over whole blocks of rows.

The expressions prove what they read: a sheet of which they do not match every byte is first rewritten in the plain form
by an XML parser (`plain_xml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from rotor_import.source.marks import Marks
from rotor_import.source.xml_events import OddXmlError, parse
from rotor_import.source.xml_text import excel_unescaped, unescaped

_FIRST_BLOCK, _BLOCK = 2**17, 2**22
_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?(?:worksheet|sst)[\s>/]")
_HEAD = 4096
_UTF_8 = re.compile(rb"""(?:\xef\xbb\xbf)?\s*(?:<\?xml(?:\s+(?:version|standalone)=["'][\w.]+["']|"""
                    rb"""\s+encoding=["'](?i:utf-8|us-ascii)["'])*\s*\?>|(?!<\?xml))[^\0]""")  # fmt: skip
_DATA = re.compile(rb"<sheetData(?:\s[^<>]*)?(/?)>")
_END = b"</sheetData>"
_REFERENCE = r'r="([A-Z]{1,3})([1-9][0-9]{0,6})"'
_FORMULA = r"(?:(<f)(?:\s[^<>]*)?(?:/>|>[^<]*</f>))?"
_TEXT = r'<t(?: xml:space="preserve")?>([^<]*)</t>'
_TAIL = r"((?:</row>.*)?)$"
_STRICT = (
    rf'(?s)^{_REFERENCE}(?: (?:s="([0-9]{{1,6}})" ?)?(?:t="([a-zA-Z]+)")?)?'
    rf"(?:/>|><(?:v>([^<]*)</v><|is>{_TEXT}</is><)?/c>)(</row>.*|)$"
)
"""A value as Excel and most libraries write it, without the `<c ` that begins it.

No two ways through it begin with the same character, which makes it twice as fast.
"""
_LOOSE = (
    rf'(?s)^\s*(?:{_REFERENCE}\s*|s="([0-9]{{1,6}})"\s*|t="([a-zA-Z]+)"\s*|(?:cm|vm|ph)="[^"<>]*"\s*)*'
    rf"(?:/>|>\s*{_FORMULA}"
    rf'\s*(?:<v(?: xml:space="preserve")?>([^<]*)</v>\s*|<v\s*/>\s*|<is>\s*(?:{_TEXT}|<t\s*/>)\s*</is>\s*)?</c>)'
    rf"\s*{_TAIL}"
)
"""A cell with its attributes in any order, and with white space between its parts."""
_PARTS = ("letters", "digits", "style", "kind", "value", "inline", "tail")
_BLANK_ROWS = r"\s*(?:(?:<row(?:\s[^<>]*)?/>|<row(?:\s[^<>]*)?>\s*</row>)\s*)*"
_OPEN = r"<row(?:\s(?:[^<>]*[^<>/])?)?>\s*"
_HIDDEN = r'\shidden="(?:1|true)"'
SCHEMA = {"row": pl.UInt32, "column": pl.UInt32, "style": pl.UInt32, "kind": pl.String, "text": pl.String,
          "is_formula": pl.Boolean}  # fmt: skip
"""Cells as they are stored: `row` and `column` are counted from 0, `kind` is the type that the XML gives."""


def plainly_named(data: bytes) -> bytes:
    """The XML with the elements of its root's name space without a prefix. Raises OddXmlError."""
    if not _UTF_8.match(data):
        raise OddXmlError
    root = _ROOT.search(data[:_HEAD])
    if root is None:
        raise OddXmlError
    if root[1]:
        data = data.replace(b"<" + root[1] + b":", b"<").replace(b"</" + root[1] + b":", b"</")
    return data


class SheetXml:
    """A sheet in the plain form. What stands around its cells is parsed at once. Raises OddXmlError."""

    def __init__(self, data: bytes) -> None:
        self._data = plainly_named(data)
        found = _DATA.search(self._data)
        if found is None:
            raise OddXmlError
        self._start = found.end()
        self._end = self._data.rfind(_END) if not found[1] else self._start
        if self._end < self._start:
            raise OddXmlError
        closed = b"" if found[1] else _END
        self.marks = _surroundings(self._data[: self._start] + closed + self._data[self._end + len(closed) :])

    def cells(self) -> Iterator[pl.DataFrame]:
        """The cells with a value or a formula, block by block. Hidden rows are counted on the way."""
        at, size = self._start, _FIRST_BLOCK
        while at < self._end:
            end = self._data.find(b"</row>", at + size, self._end)
            end = end + len(b"</row>") if end >= 0 else self._end
            try:
                text = self._data[at:end].decode()
            except UnicodeDecodeError:
                raise OddXmlError from None
            yield self._block(text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)
            at, size = end, _BLOCK

    def _block(self, text: str) -> pl.DataFrame:
        parts = pl.Series("", [text]).str.split("<c ").explode()
        if parts.len() == 1:
            self._count_rows(parts, parts.head(0))
            return pl.DataFrame(schema=SCHEMA)
        found = _matched(parts.slice(1))
        self._count_rows(parts.head(1), found.get_column("tail"))
        value = pl.coalesce("value", "inline")
        is_filled = value.str.len_bytes() > 0
        cells = found.filter(is_filled | pl.col("is_formula")).select(
            row=pl.col("digits").cast(pl.UInt32) - 1,
            column=_columns(found.get_column("letters")),
            style=pl.col("style").cast(pl.UInt32).fill_null(0),
            kind=pl.col("kind").fill_null("n"),
            text=pl.when(is_filled).then(value),
            is_formula="is_formula",
        )
        values = cells.get_column("text")
        try:
            values = unescaped(values) if "&" in text else values
        except ValueError:
            raise OddXmlError from None
        return cells.with_columns(text=excel_unescaped(values) if "_x" in text else values)

    def _count_rows(self, first: pl.Series, tails: pl.Series) -> None:
        """Check that every cell is within a row, and count the hidden ones."""
        last, between = tails.tail(1), tails.head(max(tails.len() - 1, 0))
        between = between.filter(between.str.len_bytes() > 0)
        closed = f"^</row>{_BLANK_ROWS}"
        fits = (
            *first.str.contains(f"^{_BLANK_ROWS}{_OPEN if tails.len() else ''}$"),
            *last.str.contains(closed + "$"),
            between.str.contains(f"{closed}{_OPEN}$").all(),
        )
        gaps = pl.concat([first, between, last])
        if not all(fits) or gaps.str.contains("'", literal=True).any():
            raise OddXmlError
        self.marks.hidden_rows += int(gaps.str.count_matches(_HIDDEN).sum())


def _matched(cells: pl.Series) -> pl.DataFrame:
    """The parts of the cells, those that only the loose expression matches included. Raises OddXmlError."""
    found = cells.str.extract_groups(_STRICT).struct.unnest()
    found.columns = list(_PARTS)
    odd = found.get_column("letters").is_null()
    if not odd.any():
        return found.with_columns(is_formula=pl.lit(value=False))
    others = cells.filter(odd).str.extract_groups(_LOOSE).struct.unnest()
    others.columns = ["letters", "digits", "style", "kind", "formula", "value", "inline", "tail"]
    if others.get_column("letters").has_nulls():
        raise OddXmlError
    both = [
        found.with_row_index("at").filter(~odd).with_columns(is_formula=pl.lit(value=False)),
        others.select(odd.arg_true().alias("at"), *_PARTS, is_formula=pl.col("formula").is_not_null()),
    ]
    return pl.concat(both).sort("at")


def _columns(letters: pl.Series) -> pl.Expr:
    known = letters.unique()
    numbers = pl.Series([column_number(one) for one in known], dtype=pl.UInt32)
    return pl.col("letters").replace_strict(known, numbers, return_dtype=pl.UInt32)


def column_number(letters: str) -> int:
    """Counted from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _surroundings(data: bytes) -> Marks:
    """What a sheet says about columns and merged cells, from its XML without the cells."""
    marks = Marks()

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "col":
            marks.hidden_columns += attributes.get("hidden") in ("1", "true")
        elif name == "mergeCell":
            marks.merged += 1

    parse(data, start, with_spaces=False)
    return marks
