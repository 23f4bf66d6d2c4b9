"""Applies a mapping to a file: its columns become customer fields."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as ReadOnly
from typing import Literal

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.compile_fields import FieldCompiler, parts_column, whole_column
from rotor_import.mapping.countries import country_codes
from rotor_import.mapping.field_values import FieldValue
from rotor_import.mapping.rules import RegionRule
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.unused_parts import unused_parts
from rotor_import.mapping.working_frame import FIELD, ROW, WorkingFrame
from rotor_import.model.fields import ID_FIELD, KEY_FIELDS, TAGS_FIELD
from rotor_import.model.null_words import without_null_words
from rotor_import.model.rows import MappedTable, Notice, Reject, SourceTable


def apply_mapping(mapping: Mapping, table: SourceTable, file: int) -> MappedTable:
    """The frame that `MappedTable` describes. Raises MappingError for a column that the file lacks."""
    columns = Columns(table.frame.columns, str(table.path))
    working = WorkingFrame(table.frame.with_columns(table.numbers.alias(ROW)), columns)
    left_out: tuple[int, ...] = ()
    if mapping.source.where is not None:
        left_out = working.leave_out(mapping.source.where, mapping.at("source", "where"))
    fields = FieldCompiler(mapping, working).compile()
    mapped = working.frame.select(
        pl.col(ROW).alias("row"),
        _source_key(mapping, columns).alias("source_key"),
        _region(mapping, columns).alias("region"),
        *_order(mapping, columns, fields),
        *(field.value.alias(FIELD + name) for name, field in fields.items()),
        *_message_columns(fields),
        *_split_columns(mapping, working),
    )
    rejects = tuple(Reject(file, *message) for message in _messages(mapped, fields, "fault"))
    faults = [pl.col(f"fault\0{name}").is_null() for name in fields if f"fault\0{name}" in mapped.columns]
    kept = mapped.filter(pl.all_horizontal(faults)) if rejects else mapped
    notices = [Notice(file, *message, "fixed") for message in _messages(kept, fields, "remark")]
    notices += unused_parts(mapping, kept, file)
    return MappedTable(file, _result(mapping, kept), left_out, rejects, tuple(notices))


def row_keys(mapping: Mapping, table: SourceTable) -> pl.Series:
    """Each row's source key, null if the row has none or the mapping names no key."""
    columns = Columns(table.frame.columns, str(table.path))
    return table.frame.with_columns(_source_key(mapping, columns).alias("\0key")).get_column("\0key")


def _message_columns(fields: ReadOnly[str, FieldValue]) -> Iterator[pl.Expr]:
    """The faults and remarks of fields that can have any, with the file's own values."""
    for name, field in fields.items():
        messages = {"fault": field.fault, "remark": field.remark}
        if any(words is not None for words in messages.values()):
            yield field.raw.alias(f"raw\0{name}")
        yield from (words.alias(f"{kind}\0{name}") for kind, words in messages.items() if words is not None)


def _messages(
    mapped: pl.DataFrame, fields: ReadOnly[str, FieldValue], kind: Literal["fault", "remark"]
) -> Iterator[tuple[int, str, str, str]]:
    """Row, field, the file's value and the words, for each row that has a message."""
    for name in fields:
        column = f"{kind}\0{name}"
        if column not in mapped.columns or mapped.get_column(column).null_count() == mapped.height:
            continue
        having = mapped.filter(pl.col(column).is_not_null()).select("row", f"raw\0{name}", column)
        for row, raw, words in having.iter_rows():
            yield row, name, raw or "", words


def _result(mapping: Mapping, kept: pl.DataFrame) -> pl.DataFrame:
    values = [pl.col(FIELD + name).alias(name) for name in mapping.fields]
    id_ = [] if ID_FIELD in mapping.fields else [pl.lit(None, dtype=pl.String).alias(ID_FIELD)]
    order = ["order"] if mapping.order else []
    return kept.select("row", "source_key", "region", *id_, *values, *order)


def _split_columns(mapping: Mapping, working: WorkingFrame) -> list[str]:
    """The whole names and addresses and their parts, from which `unused_parts` tells what no field took."""
    computed = {
        column
        for rule in mapping.fields.values()
        if rule.of
        for column in (whole_column(rule.of), parts_column("name", rule.of), parts_column("address", rule.of))
    }
    return [name for name in working.frame.columns if name in computed]


def _order(mapping: Mapping, columns: Columns, fields: ReadOnly[str, FieldValue]) -> list[pl.Expr]:
    """The texts that decide the order of sending: a mapped field if there is one of that name, else a column."""
    texts: list[pl.Expr] = []
    for index, ordering in enumerate(mapping.orderings):
        if ordering.name in fields:
            is_list = ordering.name in (*KEY_FIELDS, TAGS_FIELD)
            texts.append(fields[ordering.name].raw if is_list else fields[ordering.name].value)
            continue
        where = mapping.at("order", index)
        column = columns.find(ordering.name, where, optional=True)
        if column is None:
            raise MappingError(f"{where}: {ordering.name!r} is not a mapped field or a column of the file.")
        texts.append(pl.col(column))
    return [pl.concat_list(texts).alias("order")] if texts else []


def _source_key(mapping: Mapping, columns: Columns) -> pl.Expr:
    rule = mapping.key
    if rule is None:
        return pl.lit(None, dtype=pl.String)
    wheres = [
        mapping.at("key", "column") if rule.first_of is None else mapping.at("key", "first_of", index)
        for index in range(len(rule.columns))
    ]
    named = list(zip(rule.columns, wheres, strict=True))
    present = [column for name, where in named if (column := columns.find(name, where, optional=True)) is not None]
    if not present:
        columns.find(*named[-1])  # raises an error that names the columns of the file
    key = pl.coalesce(without_null_words(pl.col(column)) for column in present)
    if not (rule.after or rule.before):
        return key
    if rule.after:
        key = key.str.strip_prefix(rule.after).str.strip_chars()
    if rule.before:
        key = key.str.split(rule.before).list.first()
    key = key.str.strip_chars()
    return without_null_words(pl.when(key != "").then(key))


def _region(mapping: Mapping, columns: Columns) -> pl.Expr:
    """Each row's region as two letters; a country may be given by its code or its usual names."""
    if not isinstance(mapping.region, RegionRule):
        return pl.lit(mapping.region)
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - only a column of countries needs it

    column = columns.find(mapping.region.column, mapping.at("region", "column"))
    code = country_codes(pl.col(str(column)))
    known = code.is_in(sorted(SUPPORTED_REGIONS))
    return pl.when(known).then(code).otherwise(pl.lit(mapping.region.otherwise))
