"""The cells that a field is drawn from: a column, several, or repeated groups of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.columns import Columns, Slot
from rotor_import.mapping.rules import GROUP, FieldRule

At = Callable[..., str]
"""Where a part of the rule stands in the mapping."""


@dataclass(frozen=True)
class Cell:
    """`slot` is its group's number; `holds` and `preferred` say for each row whether it counts, and counts first."""

    slot: Slot
    value: pl.Expr
    holds: pl.Expr
    preferred: pl.Expr

    def counting(self, *, preferred: bool) -> pl.Expr:
        return self.holds & (self.preferred if preferred else ~self.preferred)


@dataclass(frozen=True)
class Cells:
    """In the mapping's order; those of `prefer` come before the others."""

    cells: tuple[Cell, ...]
    has_prefer: bool = False
    conditional: bool = True
    """Whether there is anything that a cell's row may fail, or be preferred by."""

    @property
    def masked(self) -> tuple[pl.Expr, ...]:
        """Each cell's value where it counts, null elsewhere; with `prefer` the preferred ones come first."""
        if not self.conditional:
            return tuple(cell.value for cell in self.cells)
        turns = (True, False) if self.has_prefer else (False,)
        return tuple(pl.when(cell.counting(preferred=turn)).then(cell.value) for turn in turns for cell in self.cells)

    def of_one_slot(self, filled: Mapping[Slot, pl.Expr]) -> pl.Expr:
        """The value of the first group that counts and is `filled`, be it blank itself."""
        own = {cell.slot: cell for cell in reversed(self.cells)}
        turns = (True, False) if self.has_prefer else (False,)
        chain = pl.lit(None, dtype=pl.String)
        ordered = [(turn, slot) for turn in turns for slot in filled]
        for turn, slot in reversed(ordered):
            cell = own.get(slot)
            if cell is not None:
                chain = pl.when(cell.counting(preferred=turn) & filled[slot]).then(cell.value).otherwise(chain)
        return chain


def is_grouped(rule: FieldRule) -> bool:
    return any(GROUP.search(name) for name in rule.columns)


def find_cells(rule: FieldRule, columns: Columns, at: At) -> Cells:
    """Raises MappingError for a column that the file lacks and may not lack."""
    when = _Conditions(rule.when or {}, columns, at, "when", optional=rule.optional)
    prefer = _Conditions(rule.prefer or {}, columns, at, "prefer", optional=rule.optional)
    cells: list[Cell] = []
    for number, name in enumerate(rule.columns):
        where = at("column") if rule.column is not None else at("first_of", number)
        for slot, column in columns.group(name, where, optional=rule.optional).items():
            preferred = prefer.hold(slot) if rule.prefer else pl.lit(value=False)
            cells.append(Cell(slot, pl.col(column), when.hold(slot), preferred))
    return Cells(tuple(cells), rule.prefer is not None, bool(rule.when or rule.prefer))


def complete(cells: Cells, slots: Sequence[Slot], rule: FieldRule, columns: Columns, at: At) -> Cells:
    """With a blank cell for each group in which the field has no column."""
    having = {cell.slot for cell in cells.cells}
    when = _Conditions(rule.when or {}, columns, at, "when", optional=rule.optional)
    prefer = _Conditions(rule.prefer or {}, columns, at, "prefer", optional=rule.optional)
    blank = pl.lit(None, dtype=pl.String)
    more = [
        Cell(slot, blank, when.hold(slot), prefer.hold(slot) if rule.prefer else pl.lit(value=False))
        for slot in slots
        if slot not in having
    ]
    return Cells((*cells.cells, *more), cells.has_prefer)


class _Conditions:
    """What `when` or `prefer` asks of other columns, of the same number where they are repeated ones."""

    def __init__(
        self, wanted: Mapping[str, Sequence[str]], columns: Columns, at: At, key: str, *, optional: bool
    ) -> None:
        self._asked = [
            (columns.group(name, at(key, name), optional=optional), [text.strip().lower() for text in texts])
            for name, texts in wanted.items()
        ]

    def hold(self, slot: Slot) -> pl.Expr:
        """All of them, for each row; case does not matter, and a column that is absent is blank."""
        held = pl.lit(value=True)
        for found, texts in self._asked:
            column = found.get(None, found.get(slot))
            cell = pl.lit("") if column is None else pl.col(column).fill_null("").str.to_lowercase()
            held = held & cell.is_in(texts)
        return held
