"""Texts with columns in them, written as a person would write them: without the gaps that blank columns leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.columns import Columns, GroupNumber
from rotor_import.mapping.rules import GROUP
from rotor_import.mapping.schema import PLACEHOLDER, placeholders

_SEPARATORS = " ,;"
LINE_BREAKS = r"\s*[\r\n]+\s*"


def fill_template(text: str, columns: Columns, where: str, *, optional: bool) -> pl.Expr:
    """The template's lines, without those whose columns are all blank.

    A line with `*` is repeated for each number that the file's columns have. Raises MappingError.
    """
    lines = [
        _Line(line, {name: columns.group(name, where, optional=optional) for name in placeholders(line)})
        for line in text.splitlines()
    ]
    filled = [line.fill(number) for line in lines for number in line.numbers]
    if not filled:
        return pl.lit(None, dtype=pl.String)
    joined = pl.concat_str(filled, separator="\n", ignore_nulls=True).str.strip_chars()
    return pl.when(joined != "").then(joined)


@dataclass(frozen=True)
class _Line:
    """One line of a template; `groups` are the columns that each of its placeholders stands for."""

    text: str
    groups: Mapping[str, Mapping[GroupNumber, str]]

    @property
    def numbers(self) -> list[GroupNumber]:
        """The numbers that the line is repeated for; only None if nothing in it is numbered."""
        if not any(GROUP.search(name) and None not in group for name, group in self.groups.items()):
            return [None]
        numbers = {number for group in self.groups.values() for number in group if number is not None}
        in_order: list[GroupNumber] = [*sorted(numbers)]
        return in_order or [None]

    def fill(self, number: GroupNumber) -> pl.Expr:
        """The line for one number. It is null if its columns are blank; those without a number repeat no line."""
        parts: list[str | pl.Expr] = []
        required: list[pl.Expr] = []
        end = 0
        for token in PLACEHOLDER.finditer(self.text):
            parts.append(self.text[end : token.start()])
            end = token.end()
            if token[1] is None:  # a doubled brace
                parts.append(token[0][0])
                continue
            group = self.groups[token[1]]
            name = group.get(None, group.get(number))
            column = pl.lit(None, dtype=pl.String) if name is None else pl.col(name)
            parts.append(column)
            if number is None or None not in group:
                required.append(column)
        parts.append(self.text[end:])
        text = _write([part for part in parts if isinstance(part, pl.Expr) or part])
        return pl.when(_any_filled(required)).then(text) if required else text


def _write(parts: Sequence[str | pl.Expr]) -> pl.Expr:
    """Texts and columns in their order; null if there are columns and all of them are blank.

    If there are only spaces, commas and semicolons between two columns, they are written only if both columns are
    filled. The lines of a cell that shares its line with something else are joined by commas, so that it stays one
    line when the lines of several rows are joined.
    """
    columns = [part for part in parts if isinstance(part, pl.Expr)]
    if not columns:
        return pl.lit("".join(part for part in parts if isinstance(part, str)))
    if len(parts) == 1:
        return columns[0]
    written: list[pl.Expr] = []
    earlier: list[pl.Expr] = []  # the columns since the last real text
    separator = ""
    for part in parts:
        if isinstance(part, pl.Expr):
            cell = part.str.replace_all(LINE_BREAKS, ", ")
            separated = part.is_not_null() & _any_filled(earlier)
            written.append(pl.when(separated).then(pl.lit(separator) + cell).otherwise(cell.fill_null("")))
            earlier.append(part)
            separator = ""
        elif earlier and not part.strip(_SEPARATORS):
            separator += part
        else:
            written.append(pl.lit(separator + part))
            earlier, separator = [], ""
    return pl.when(_any_filled(columns)).then(pl.concat_str(written).str.strip_chars_end())


def _any_filled(columns: Sequence[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal([pl.lit(value=False), *(column.is_not_null() for column in columns)])
