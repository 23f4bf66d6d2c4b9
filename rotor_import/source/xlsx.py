"""Workbooks of Excel 2007 and later (.xlsx)."""

from __future__ import annotations

from functools import cached_property
from pathlib import PurePath

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.source.marks import MOST_CELLS, Marks
from rotor_import.source.number_format import NumberFormat
from rotor_import.source.opc import Package, SheetPart
from rotor_import.source.payload import Archive
from rotor_import.source.plain_xml import rewritten
from rotor_import.source.shared_strings import shared_strings
from rotor_import.source.sheet import Sheet
from rotor_import.source.sheet_xml import SCHEMA, SheetXml
from rotor_import.source.typed_cells import Conventions, cell_formats, clean, text_grid, too_many
from rotor_import.source.xml_events import OddXmlError


class XlsxBook:
    """An open .xlsx. Sheets are read when they are asked for."""

    def __init__(self, path: PurePath, archive: Archive) -> None:
        """Raises SourceError."""
        self._path = path
        self._package = Package(path, archive)
        self._workbook = self._package.workbook()
        self._tree = self._package.tree(self._workbook)
        self._related = self._package.relations(self._workbook)

    def names(self) -> list[str]:
        return list(self._sheets)

    @cached_property
    def _sheets(self) -> dict[str, SheetPart]:
        parts = {one.id: one.part for one in self._related if one.kind in ("worksheet", "")}
        found = {}
        for one in self._tree.iter():
            if _local(one.tag) == "sheet":
                link = next((one.attrib[key] for key in one.attrib if _local(key) == "id"), "")
                part = parts.pop(link, "")  # what is named again is no sheet of its own
                if part in self._package:
                    found[one.get("name", "")] = SheetPart(part, one.get("state", "visible") == "visible")
        return found

    @cached_property
    def _conventions(self) -> Conventions:
        own = next((one for one in self._tree if _local(one.tag) == "workbookPr"), None)
        is_1904 = own is not None and own.get("date1904") in ("1", "true", "on")
        return Conventions(self._formats(), is_1904, self._shared())

    def _formats(self) -> dict[int, NumberFormat]:
        part = self._package.related(self._related, self._workbook, "styles")
        if part is None:
            return {}
        local = {_local(one.tag): one for one in self._package.tree(part)}
        codes = {one.get("numFmtId", ""): one.get("formatCode", "") for one in local.get("numFmts", ())}
        return cell_formats([one.get("numFmtId", "") for one in local.get("cellXfs", ())], codes)

    def _shared(self) -> pl.Series:
        part = self._package.related(self._related, self._workbook, "sharedStrings")
        if part is None:
            return pl.Series(dtype=pl.String)
        try:
            return clean(shared_strings(self._package.read(part)))
        except OddXmlError:
            raise SourceError(
                f"{self._path} is damaged: its part {part!r} can't be read. Save it again as XLSX."
            ) from None

    def sheet(self, name: str, most: int | None = None) -> Sheet:
        entry = self._sheets[name]
        shared = self._conventions
        cells, marks = self._cells(name, entry.part, most)
        return Sheet(name, text_grid(self._path, name, cells, marks, shared), marks, entry.is_visible)

    def _cells(self, name: str, part: str, most: int | None) -> tuple[pl.DataFrame, Marks]:
        data = self._package.read(part)
        try:
            return self._read(name, data, most)
        except OddXmlError:
            try:
                plain = rewritten(data)
                self._package.replace(part, plain)
                return self._read(name, plain, most)
            except OddXmlError:
                raise SourceError(
                    f"{self._path}, sheet {name!r}: it is damaged. Open it, and save it again as XLSX."
                ) from None

    def _read(self, name: str, data: bytes, most: int | None) -> tuple[pl.DataFrame, Marks]:
        xml = SheetXml(data)
        blocks = [pl.DataFrame(schema=SCHEMA)]
        count = 0
        for block in xml.cells():
            blocks.append(block if most is None else block.filter(pl.col("row") < most))
            count += block.height
            if count > MOST_CELLS:
                raise too_many(self._path, name)
            if most is not None and block.height and block.get_column("row").tail(1).item() >= most:
                break
        return pl.concat(blocks), xml.marks


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
