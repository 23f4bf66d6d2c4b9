"""Source table → customer fields."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Named

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping.columns import Columns
from rotor_import.mapping.compile_fields import FIELD, Draw, parsed, whole
from rotor_import.mapping.field_values import Compiled
from rotor_import.mapping.rules import RegionRule
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.unused_parts import leftovers
from rotor_import.mapping.working_frame import ROW, Sheet
from rotor_import.model.fields import ID_FIELD, KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import MappedTable, Notice, Reject, SourceTable

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
    sheet = Sheet(table.frame.with_columns(table.numbers.alias(ROW)), columns)
    left_out: tuple[int, ...] = ()
    if mapping.source.where is not None:
        left_out = sheet.keep(mapping.source.where, mapping.at("source", "where"))
    fields = Draw(mapping, sheet).fields()
    drawn = sheet.frame.select(
        pl.col(ROW).alias("row"),
        _key(mapping, columns).alias("source_key"),
        _region(mapping, columns).alias("region"),
        *_order(mapping, columns, fields),
        *(one.value.alias(FIELD + name) for name, one in fields.items()),
        *_asides(fields),
        *_wholes(mapping, sheet),
    )
    rejects = tuple(Reject(file, *one) for one in _told(drawn, fields, "fault"))
    faults = [f"fault\0{name}" for name in fields if f"fault\0{name}" in drawn.columns]
    fine = drawn.filter(pl.all_horizontal(pl.col(faults).is_null())) if rejects else drawn
    notices = [Notice(file, *one) for one in _told(fine, fields, "remark")]
    notices += leftovers(mapping, fine, file)
    return MappedTable(file, _finished(mapping, fine), left_out, rejects, tuple(notices))


def row_keys(mapping: Mapping, table: SourceTable) -> pl.Series:
    """Each row's source key, null where it has none or the mapping names no key."""
    columns = Columns(table.frame.columns, str(table.path))
    return table.frame.with_columns(_key(mapping, columns).alias("\0key")).get_column("\0key")


def _asides(fields: Named[str, Compiled]) -> Iterator[pl.Expr]:
    """What is said of a field's values, and what the file says there."""
    for name, one in fields.items():
        said = {"fault": one.fault, "remark": one.remark}
        if any(words is not None for words in said.values()):
            yield one.raw.alias(f"raw\0{name}")
        yield from (words.alias(f"{what}\0{name}") for what, words in said.items() if words is not None)


def _finished(mapping: Mapping, fine: pl.DataFrame) -> pl.DataFrame:
    values = [pl.col(FIELD + name).alias(name) for name in mapping.fields]
    id_ = [] if ID_FIELD in mapping.fields else [pl.lit(None, dtype=pl.String).alias(ID_FIELD)]
    order = ["order"] if mapping.order else []
    return fine.select("row", "source_key", "region", *id_, *values, *order)


def _told(drawn: pl.DataFrame, fields: Named[str, Compiled], what: str) -> Iterator[tuple[int, str, str, str]]:
    """Row, field, the file's value and the words, wherever there are any."""
    for name in fields:
        if f"{what}\0{name}" not in drawn.columns:
            continue
        words = pl.col(f"{what}\0{name}")
        if drawn.get_column(f"{what}\0{name}").null_count() == drawn.height:
            continue
        for row, raw, said in drawn.filter(words.is_not_null()).select("row", f"raw\0{name}", words).iter_rows():
            yield row, name, raw or "", said


def _wholes(mapping: Mapping, sheet: Sheet) -> list[str]:
    """What names and addresses were taken from, for what is left of it."""
    ofs = {rule.of: "name" if rule.name is not None else "address" for rule in mapping.fields.values() if rule.of}
    both = {name for of in ofs for name in (whole(of), parsed("name", of), parsed("address", of))}
    return [name for name in sheet.frame.columns if name in both]


def _order(mapping: Mapping, columns: Columns, fields: Named[str, Compiled]) -> list[pl.Expr]:
    """The texts by which changes are sent: of a field if the mapping fills one of that name, else of a column."""
    found: list[pl.Expr] = []
    for number, one in enumerate(mapping.orderings):
        if one.name in fields:
            listed = one.name in (*KEY_FIELDS, TAGS_FIELD)
            found.append(fields[one.name].raw if listed else fields[one.name].value)
            continue
        where = mapping.at("order", number)
        column = columns.find(one.name, where, optional=True)
        if column is None:
            raise MappingError(f"{where}: {one.name!r} is neither a mapped field nor a column of the file.")
        found.append(pl.col(column))
    return [pl.concat_list(found).alias("order")] if found else []


def _key(mapping: Mapping, columns: Columns) -> pl.Expr:
    if mapping.key is None:
        return pl.lit(None, dtype=pl.String)
    rule, last = mapping.key, len(mapping.key.columns) - 1
    where = [mapping.at("key", *(("column",) if rule.first_of is None else ("first_of", at))) for at in range(last + 1)]
    found = [columns.find(name, place, optional=True) for name, place in zip(rule.columns, where, strict=True)]
    if not any(found):
        columns.find(rule.columns[last], where[last])  # says what the file has instead
    cells = [pl.col(name) for name in found if name is not None]
    key = pl.coalesce(cells) if len(cells) > 1 else cells[0]
    if not (rule.after or rule.before):
        return key
    if rule.after:
        key = key.str.strip_prefix(rule.after).str.strip_chars()
    if rule.before:
        key = key.str.split(rule.before).list.first()
    key = key.str.strip_chars()
    return pl.when(key != "").then(key)


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
