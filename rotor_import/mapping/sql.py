"""Parses SQL expressions over one row: they may read the row's own cells and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.sql_growth import growth_problem, only_entry

_LONGEST = 4000
_DEEPEST = 60
_TEXT_FUNCTIONS = (
    "ConcatHorizontal Contains EndsWith Find LenBytes LenChars Lowercase Normalize PadEnd PadStart Replace Reverse "
    "Slice Split StartsWith StripChars StripCharsEnd StripCharsStart Strptime Titlecase Uppercase ZFill"
)
_TIME_FUNCTIONS = (
    "Year IsoYear Quarter Month Week WeekDay Day OrdinalDay Hour Minute Second ToString OffsetBy Truncate Millisecond "
    "Microsecond Date Time Century Millennium"
)
_ALLOWED: dict[str, frozenset[str]] = {
    "StringExpr": frozenset(_TEXT_FUNCTIONS.split()),
    "TemporalExpr": frozenset(_TIME_FUNCTIONS.split()),
    "Boolean": frozenset({"IsNull", "IsNotNull", "Not", "IsIn", "IsBetween"}),
    "ListExpr": frozenset({"Get", "Join", "Length", "Contains"}),
    "Sql": frozenset({"Binary", "IsIn", "Round", "ToFloat"}),
    "Pow": frozenset({"Generic", "Sqrt", "Cbrt"}),
}
"""The functions that look at one row, by family; whatever is not here is refused."""
_PLAIN_FUNCTIONS = "Abs Ceil Floor Sign Log Exp Coalesce MaxHorizontal MinHorizontal FillNull Round"
_PLAIN = frozenset(_PLAIN_FUNCTIONS.split())
_NOT_OVER_A_ROW = (
    "it can only use columns of the same row, values, and functions of them: no SELECT, no files, no *, "
    "and no functions of several rows, such as COUNT, SUM, FIRST or OVER"
)


class _Refused(Exception):
    """Why an expression is refused, in words."""


def row_expression(sql: str) -> pl.Expr:
    """Raises MappingError, without a place, if it is anything but an expression over one row."""
    try:
        return _expression(sql)
    except _Refused as error:
        raise MappingError(f"{error}.") from None


@lru_cache(maxsize=1_000)
def named_columns(sql: str) -> tuple[str, ...]:
    """The columns that an expression names, as it spells them; none if it is not an expression over one row."""
    try:
        return tuple(dict.fromkeys(_expression(sql).meta.root_names()))
    except _Refused:
        return ()


def _expression(sql: str) -> pl.Expr:
    if len(sql) > _LONGEST or _depth(sql) > _DEEPEST:
        raise _Refused("it is too long or nested too deeply")
    try:
        expression = pl.sql_expr(sql)
        tree = json.loads(expression.meta.serialize(format="json"))
    except RecursionError:
        raise _Refused("it is too long or nested too deeply") from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError) as error:
        raise _Refused(str(error).splitlines()[0]) from None
    for _ in _check(tree):
        pass
    return expression


def _depth(sql: str) -> int:
    """An upper bound of how deep it is nested: brackets, and prefix operators."""
    depth = deepest = 0
    for character in sql:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    upper = sql.upper()
    return deepest + sum(upper.count(operator) for operator in ("NOT", "CASE", "- -", "--", "+ +", "++", "~"))


def _check(node: Any) -> Iterator[None]:
    """Walk the expression's tree; raises _Refused at the first node that is not allowed."""
    yield
    kind, inner = only_entry(node)
    if kind in ("Column", "Literal"):
        return
    if kind == "BinaryExpr":
        parts = [inner["left"], inner["right"]]
    elif kind == "Ternary":
        parts = [inner["predicate"], inner["truthy"], inner["falsy"]]
    elif kind == "Cast":
        parts = [inner["expr"]]
    elif kind == "Function":
        _check_function(inner["function"])
        parts = list(inner["input"])
        if problem := growth_problem(inner["function"], parts):
            raise _Refused(problem)
    else:
        raise _Refused(_NOT_OVER_A_ROW)
    for part in parts:
        yield from _check(part)


def _check_function(function: Any) -> None:
    family, inner = only_entry(function)
    name = inner if isinstance(inner, str) else only_entry(inner)[0]
    if family == "StructExpr":
        raise _Refused("a column name that contains a dot needs double quotes")
    if family == "StringExpr" and name == "Strptime" and _has_no_format(inner):
        raise _Refused("a date needs its format here, such as DATE(\"Since\", '%m/%d/%Y')")
    if function in _PLAIN if isinstance(function, str) else family in _PLAIN or name in _ALLOWED.get(family, ()):
        return
    raise _Refused(_NOT_OVER_A_ROW)


def _has_no_format(inner: Any) -> bool:
    return '"format": null' in json.dumps(inner)


def as_text(series: pl.Series) -> pl.Series | None:
    """An expression's result as cells: stripped, and null where blank. None if a cell can't hold such a type."""
    kind = series.dtype
    if kind in (pl.Null, pl.String) or kind.is_integer() or kind == pl.Boolean:
        text = series.cast(pl.String)
    elif kind.is_numeric():
        text = series.cast(pl.String).str.replace(r"\.0+$", "").str.replace(r"(\.[0-9]*[1-9])0+$", "$1")
    elif kind == pl.Date:
        text = series.dt.to_string("%Y-%m-%d")
    elif kind == pl.Datetime:
        text = series.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    else:
        return None
    text = text.str.strip_chars()
    return text.set(text == "", None) if text.len() else text
