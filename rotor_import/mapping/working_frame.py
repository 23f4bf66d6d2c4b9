"""The rows of a file, with the columns that the mapping draws from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.sql import as_text, row_expression

Judge = Callable[..., tuple[str | None, ...]]
ROW = "\0row"
_SAMPLE = 4096
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

    def judge(
        self, name: str, cells: Sequence[pl.Expr], judge: Judge, fields: Sequence[str], *, only: pl.Series | None = None
    ) -> pl.Expr:
        """A struct of text `fields` for each row: `judge` sees each distinct combination of `cells` once.

        Rows that are not among `only` have nulls.
        """
        if name not in self.frame.columns:
            rows = _side_by_side(self.frame, cells)
            distinct, places = _each_once(rows if only is None else rows.filter(only))
            verdicts = [judge(*row) for row in distinct.iter_rows()]
            table = pl.DataFrame(verdicts, schema=dict.fromkeys(fields, pl.String), orient="row")
            if only is not None:
                every = pl.repeat(None, rows.height, dtype=pl.UInt32, eager=True)
                places = every.scatter(only.arg_true(), places)
            self.frame = self.frame.with_columns(table.to_struct(name).gather(places))
        return pl.col(name)

    def draw(self, name: str, cells: Sequence[pl.Expr], draw: Callable[[Sequence[pl.Expr]], pl.Expr]) -> pl.Expr:
        """What `draw` makes of the cells, once for each distinct combination of them where they repeat much."""
        sample = _side_by_side(self.frame.head(_SAMPLE), cells)
        if self.frame.height <= _SAMPLE or sample.n_unique() > _SAMPLE // 8:
            return draw(cells)
        rows = _side_by_side(self.frame, cells)
        distinct, places = _each_once(rows)
        drawn = distinct.select(draw([pl.col(one) for one in distinct.columns])).to_series()
        self.frame = self.frame.with_columns(drawn.gather(places).alias(f"drawn\0{name}"))
        return pl.col(f"drawn\0{name}")

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


def _side_by_side(frame: pl.DataFrame, cells: Sequence[pl.Expr]) -> pl.DataFrame:
    return frame.select(cell.alias(f"cell{at}") for at, cell in enumerate(cells))


def _each_once(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows, and for each row the place of its like among them."""
    distinct = rows.unique()
    placed = rows.join(
        distinct.with_row_index("\0at"), on=rows.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return distinct, placed.get_column("\0at")


def _failed(error: BaseException) -> str:
    """Without the values that polars names: an error holds no customer data."""
    if "conversion" in str(error) or "strptime" in str(error):
        return "some cells cannot be turned into what it asks for. TRY_CAST gives a blank for those."
    return f"it cannot be carried out ({type(error).__name__}): are its columns texts, and its brackets right?"
