"""The parts of an .xlsx or .xlsb, found as the format wants: by their relationships, whatever the parts are called."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from rotor_import.errors import SourceError
from rotor_import.source.payload import Archive, part_name

_USUAL = ("xl/workbook.xml", "xl/workbook.bin")
LARGEST_TREE = 32 * 2**20
"""The most bytes of a part that is read as a tree, which takes tens of times its size."""


@dataclass(frozen=True)
class Relation:
    """`kind` is the last word of the relationship's type: `worksheet`, `styles`, `sharedStrings`."""

    id: str
    kind: str
    part: str


@dataclass(frozen=True)
class SheetPart:
    part: str
    is_visible: bool


class Package:
    """An archive whose parts are found without regard to case and to the direction of slashes."""

    def __init__(self, path: PurePath, archive: Archive) -> None:
        self.path = path
        self._archive = archive
        self._names = {part_name(name): name for name in archive.names}
        self._kept: tuple[str, bytes] = ("", b"")

    def __contains__(self, part: str) -> bool:
        return part_name(part) in self._names

    def read(self, part: str) -> bytes:
        """Raises SourceError if there is no such part. The last one stays in memory, to be read again."""
        name = part_name(part)
        if name not in self._names:
            raise SourceError(f"{self.path} is damaged: its part {part!r} is missing. Save it again as XLSX.")
        if self._kept[0] != name:
            self._kept = "", b""
            self._kept = name, self._archive.read(self._names[name])
        return self._kept[1]

    def replace(self, part: str, data: bytes) -> None:
        """Use other bytes for the part that was read last."""
        self._kept = part_name(part), data

    def tree(self, part: str) -> ET.Element:
        data = self.read(part)
        if len(data) > LARGEST_TREE:
            raise SourceError(
                f"{self.path} is too large: its part {part!r} is larger than {LARGEST_TREE >> 20} MB. "
                "Copy the customers into a new workbook."
            )
        try:
            return ET.fromstring(data)  # noqa: S314 - expat refuses entity bombs, and sizes are bounded
        except (ET.ParseError, ValueError, LookupError):
            raise SourceError(
                f"{self.path} is damaged: its part {part!r} can't be read. Save it again as XLSX."
            ) from None

    def workbook(self) -> str:
        """The part that names the sheets."""
        main = [one.part for one in self.relations("") if one.kind == "officeDocument"]
        return next((one for one in (*main, *_USUAL) if one in self), _USUAL[0])

    def relations(self, part: str) -> list[Relation]:
        """What a part refers to within the package; '' is the package itself."""
        folder, name = posixpath.split(part)
        source = posixpath.join(folder, "_rels", f"{name}.rels")
        if source not in self:
            return []
        return [
            Relation(
                one.get("Id", ""),
                one.get("Type", "").rpartition("/")[2],
                posixpath.normpath(
                    posixpath.join("/", folder, unquote(one.get("Target", "").replace("\\", "/")))
                ).lstrip("/"),
            )
            for one in self.tree(source)
            if one.get("Target") and one.get("TargetMode") != "External"
        ]

    def related(self, relations: list[Relation], source: str, kind: str) -> str | None:
        """The first part of a kind; where no relationship names one, the one with the usual name beside the source."""
        folder, name = posixpath.split(source)
        usual = posixpath.join(folder, kind + posixpath.splitext(name)[1])
        found = [one.part for one in relations if one.kind == kind]
        return next((one for one in (*found, usual) if one in self), None)
