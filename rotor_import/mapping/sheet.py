"""The rows of a file, with the columns that the mapping draws from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.sql import as_text, row_expression

Judge = Callable[..., tuple[str | None, ...]]
ROW = "\0row"
_NO_SQL = "this is no SQL expression over a row"


class Sheet:
    """`frame` is the file's, with `ROW` for the numbers; drawn columns have a name that no file's can have."""

    def __init__(self, frame: pl.DataFrame, columns: Columns) -> None:
        self.frame = frame
        self.columns = columns

    def keep(self, condition: str, where: str) -> tuple[int, ...]:
        """Leave out the rows for which an SQL condition does not hold; gives their numbers. Raises MappingError."""
        keep = self._evaluated(condition, where, "this is no SQL condition over the file's columns", optional=False)
        if keep.dtype != pl.Boolean:
            raise MappingError(
                f"{where}: this is no SQL condition over the file's columns: it is neither true nor false."
            )
        keep = keep.fill_null(value=False)
        left_out = self.frame.filter(~keep).get_column(ROW).to_list()
        self.frame = self.frame.filter(keep)
        return tuple(left_out)

    def draw_sql(self, name: str, sql: str, where: str, *, optional: bool) -> pl.Expr:
        """Raises MappingError."""
        found = as_text(self._evaluated(sql, where, _NO_SQL, optional=optional))
        if found is None:
            raise MappingError(f"{where}: {_NO_SQL}: its result is no text, number, date or truth value.")
        column = f"sql\0{name}"
        self.frame = self.frame.with_columns(found.alias(column))
        return pl.col(column)

    def judge(self, name: str, cells: Sequence[pl.Expr], judge: Judge, fields: Sequence[str]) -> pl.Expr:
        """A struct of text `fields` for each row: `judge` sees each distinct combination of `cells` once."""
        if name not in self.frame.columns:
            asked = [f"cell{at}" for at in range(len(cells))]
            rows = self.frame.select(cell.alias(one) for cell, one in zip(cells, asked, strict=True))
            distinct = rows.unique()
            verdicts = [judge(*row) for row in distinct.iter_rows()]
            table = pl.DataFrame(verdicts, schema=dict.fromkeys(fields, pl.String), orient="row")
            joined = rows.join(
                distinct.hstack(table), on=asked, how="left", nulls_equal=True, maintain_order="left"
            ).select(pl.struct(*fields).alias(name))
            self.frame = self.frame.hstack(joined)
        return pl.col(name)

    def _evaluated(self, sql: str, where: str, words: str, *, optional: bool) -> pl.Series:
        try:
            expression = row_expression(sql)
        except MappingError as error:
            raise MappingError(f"{where}: {words}: {error}") from None
        named = dict.fromkeys(expression.meta.root_names())
        found = {name: self.columns.in_sql(name, where, optional=optional) for name in named}
        respelled = [
            (pl.lit(None, dtype=pl.String) if column is None else pl.col(column)).alias(name)
            for name, column in found.items()
            if column != name
        ]
        try:
            # Among other columns a single value fills its column, and nothing else can change the length.
            return self.frame.with_columns(respelled).select(pl.col(ROW), expression.alias("found")).get_column("found")
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise MappingError(f"{where}: {words}: {_failed(error)}") from None


def _failed(error: BaseException) -> str:
    """Without the values that polars names: an error holds no customer data."""
    if "conversion" in str(error) or "strptime" in str(error):
        return "some cells cannot be turned into what it asks for. TRY_CAST gives a blank for those."
    return f"it cannot be carried out ({type(error).__name__}): are its columns texts, and its brackets right?"
