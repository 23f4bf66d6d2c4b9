"""The type of a file, detected from its content: the extension may be wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from rotor_import.errors import SourceError
from rotor_import.source.payload import Payload, part_name

Kind = Literal["text", "xlsx", "xlsb", "ods", "xls", "vcard", "parquet", "zip", "gzip"]

SUFFIXES = (
    *(".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    *(".vcf", ".vcard", ".parquet", ".gz", ".zip"),
)
"""The extensions of files that are read from a folder or an archive."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOK = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_XLSX_MAIN = re.compile(rb"(?:spreadsheetml|ms-excel)\.[a-z.]*main\+xml")
_BINARY_MAIN = b"ms-excel.sheet.binary"
_AS_CSV = "Save it as CSV or XLSX and try again."
_FOREIGN = {
    b"%PDF": ("a PDF", "Export the customers as CSV or XLSX instead of printing them."),
    b"\x89PNG": ("an image", "Export the customers as CSV or XLSX."),
    b"\xff\xd8\xff": ("an image", "Export the customers as CSV or XLSX."),
    b"GIF8": ("an image", "Export the customers as CSV or XLSX."),
    b"7z\xbc\xaf": ("a 7z archive", "Unpack it, and name the file inside."),
    b"Rar!": ("a RAR archive", "Unpack it, and name the file inside."),
    b"BZh": ("a bzip2 archive", "Unpack it, and name the file inside."),
    b"\xfd7zXZ": ("an xz archive", "Unpack it, and name the file inside."),
    b"\x28\xb5\x2f\xfd": ("a zstd archive", "Unpack it, and name the file inside."),
    b"SQLite format 3": ("an SQLite database", "Export its table of customers as CSV."),
    b"{\\rtf": ("a text document (RTF)", _AS_CSV),
    b"ID;P": ("a SYLK file", _AS_CSV),
}
_MARKUP = (
    (("<!doctype html", "<html", "<table", "<head", "<body", "<meta"), "a web page (HTML)"),
    (("<?xml", "<workbook", "<ss:workbook"), "an XML file"),
)


def kind_of(payload: Payload) -> Kind:
    """Raises SourceError, with a remedy, for a file that is not a table."""
    data = payload.data
    if payload.is_gzip:
        return "gzip"
    if payload.is_zip:
        return _zipped(payload)
    if data.startswith(_OLE):
        return _compound(payload)
    if data.startswith(_BIFF) and len(data) > len(_BIFF[0]) + 1 and data[3:4] == b"\0":
        return "xls"
    for magic, (words, remedy) in _FOREIGN.items():
        if data.startswith(magic):
            raise SourceError(f"{payload.path} is actually {words}. {remedy}")
    if data.startswith((b"PAR1", b"PARE")):
        return "parquet"
    start = _plain_start(payload)
    if start.startswith("begin:vcard"):
        return "vcard"
    _refuse_markup(payload, start)
    return "text"


def _plain_start(payload: Payload) -> str:
    """The first characters in lower case, without what an encoding or an editor puts before and between them."""
    return payload.data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").decode("latin-1").lower()


def _zipped(payload: Payload) -> Kind:
    names = payload.archive.names
    parts = {part_name(name): name for name in names}
    if "xl/workbook.bin" in parts:
        return "xlsb"
    if any(part.startswith("xl/") for part in parts):
        return "xlsx"
    if "mimetype" in names:
        mime = payload.archive.read("mimetype")
        if b"opendocument.spreadsheet" in mime:
            return "ods"
        if b"opendocument" in mime:
            raise SourceError(f"{payload.path} is an OpenDocument file but not a spreadsheet. {_AS_CSV}")
    if any(name.endswith(".iwa") or name == "Index.zip" for name in names):
        raise SourceError(f"{payload.path} is an Apple Numbers file. In Numbers, choose File, Export To, CSV or Excel.")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise SourceError(f"{payload.path} is a document or presentation, not a spreadsheet. {_AS_CSV}")
    return _by_contents(payload, parts) or "zip"


def _by_contents(payload: Payload, parts: Mapping[str, str]) -> Kind | None:
    """A workbook whose parts have unusual names, or which lacks the entry that says what it is."""
    if types := parts.get("[content_types].xml"):
        said = payload.archive.read(types).lower()
        if _XLSX_MAIN.search(said):
            return "xlsx"
        if _BINARY_MAIN in said:
            return "xlsb"
    manifest = parts.get("meta-inf/manifest.xml")
    if manifest and b"opendocument.spreadsheet" in payload.archive.read(manifest):
        return "ods"
    return None


def _compound(payload: Payload) -> Kind:
    if _ENCRYPTED in payload.data:
        raise SourceError(
            f"{payload.path} is protected by a password. Open it, remove the password, and save it again."
        )
    if not any(name in payload.data for name in _BOOK):
        raise SourceError(
            f"{payload.path} is either an old Office file that isn't a workbook (.xls), or damaged. {_AS_CSV}"
        )
    return "xls"


def _refuse_markup(payload: Payload, start: str) -> None:
    if start.startswith("begin:vcalendar"):
        raise SourceError(f"{payload.path} is actually a calendar. Export the contacts as vCard or CSV.")
    for openings, words in _MARKUP:
        if start.startswith(openings):
            raise SourceError(
                f"{payload.path} is actually {words}. "
                "Open it in a spreadsheet program, save it as XLSX or CSV, and try again."
            )
    if start.startswith(("{", "[{", "[\n", "[ ")) and ('":' in start or '" :' in start):
        raise SourceError(f"{payload.path} is actually JSON. Export the customers as CSV or XLSX.")
