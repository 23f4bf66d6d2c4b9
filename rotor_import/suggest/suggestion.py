"""A suggested mapping: the fields chosen for a file's columns, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rotor_import.suggest.column_profile import ColumnProfile


@dataclass(frozen=True)
class FieldChoice:
    """`rule` is what the mapping says for the field; `why` becomes the comment beside it."""

    field: str
    rule: Any
    columns: tuple[str, ...]
    why: str


@dataclass
class Suggestion:
    """The fields and the source key of the suggested mapping, and remarks on what could not be decided."""

    choices: list[FieldChoice] = field(default_factory=list)
    key: FieldChoice | None = None
    remarks: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns that go nowhere, not even into the notes, each with the reason."""
    null_words: dict[str, list[str]] = field(default_factory=dict)
    """Words that mean a blank cell, each with the columns in which it stands."""
    area_code: tuple[str, str] | None = None
    """The share of phones of seven digits, and the area code of most others ('' if there are none)."""
    note_lines: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Lines of the notes that take several columns."""
    survivors: list[str] = field(default_factory=list)
    """Units of which a customer's first row counts, because further rows go into the notes."""

    @property
    def used(self) -> set[str]:
        """The columns that some field takes."""
        return {column for choice in self.choices for column in choice.columns}

    def add(self, name: str, rule: Any, columns: Sequence[str], why: str) -> None:
        self.choices.append(FieldChoice(name, rule, tuple(columns), why))

    def remark_on_others(self, name: str, columns: Sequence[ColumnProfile]) -> None:
        """Say which other columns could be meant, if the first was chosen of several."""
        if len(columns) > 1:
            others = ", ".join(repr(column.name) for column in columns[1:])
            self.remarks.append(f"{name}: {columns[0].name!r} was chosen, but it could also be {others}.")
