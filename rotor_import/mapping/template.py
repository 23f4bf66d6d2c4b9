"""A line of a template, written as a person would: without the gaps that blank columns leave."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_SEPARATORS = " ,;"


def write_line(parts: Sequence[str | pl.Expr]) -> pl.Expr:
    """Text and columns in their order; null where the line has columns and all of them are blank.

    Nothing but spaces, commas and semicolons between two columns separates them: it is written only between two
    that are not blank. Lines of a cell that shares its line with something else are joined by commas, so that the
    line stays one where lines of several rows are joined.
    """
    columns = [part for part in parts if isinstance(part, pl.Expr)]
    if not columns:
        return pl.lit("".join(part for part in parts if isinstance(part, str)))
    if len(parts) == 1:
        return columns[0]
    written: list[pl.Expr] = []
    run: list[pl.Expr] = []
    separator = ""
    for part in parts:
        if isinstance(part, pl.Expr):
            cell = part.str.replace_all(r"\s*[\r\n]+\s*", ", ")
            apart = part.is_not_null() & pl.any_horizontal([pl.lit(value=False), *(one.is_not_null() for one in run)])
            written.append(pl.when(apart).then(pl.lit(separator) + cell).otherwise(cell.fill_null("")))
            run.append(part)
            separator = ""
        elif run and not part.strip(_SEPARATORS):
            separator += part
        else:
            written.append(pl.lit(separator + part))
            run, separator = [], ""
    text = pl.concat_str(written).str.strip_chars_end()
    return pl.when(pl.any_horizontal([column.is_not_null() for column in columns])).then(text)
