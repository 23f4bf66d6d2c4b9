"""What is wrong with the cells of each column, in the words of notices and rejects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from rotor_import.model.column_uses import KEY, ColumnUses
from rotor_import.model.rows import Notice, Reject, SourceTable

_PROBLEM = {
    "row": pl.UInt32,
    "field": pl.String,
    "value": pl.String,
    "reason": pl.String,
    "effect": pl.String,
}
_PLACED = {**_PROBLEM, "column": pl.String}


@dataclass(frozen=True)
class ColumnProblems:
    """Of one column: the rows whose cells are invalid, how many cells are fixed, and the counted reasons.

    The most common reason comes first; the example is of it.
    """

    rows: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.UInt32))
    fixed: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    example: str = ""

    @property
    def invalid(self) -> int:
        return len(self.rows)


NO_PROBLEMS = ColumnProblems()


def problems_by_file(
    notices: Iterable[Notice], rejects: Iterable[Reject], sources: Sequence[SourceTable], uses: Sequence[ColumnUses]
) -> list[pl.DataFrame]:
    """For each file, a line for each problem of a cell, with its `column`."""
    notices, rejects = list(notices), [one for one in rejects if one.field]
    told = _frame(notices, [one.effect for one in notices])
    # A row that was left without a key is rejected for values of which notices have told already.
    rejected = _frame(rejects, ["dropped"] * len(rejects)).join(
        told, on=["file", "row", "field"], how="anti", maintain_order="left"
    )
    every = pl.concat([told, rejected])
    return [
        _placed(every.filter(pl.col("file") == file).drop("file"), source, own)
        for file, (source, own) in enumerate(zip(sources, uses, strict=True))
    ]


def _frame(told: Sequence[Notice | Reject], effects: Sequence[str]) -> pl.DataFrame:
    columns = {name: [getattr(one, name) for one in told] for name in ("file", *_PROBLEM) if name != "effect"}
    return pl.DataFrame({**columns, "effect": effects}, schema={"file": pl.UInt32, **_PROBLEM})


def problems_by_column(placed: pl.DataFrame) -> dict[str, ColumnProblems]:
    """Of the columns that have any."""
    if placed.is_empty():
        return {}
    return {str(name): _problems_of(own) for (name,), own in placed.group_by("column", maintain_order=True)}


def _problems_of(own: pl.DataFrame) -> ColumnProblems:
    reasons = own.group_by("effect", "reason", maintain_order=True).agg(
        pl.col("row").n_unique().alias("times"), pl.col("value").first()
    )
    reasons = reasons.sort("effect", "times", descending=[False, True], maintain_order=True)
    return ColumnProblems(
        own.filter(pl.col("effect") == "dropped").get_column("row").unique(),
        own.filter(pl.col("effect") == "fixed").get_column("row").n_unique(),
        tuple(zip(reasons.get_column("reason"), reasons.get_column("times"), strict=True)),
        reasons.get_column("value")[0],
    )


def _placed(problems: pl.DataFrame, source: SourceTable, uses: ColumnUses) -> pl.DataFrame:
    parts = [pl.DataFrame(schema=_PLACED)]
    if problems.is_empty():
        return parts[0]
    for (name,), own in problems.group_by("field", maintain_order=True):
        parts += _of_field(str(name), own, source, uses)
    # Without the value itself, so that equal reasons are counted together.
    reason = pl.col("reason").str.replace_all(r"the extension \S+ was", "the extension was")
    return pl.concat(parts).with_columns(reason.str.replace(r"(?s)(fixed|removed|left out): .*", "$1"))


def _of_field(name: str, problems: pl.DataFrame, source: SourceTable, uses: ColumnUses) -> Iterator[pl.DataFrame]:
    """The column is the field's own; of several, the one whose cell has the value, else the first that is filled."""
    columns = uses.used_by(KEY if name == "source_key" else name)
    if not columns and name in source.frame.columns:  # the reader names the file's own columns
        columns = [name]
    if len(columns) == 1:
        yield problems.with_columns(pl.lit(columns[0]).alias("column"))
    elif columns:
        at = source.numbers.search_sorted(problems.get_column("row"))
        cells = source.frame.select(pl.col(column).alias(f"\0{column}") for column in columns)[at]
        both = problems.hstack(cells)
        value = pl.col("value")
        tests = [
            *((column, pl.col(f"\0{column}").str.contains(value, literal=True)) for column in columns),
            *((column, pl.col(f"\0{column}").is_not_null()) for column in columns),
        ]
        first = pl.coalesce(pl.when(test).then(pl.lit(column)) for column, test in tests)
        yield both.select(*problems.columns, first.alias("column")).drop_nulls("column")
