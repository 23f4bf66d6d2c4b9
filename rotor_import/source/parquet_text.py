"""The values of a Parquet file as the texts that a person would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_INDEX = r"^__index_level_\d+__$"
"""The row numbers that pandas adds."""
_MOMENT = "%Y-%m-%d %H:%M:%S%.f"

Undecoded = tuple[int, str, int]
"""The row and the column of bytes that are no text, and how many they are."""


def as_texts(raw: pl.DataFrame) -> tuple[pl.DataFrame, list[Undecoded]]:
    """All columns as texts; rows are numbered from 2, as below a header."""
    undecoded: list[Undecoded] = []
    columns = _flattened(raw.drop(pl.selectors.matches(_INDEX))).get_columns()
    return pl.DataFrame([_as_text(column, undecoded) for column in columns]), undecoded


def _flattened(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns in columns as columns of their own: the street in an address is `address.street`."""
    while nested := [column.name for column in frame.get_columns() if isinstance(column.dtype, pl.Struct)]:
        flat: list[pl.Series] = []
        for column in frame.get_columns():
            if column.name in nested:
                flat += [part.alias(f"{column.name}.{part.name}") for part in column.struct.unnest().get_columns()]
            else:
                flat.append(column)
        names: dict[str, int] = {}
        for at, column in enumerate(flat):
            count = names[column.name] = names.get(column.name, 0) + 1
            if count > 1:
                flat[at] = column.alias(f"{column.name} ({count})")
        frame = pl.DataFrame(flat)
    return frame


def _as_text(column: pl.Series, undecoded: list[Undecoded]) -> pl.Series:
    if column.dtype == pl.Binary:
        return _decoded(column, undecoded)
    frame = column.to_frame("value")
    return frame.select(_text(pl.col("value"), column.dtype).alias(column.name)).to_series()


def _decoded(column: pl.Series, undecoded: list[Undecoded]) -> pl.Series:
    """Older programs write texts as bytes without saying so; other bytes, such as a picture's, are no cells."""
    texts: list[str | None] = []
    for row, value in enumerate(column.to_list(), start=2):
        try:
            texts.append(None if value is None else value.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(None)
            undecoded.append((row, column.name, len(value)))
    return pl.Series(column.name, texts, dtype=pl.String)


def _text(cell: pl.Expr, dtype: PolarsDataType) -> pl.Expr:
    match dtype:
        case pl.Boolean():
            return pl.when(cell).then(pl.lit("true")).when(~cell).then(pl.lit("false"))
        case pl.Float32() | pl.Float64():
            return _number(cell, dtype)
        case pl.Decimal():
            return cell.cast(pl.String).str.replace(r"\.0+$", "").str.replace(r"(\.\d\d\d*?)0+$", "${1}")
        case pl.Datetime() | pl.Time() | pl.Duration():
            return _moment(cell, dtype)
        case pl.List(inner=inner) | pl.Array(inner=inner):
            texts = cell.list if isinstance(dtype, pl.List) else cell.arr.to_list().list
            joint = "; " if isinstance(inner, pl.Struct) else ", "
            return _blank_as_null(texts.eval(_text(pl.element(), inner)).list.drop_nulls().list.join(joint))
        case pl.Struct(fields=fields):
            return _fields(cell, fields)
        case pl.Binary():
            return pl.lit(None, dtype=pl.String)
        case _:
            return cell.cast(pl.String)


def _moment(cell: pl.Expr, dtype: PolarsDataType) -> pl.Expr:
    if isinstance(dtype, pl.Duration):
        return _duration(cell)
    if isinstance(dtype, pl.Time):
        return cell.dt.to_string("%H:%M:%S%.f").str.replace(r"(\.\d*?)0*$", "${1}").str.strip_suffix(".")
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    text = cell.dt.to_string(_MOMENT if zone is None else f"{_MOMENT} %Z")
    without_zeros = text.str.replace(r"(\.\d*?)0+( |$)", "${1}${2}").str.replace(r"\.( |$)", "${1}")
    return without_zeros.str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "${1}")


def _number(cell: pl.Expr, dtype: PolarsDataType) -> pl.Expr:
    """Whole numbers without a point, others with the 15 digits that a spreadsheet shows; what is no number is blank."""
    value: pl.Expr = pl.when(cell.is_finite()).then(cell)
    if isinstance(dtype, pl.Float64):
        value = value.round_sig_figs(15)
    whole = (value == value.round()) & (value.abs() < 2**63)
    return pl.when(whole).then(value.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(value.cast(pl.String))


def _duration(cell: pl.Expr) -> pl.Expr:
    seconds = cell.dt.total_seconds(fractional=False).abs()
    sign = pl.when(cell < pl.duration()).then(pl.lit("-")).otherwise(pl.lit(""))
    parts = [seconds // 3600, seconds // 60 % 60, seconds % 60]
    hours, *rest = [part.cast(pl.String) for part in parts]
    return pl.concat_str([sign, hours, *(pl.concat_str([pl.lit(":"), part.str.zfill(2)]) for part in rest)])


def _fields(cell: pl.Expr, fields: list[pl.Field]) -> pl.Expr:
    """`street: 1 Elm St, city: Blaine`; of an entry of a map, `name: value`."""
    texts = [(field.name, _text(cell.struct.field(field.name), field.dtype)) for field in fields]
    if [name for name, _ in texts] == ["key", "value"]:
        return _blank_as_null(pl.concat_str([text for _, text in texts], separator=": ", ignore_nulls=True))
    named = [pl.when(text.is_not_null()).then(pl.concat_str([pl.lit(f"{name}: "), text])) for name, text in texts]
    return _blank_as_null(pl.concat_str(named, separator=", ", ignore_nulls=True))


def _blank_as_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)
