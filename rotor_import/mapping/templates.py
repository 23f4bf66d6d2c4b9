"""Texts with columns in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rotor_import.mapping.columns import Columns, Slot
from rotor_import.mapping.lines import write_line
from rotor_import.mapping.rules import GROUP
from rotor_import.mapping.schema import PLACEHOLDER


@dataclass(frozen=True)
class _Line:
    """`groups` are the columns of each of its placeholders, by number."""

    text: str
    groups: Mapping[str, Mapping[Slot, str]]

    @property
    def slots(self) -> list[Slot]:
        """The numbers for which it is repeated; itself alone where nothing in it is numbered."""
        if not any(GROUP.search(name) and None not in found for name, found in self.groups.items()):
            return [None]
        numbers: set[Slot] = {slot for found in self.groups.values() for slot in found if slot is not None}
        return sorted(numbers, key=lambda slot: slot or 0) or [None]

    def expression(self, slot: Slot) -> pl.Expr:
        """Null where all of its columns are blank; those without a number alone repeat no line."""
        parts: list[str | pl.Expr] = []
        told: list[pl.Expr] = []
        at = 0
        for token in PLACEHOLDER.finditer(self.text):
            parts.append(self.text[at : token.start()])
            at = token.end()
            if token[1] is None:
                parts.append(token[0][0])
                continue
            found = self.groups[token[1]]
            name = found.get(None, found.get(slot))
            column = pl.lit(None, dtype=pl.String) if name is None else pl.col(name)
            parts.append(column)
            if slot is None or None not in found:
                told.append(column)
        parts.append(self.text[at:])
        text = write_line([part for part in parts if isinstance(part, pl.Expr) or part])
        return pl.when(pl.any_horizontal([column.is_not_null() for column in told])).then(text) if told else text


def template(text: str, columns: Columns, where: str, *, optional: bool) -> pl.Expr:
    """A line all of whose columns are blank is left out; one with `*` is repeated for each number of the file's.

    Raises MappingError.
    """
    lines = []
    for line in text.splitlines():
        names = dict.fromkeys(token[1] for token in PLACEHOLDER.finditer(line) if token[1] is not None)
        lines.append(_Line(line, {name: columns.group(name, where, optional=optional) for name in names}))
    drawn = [line.expression(slot) for line in lines for slot in line.slots]
    if not drawn:
        return pl.lit(None, dtype=pl.String)
    joined = pl.concat_str(drawn, separator="\n", ignore_nulls=True).str.strip_chars()
    return pl.when(joined != "").then(joined)
