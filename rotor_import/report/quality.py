"""How good each column of the files is: filled, invalid and mended cells, with the most common reasons."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rotor_import.model.rows import REJECT_COLUMNS, SourceTable
from rotor_import.report.cells import table

COLUMNS = ("file", "column", "rows", "filled", "invalid", "mended", "kind", "reason", "times", "example")
NOTE = "note"
"""The kind of a line that is advice, about values that are sent as they are or a column as a whole."""
_MENDED = r"mended|taken off|extension \S+ was dropped|put back|put in front|and fixed"
"""Notices with these words are about a value that was kept."""
_SENT = "probably a typo"
"""Notices with these words are about a value that is sent as it is."""
_MOST_COLUMNS = 200
"""The most columns of a file in which a value is looked for."""
_REASONS = 3


def quality_frame(
    sources: Sequence[SourceTable], warnings: pl.DataFrame, rejects: Sequence[pl.DataFrame]
) -> pl.DataFrame:
    """A line for each column and reason, most common first; a column without problems has one blank reason."""
    parts = [
        _without_problems(source)
        if warnings.is_empty() and rejected.is_empty()
        else _of_file(source, _problems(source, warnings, rejected))
        for source, rejected in zip(sources, rejects, strict=True)
    ]
    return pl.concat(
        [table(COLUMNS, []), *(_with_notes(part, source) for part, source in zip(parts, sources, strict=True))]
    )


def _with_notes(lines: pl.DataFrame, source: SourceTable) -> pl.DataFrame:
    """The file's lines with the advice about its columns, each behind the column's own lines."""
    if not source.column_notes:
        return lines
    heads = lines.unique("column", keep="first").drop("kind", "reason", "times", "example")
    said = ((note.column, NOTE, note.reason, str(note.times), note.example) for note in source.column_notes)
    notes = heads.join(table(("column", *COLUMNS[-4:]), said), on="column", maintain_order="right")
    order = {name: at for at, name in enumerate(source.frame.columns)}
    both = pl.concat([lines, notes.select(COLUMNS)])
    at = both.get_column("column").replace_strict(order, return_dtype=pl.UInt32)
    both = both.with_columns(at.alias("at")).sort("at", maintain_order=True).drop("at")
    # A column whose only line says that it has no problem has one now.
    return both.filter((pl.col("kind") != "") | ~pl.col("column").is_in(notes.get_column("column").implode()))


def _without_problems(source: SourceTable) -> pl.DataFrame:
    path, rows = str(source.path), str(source.frame.height)
    return table(
        COLUMNS, ((path, name, rows, str(filled), "0", "0", "", "", "0", "") for name, filled in _filled(source.frame))
    )


def _filled(frame: pl.DataFrame) -> list[tuple[str, int]]:
    """Each column, and how many of its cells are filled."""
    return [(column.name, len(column) - column.null_count()) for column in frame]


def _problems(source: SourceTable, warnings: pl.DataFrame, rejects: pl.DataFrame) -> pl.DataFrame:
    """The problems of single values as `row, field, value, reason, kind`."""
    names = dict(zip(rejects.columns[-len(REJECT_COLUMNS) :], ("row", "field", "value", "reason"), strict=True))
    refused = rejects.select(pl.col(old).alias(new) for old, new in names.items())
    told = warnings.filter(pl.col("file") == str(source.path)).select("row", "field", "value", "reason")
    problems = pl.concat([told, refused]).filter(pl.col("value").is_not_null() & pl.col("field").is_not_null())
    mended = pl.col("reason").str.contains(_MENDED)
    return problems.with_columns(
        pl.col("row").cast(pl.UInt32),
        pl.when(mended)
        .then(pl.lit("mended"))
        .when(pl.col("reason").str.contains(_SENT))
        .then(pl.lit(NOTE))
        .otherwise(pl.lit("invalid"))
        .alias("kind"),
        # Without the value itself, so that equal reasons are counted together.
        pl.col("reason")
        .str.replace_all(r"its extension \S+ was", "its extension was")
        .str.replace(r"(?s)(mended|taken off): .*", "$1"),
    )


def _of_file(source: SourceTable, problems: pl.DataFrame) -> pl.DataFrame:
    frame = source.frame
    filled = pl.DataFrame(_filled(frame), schema={"column": pl.String, "filled": pl.Int64}, orient="row")
    filled = filled.with_row_index("index")
    placed = _placed(source, problems)
    counts = placed.group_by("column").agg(
        pl.col("row").filter(pl.col("kind") == kind).n_unique().alias(kind) for kind in ("invalid", "mended")
    )
    lines = filled.join(counts, on="column", how="left").join(
        _reasons(placed), on="column", how="left", maintain_order="left"
    )
    return (
        lines.sort("index", maintain_order=True)
        .with_columns(
            pl.lit(str(source.path)).alias("file"),
            pl.lit(frame.height).alias("rows"),
            pl.col("invalid", "mended", "times").fill_null(0),
        )
        .select(pl.col(COLUMNS).cast(pl.String))
    )


def _reasons(placed: pl.DataFrame) -> pl.DataFrame:
    """The most common reasons of each column and kind, each with an example."""
    return (
        placed.group_by("column", "kind", "reason", maintain_order=True)
        .agg(pl.len().alias("times"), pl.col("value").first().alias("example"))
        .sort("kind", "times", descending=[False, True], maintain_order=True)
        .group_by("column", "kind", maintain_order=True)
        .head(_REASONS)
    )


def _placed(source: SourceTable, problems: pl.DataFrame) -> pl.DataFrame:
    """The problems with their `column`: the value is searched in its row, in the field's likeliest columns first."""
    columns = source.frame.columns[:_MOST_COLUMNS]
    parts = [problems.head(0).with_columns(pl.lit("").alias("column"))]
    if problems.is_empty() or not columns:
        return parts[0]
    safe = [f"c{index}" for index in range(len(columns))]
    cells = source.frame.select(pl.col(name).alias(new) for name, new in zip(columns, safe, strict=True))
    rows = problems.join(
        cells.with_columns(source.numbers.alias("row")).filter(pl.col("row").is_in(problems["row"].implode())),
        on="row",
        how="inner",
        maintain_order="left",
    )
    for (field,), part in rows.group_by("field", maintain_order=True):
        parts.append(_column_of(str(field), part, dict(zip(safe, columns, strict=True))))
    return pl.concat(parts)


def _column_of(field: str, part: pl.DataFrame, names: dict[str, str]) -> pl.DataFrame:
    own = part.select("row", "field", "value", "reason", "kind")
    if field in names.values():  # the reader names the file's own columns
        return own.with_columns(pl.lit(field).alias("column"))
    holds = part.select(
        pl.col(name).str.contains(pl.col("value"), literal=True).fill_null(value=False) for name in names
    )
    ranked = sorted(names, key=lambda name: -int(holds.get_column(name).sum()))
    first = pl.coalesce([pl.when(pl.col(name)).then(pl.lit(names[name])) for name in ranked])
    return own.with_columns(holds.select(first.alias("column")).to_series()).drop_nulls("column")
