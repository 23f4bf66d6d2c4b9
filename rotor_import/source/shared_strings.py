"""The shared strings of an .xlsx, to which its cells refer by number."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import polars as pl

from rotor_import.source.plain_xml import rewritten
from rotor_import.source.sheet_xml import plainly_named
from rotor_import.source.xml_events import OddXmlError
from rotor_import.source.xml_text import XML_SPACE, excel_unescaped, unescaped

_BLOCK = 2**22
_PLAIN = r'^<t(?: xml:space="preserve")?>([^<]*)</t></si>\s*$'
"""A string without runs, without the `<si>` that begins it. White space at its ends doesn't matter to a table."""
_PRESERVED = "{http://www.w3.org/XML/1998/namespace}space"


def shared_strings(data: bytes) -> pl.Series:
    """Raises OddXmlError if it is no XML of shared strings."""
    try:
        return _read(data)
    except OddXmlError:
        return _read(rewritten(data))


def _read(data: bytes) -> pl.Series:
    data = plainly_named(data).replace(b"<si/>", b"<si></si>")
    start, end = data.find(b"<si>"), data.rfind(b"</sst>")
    if start < 0:
        if b"<si" in data:
            raise OddXmlError
        return pl.Series(dtype=pl.String)
    found = []
    while start < end:
        cut = data.find(b"<si>", start + _BLOCK, end)
        cut = cut if cut >= 0 else end
        try:
            found.append(_block(data[start:cut].decode()))
        except ValueError:
            raise OddXmlError from None
        start = cut
    if end < 0 or not found:
        raise OddXmlError
    return pl.concat(found)


def _block(text: str) -> pl.Series:
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    parts = pl.Series("", [text]).str.split("<si>").explode().slice(1)
    values = parts.str.extract(_PLAIN)
    if "&" in text:
        values = unescaped(values)
    odd = values.is_null()
    if odd.any():
        rich = {one: _joined(one) for one in parts.filter(odd).unique().to_list()}
        joined = parts.replace_strict(pl.Series(list(rich)), pl.Series(list(rich.values())), default=None)
        values = joined.zip_with(odd, values)
    return excel_unescaped(values) if "_x" in text else values


def _joined(text: str) -> str:
    """The text of a string with runs, without what tells how it is read out. Raises OddXmlError."""
    try:
        root = ET.fromstring(f"<si>{text}")  # noqa: S314 - expat refuses entity bombs
    except ET.ParseError:
        raise OddXmlError from None
    runs = [one for child in root for one in ((child,) if child.tag == "t" else child) if _is_text(child, one)]
    return "".join(map(_text, runs))


def _is_text(child: ET.Element, one: ET.Element) -> bool:
    return child.tag in ("t", "r") and one.tag == "t"


def _text(run: ET.Element) -> str:
    text = run.text or ""
    return text if run.get(_PRESERVED) == "preserve" else text.strip(XML_SPACE)
