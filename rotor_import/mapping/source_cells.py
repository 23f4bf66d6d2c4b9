"""The cells that a field's rule names: those of one column, of several, or of numbered groups of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.columns import Columns, GroupNumber
from rotor_import.mapping.rules import GROUP, FieldRule

At = Callable[..., str]
"""Where a part of the rule stands in the mapping's file."""


@dataclass(frozen=True)
class SourceCells:
    """Each cell with the number of its group, in the mapping's order.

    A cell counts only in rows for which `when` holds. In rows for which `prefer` holds too, it comes before all others.
    """

    cells: tuple[tuple[GroupNumber, pl.Expr], ...]
    when: _Conditions | None
    prefer: _Conditions | None

    @property
    def counting(self) -> tuple[pl.Expr, ...]:
        """Each cell's value, null in the rows in which it doesn't count; preferred cells first."""
        if self.when is None and self.prefer is None:
            return tuple(value for _, value in self.cells)
        return tuple(
            pl.when(self._counts(number, preferred=preferred)).then(value)
            for preferred in self._turns
            for number, value in self.cells
        )

    def of_one_group(self, filled: Mapping[GroupNumber, pl.Expr]) -> pl.Expr:
        """The cell of the first group that counts and is `filled`, even if that cell is blank."""
        first = dict(reversed(self.cells))
        blank = value = pl.lit(None, dtype=pl.String)
        for preferred in reversed(self._turns):
            for number in reversed(list(filled)):
                chosen = self._counts(number, preferred=preferred) & filled[number]
                value = pl.when(chosen).then(first.get(number, blank)).otherwise(value)
        return value

    @property
    def _turns(self) -> tuple[bool, ...]:
        return (False,) if self.prefer is None else (True, False)

    def _counts(self, number: GroupNumber, *, preferred: bool) -> pl.Expr:
        held = pl.lit(value=True) if self.when is None else self.when.hold(number)
        if self.prefer is None:
            return held
        wanted = self.prefer.hold(number)
        return held & (wanted if preferred else ~wanted)


def is_grouped(rule: FieldRule) -> bool:
    return any(GROUP.search(name) for name in rule.columns)


def find_cells(rule: FieldRule, columns: Columns, at: At) -> SourceCells:
    """Raises MappingError for a column that the file lacks, unless it is optional."""
    when = _Conditions(rule.when, columns, at, "when", optional=rule.optional) if rule.when else None
    prefer = _Conditions(rule.prefer, columns, at, "prefer", optional=rule.optional) if rule.prefer else None
    cells: list[tuple[GroupNumber, pl.Expr]] = []
    for index, name in enumerate(rule.columns):
        where = at("column") if rule.column is not None else at("first_of", index)
        group = columns.group(name, where, optional=rule.optional)
        cells += [(number, pl.col(column)) for number, column in group.items()]
    return SourceCells(tuple(cells), when, prefer)


def only_when(value: pl.Expr, rule: FieldRule, columns: Columns, at: At) -> pl.Expr:
    """The value, null in the rows in which the rule's `when` does not hold. Raises MappingError."""
    if rule.when is None:
        return value
    return pl.when(_Conditions(rule.when, columns, at, "when", optional=rule.optional).hold(None)).then(value)


class _Conditions:
    """What `when` or `prefer` asks of other columns: for a cell of a numbered group, of those with the same number."""

    def __init__(
        self, wanted: Mapping[str, Sequence[str]], columns: Columns, at: At, key: str, *, optional: bool
    ) -> None:
        self._conditions = [
            (columns.group(name, at(key, name), optional=optional), [text.strip().lower() for text in texts])
            for name, texts in wanted.items()
        ]

    def hold(self, number: GroupNumber) -> pl.Expr:
        """Whether all of them hold, for each row; case does not matter, and an absent column is blank."""
        held = pl.lit(value=True)
        for group, texts in self._conditions:
            column = group.get(None, group.get(number))
            cell = pl.lit("") if column is None else pl.col(column).fill_null("").str.to_lowercase()
            held = held & cell.is_in(texts)
        return held
