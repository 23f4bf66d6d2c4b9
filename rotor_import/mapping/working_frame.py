"""The rows of a file while a mapping is applied: the file's own columns, and those that are computed from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.sql import as_text, row_expression

ROW = "\0row"
FIELD = "field\0"
"""What the name of a column with a field's value begins with."""
_SAMPLE = 4096
_NO_EXPRESSION = "this SQL can't be used"
_NO_CONDITION = "this SQL condition can't be used"


class WorkingFrame:
    """`frame` has the file's columns, the row numbers in `ROW`, and computed columns.

    Names of computed columns contain a NUL, which no column of a file has.
    """

    def __init__(self, frame: pl.DataFrame, columns: Columns) -> None:
        self.frame = frame
        self.columns = columns

    def leave_out(self, condition: str, where: str) -> tuple[int, ...]:
        """Drop the rows for which an SQL condition does not hold; return their numbers. Raises MappingError."""
        holds = self._evaluate(condition, where, _NO_CONDITION, optional=False)
        if holds.dtype != pl.Boolean:
            raise MappingError(f"{where}: {_NO_CONDITION}: its result must be true or false.")
        holds = holds.fill_null(value=False)
        left_out = self.frame.filter(~holds).get_column(ROW).to_list()
        self.frame = self.frame.filter(holds)
        return tuple(left_out)

    def add_sql(self, name: str, sql: str, where: str, *, optional: bool) -> pl.Expr:
        """Add a column with the text that an SQL expression gives. Raises MappingError."""
        text = as_text(self._evaluate(sql, where, _NO_EXPRESSION, optional=optional))
        if text is None:
            raise MappingError(
                f"{where}: {_NO_EXPRESSION}: its result must be text, a number, a date, or true or false."
            )
        column = f"sql\0{name}"
        self.frame = self.frame.with_columns(text.alias(column))
        return pl.col(column)

    def add_parts(
        self,
        name: str,
        cells: Sequence[pl.Expr],
        split: Callable[..., tuple[str | None, ...]],
        parts: Sequence[str],
        *,
        only: pl.Series | None = None,
    ) -> pl.Expr:
        """Add a column of structs with the text fields `parts`, as `split` returns them for each row's `cells`.

        It is called once for each distinct combination of cells. Rows that are not among `only` have nulls.
        """
        if name not in self.frame.columns:
            rows = _side_by_side(self.frame, cells)
            distinct, indices = _distinct(rows if only is None else rows.filter(only))
            table = pl.DataFrame(
                [split(*row) for row in distinct.iter_rows()], schema=dict.fromkeys(parts, pl.String), orient="row"
            )
            if only is not None:
                nulls = pl.repeat(None, rows.height, dtype=pl.UInt32, eager=True)
                indices = nulls.scatter(only.arg_true(), indices)
            self.frame = self.frame.with_columns(table.to_struct(name).gather(indices))
        return pl.col(name)

    def compute_once(
        self, name: str, cells: Sequence[pl.Expr], compute: Callable[[Sequence[pl.Expr]], pl.Expr]
    ) -> pl.Expr:
        """What `compute` makes of the cells. If they repeat often, each distinct combination is computed once."""
        sample = _side_by_side(self.frame.head(_SAMPLE), cells)
        if self.frame.height <= _SAMPLE or sample.n_unique() > _SAMPLE // 8:
            return compute(cells)
        distinct, indices = _distinct(_side_by_side(self.frame, cells))
        values = distinct.select(compute([pl.col(column) for column in distinct.columns])).to_series()
        column = f"computed\0{name}"
        self.frame = self.frame.with_columns(values.gather(indices).alias(column))
        return pl.col(column)

    def _evaluate(self, sql: str, where: str, problem: str, *, optional: bool) -> pl.Series:
        try:
            expression = row_expression(sql)
        except MappingError as error:
            raise MappingError(f"{where}: {problem}: {error}") from None
        columns = {
            name: self.columns.find_in_sql(name, where, optional=optional)
            for name in dict.fromkeys(expression.meta.root_names())
        }
        respelled = [
            (pl.lit(None, dtype=pl.String) if column is None else pl.col(column)).alias(name)
            for name, column in columns.items()
            if column != name
        ]
        try:
            # Beside another column, a single value fills its column, and nothing else can change the length.
            return self.frame.with_columns(respelled).select(pl.col(ROW), expression.alias("value")).get_column("value")
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise MappingError(f"{where}: {problem}: {_explain(error)}") from None


def _side_by_side(frame: pl.DataFrame, cells: Sequence[pl.Expr]) -> pl.DataFrame:
    return frame.select(cell.alias(f"cell{index}") for index, cell in enumerate(cells))


def _distinct(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows, and for each row the index of its equal among them."""
    distinct = rows.unique()
    indexed = rows.join(
        distinct.with_row_index("\0index"), on=rows.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return distinct, indexed.get_column("\0index")


def _explain(error: BaseException) -> str:
    """The error in our words, because polars' words may quote customer data."""
    if "conversion" in str(error) or "strptime" in str(error):
        return "some cells can't be converted. Use TRY_CAST, which leaves those blank."
    return (
        f"it can't be carried out ({type(error).__name__}). All columns are text: use CAST for numbers, and check the "
        "parentheses."
    )
