"""Cells of a file that a person corrected, while the file itself stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from rotor_import.model.rows import SourceTable


@dataclass(frozen=True)
class Correction:
    """What a cell should say: `file` is the source's number, and `row` is numbered as a spreadsheet shows it.

    It is used only while the cell says `was`; '' is a blank cell.
    """

    file: int
    row: int
    column: str
    was: str
    now: str


@dataclass(frozen=True)
class Corrected:
    """The tables with the corrections that could be `used`, and what is said of all of them."""

    sources: tuple[SourceTable, ...]
    used: tuple[Correction, ...] = ()
    notes: tuple[str, ...] = ()
