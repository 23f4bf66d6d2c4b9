"""Source table → customer fields."""

from __future__ import annotations

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.schema import ColumnRule, FieldRule, Mapping, RegionRule
from rotor_import.mapping.values import Compiled, Find, compile_field, placeholders
from rotor_import.model.fields import ID_FIELD
from rotor_import.model.rows import MappedTable, Reject, SourceTable

_COUNTRIES = {
    "united states": "US",
    "united states of america": "US",
    "usa": "US",
    "u.s.": "US",
    "u.s.a.": "US",
    "canada": "CA",
    "united kingdom": "GB",
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "australia": "AU",
    "new zealand": "NZ",
    "mexico": "MX",
    "méxico": "MX",
    "germany": "DE",
    "deutschland": "DE",
    "france": "FR",
    "ireland": "IE",
    "puerto rico": "PR",
}


def apply_mapping(mapping: Mapping, table: SourceTable, file: int) -> MappedTable:
    """The frame that `MappedTable` describes. Raises MappingError for a column that the file lacks."""
    columns = Columns(table.frame.columns, str(table.path))
    compiled = {name: _compile(mapping, name, rule, columns) for name, rule in mapping.fields.items()}
    numbered = table.frame.with_columns(table.numbers.alias("\0row"))
    kept, left_out = _where(mapping, numbered)
    drawn = kept.select(
        pl.col("\0row").alias("row"),
        _key(mapping, columns).alias("source_key"),
        _region(mapping, columns).alias("region"),
        *(one.value.alias(name) for name, one in compiled.items()),
        *(one.wrong.alias(f"wrong\0{name}") for name, one in compiled.items()),
        *(one.raw.alias(f"raw\0{name}") for name, one in compiled.items()),
    )
    rejects = tuple(
        Reject(file, row, name, value or "", one.reason)
        for name, one in compiled.items()
        for row, value in drawn.filter(pl.col(f"wrong\0{name}")).select("row", f"raw\0{name}").iter_rows()
    )
    fine = drawn.filter(~pl.any_horizontal([pl.col(f"wrong\0{name}") for name in compiled]))
    wanted = ["row", "source_key", "region", *([] if ID_FIELD in compiled else [ID_FIELD]), *compiled]
    if ID_FIELD not in compiled:
        fine = fine.with_columns(pl.lit(None, dtype=pl.String).alias(ID_FIELD))
    return MappedTable(file, fine.select(wanted), left_out, rejects)


def _compile(mapping: Mapping, name: str, rule: FieldRule, columns: Columns) -> Compiled:
    find = _finder(mapping, name, rule, columns)
    for column in placeholders(rule.template or ""):
        find(column)
    return compile_field(name, rule, find)


def _finder(mapping: Mapping, name: str, rule: FieldRule, columns: Columns) -> Find:
    def find(column: str) -> str | None:
        path: tuple[str | int, ...] = ("fields", name)
        if rule.first_of and column in rule.first_of:
            path = (*path, "first_of", rule.first_of.index(column))
        elif rule.template is not None:
            path = (*path, "template")
        elif rule.column == column:
            path = (*path, "column")
        return columns.find(column, mapping.at(*path), optional=rule.optional)

    return find


def _key(mapping: Mapping, columns: Columns) -> pl.Expr:
    if mapping.key is None:
        return pl.lit(None, dtype=pl.String)
    key = pl.col(_key_column(mapping, mapping.key, columns))
    if mapping.key.after:
        key = key.str.strip_prefix(mapping.key.after).str.strip_chars()
    if mapping.key.before:
        key = key.str.split(mapping.key.before).list.first().str.strip_chars()
    return pl.when(key != "").then(key)


def _key_column(mapping: Mapping, key: ColumnRule, columns: Columns) -> str:
    """The file's spelling; the last of several that the file lacks is the one that is missed."""
    *others, last = key.first_of or (str(key.column),)
    for at, name in enumerate(others):
        if found := columns.find(name, mapping.at("key", "first_of", at), optional=True):
            return found
    path = ("column",) if key.first_of is None else ("first_of", len(others))
    return str(columns.find(last, mapping.at("key", *path)))


def _region(mapping: Mapping, columns: Columns) -> pl.Expr:
    """Two letters for each row; countries are known by their code or their usual names."""
    if not isinstance(mapping.region, RegionRule):
        return pl.lit(mapping.region)
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - only a column of countries needs it

    column = columns.find(mapping.region.column, mapping.at("region", "column"))
    known = {region.lower(): region for region in SUPPORTED_REGIONS} | _COUNTRIES
    return (
        pl.col(str(column))
        .str.to_lowercase()
        .replace_strict(list(known), list(known.values()), default=mapping.region.otherwise)
        .fill_null(mapping.region.otherwise)
    )


def _where(mapping: Mapping, frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[int, ...]]:
    """Rows that the mapping's `where` keeps, and the numbers of those that it leaves out."""
    if mapping.source.where is None:
        return frame, ()
    try:
        keep = frame.select(pl.sql_expr(mapping.source.where).fill_null(value=False).alias("keep")).to_series()
        if keep.dtype != pl.Boolean or len(keep) != frame.height:
            raise pl.exceptions.ComputeError("it is no condition over a row")
    except pl.exceptions.PolarsError as error:
        words = str(error).splitlines()[0]
        raise MappingError(
            f"{mapping.at('source', 'where')}: this is no SQL condition over the file's columns: {words}"
        ) from None
    return frame.filter(keep), tuple(frame.filter(~keep).get_column("\0row").to_list())
