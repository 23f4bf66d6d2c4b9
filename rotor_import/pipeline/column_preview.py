"""The cards of a file's columns: what is in each, where it goes and why, and what can be changed about it."""

from __future__ import annotations

from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rotor_import.mapping import Mapping, Place, places
from rotor_import.pipeline.column_controls import Control, controls
from rotor_import.pipeline.column_counts import Count, count
from rotor_import.pipeline.column_draft import Draft
from rotor_import.pipeline.column_table import ColumnTable
from rotor_import.pipeline.column_words import called, choice_of, reason, together

_WHOLE = 100.0
_LEAST = 0.6
"""Percent of a bar's part that isn't 0, so that it can be seen."""


@dataclass(frozen=True)
class Card:
    """One column. `turn` is its place among those that go to the same field, from 0."""

    at: int
    column: str
    samples: tuple[str, ...]
    rows: int
    count: Count
    place: Place
    why: str
    together: str
    controls: tuple[Control, ...]

    @property
    def target(self) -> str:
        return self.place.target

    @property
    def turn(self) -> int:
        return self.place.beside.index(self.column) if self.column in self.place.beside else 0

    @property
    def chosen_words(self) -> str:
        """What the chosen option says."""
        several = self.place.is_plain and len(self.place.beside) > 1 and self.target not in ("tags", "notes")
        return choice_of(self.target, self.turn) if several else called(self.target)

    @property
    def bar(self) -> list[tuple[str, float, float]]:
        """The parts of the bar: color, beginning and width, in percent."""
        filled, looked = self.count.filled, max(self.count.looked, 1)
        valid = filled * self.count.valid / looked
        parts = [("add" if self.target else "rest", valid), ("stop", filled - valid), ("out", self.rows - filled)]
        drawn, start = [], 0.0
        for color, size in parts:
            if size > 0 and self.rows:
                width = max(_WHOLE * size / self.rows, _LEAST)
                drawn.append((color, round(min(start, _WHOLE - width), 2), round(width, 2)))
                start += width
        return drawn


@dataclass(frozen=True)
class Cards:
    """All columns of a file under one mapping."""

    table: ColumnTable
    mapping: Mapping
    draft: Draft
    preset: str = ""

    @cached_property
    def places(self) -> ReadOnly[str, Place]:
        return places(self.mapping, self.table.names)

    @property
    def imported(self) -> int:
        return sum(bool(place.target) for place in self.places.values())

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return self.mapping.model_dump(exclude_unset=True)

    @cached_property
    def all(self) -> list[Card]:
        return [self.card(at) for at in range(len(self.table.names))]

    def card(self, at: int, *, exact: bool = False) -> Card:
        """The card of the column with this index; `exact` says that all of its cells are to be counted."""
        column = self.table.names[at]
        place = self.places[column]
        found = count(self.table, self._settings, column, place, exact=exact)
        why = reason(
            column,
            place,
            found,
            chosen=self.draft.chosen(column),
            preset=self.preset,
            named=self.table.named,
            private=self.table.private,
        )
        return Card(
            at,
            column,
            self.table.samples(column),
            self.table.source.frame.height,
            found,
            place,
            why,
            together(column, place),
            tuple(controls(self.table, self.mapping, column, place)),
        )


def null_words_after(mapping: Mapping, here: Sequence[str], *, ticked: bool) -> list[str]:
    """The words that mean blank, once those of a column do or no longer do."""
    others = [word for word in mapping.source.null_values if word and word not in here]
    return [*others, *here] if ticked else others
