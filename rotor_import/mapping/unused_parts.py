"""Notices about the parts of split names and addresses that no field of the row takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from rotor_import.mapping.compile_fields import parts_column, whole_column
from rotor_import.mapping.rules import ADDRESS_PARTS, NAME_PARTS, Splittable
from rotor_import.mapping.schema import Mapping
from rotor_import.mapping.working_frame import FIELD
from rotor_import.model.rows import Notice


def unused_parts(mapping: Mapping, mapped: pl.DataFrame, file: int) -> Iterator[Notice]:
    """A notice for each part that is in no field of its row, and for each text that could not be split.

    `mapped` has the rows that are kept: their fields, and the columns in which names and addresses were split.
    """
    texts = [name for name in mapping.fields if mapped.schema[FIELD + name] == pl.String]
    fields_of: dict[tuple[Splittable, tuple[str, ...]], dict[str, str]] = defaultdict(dict)
    for field, rule in mapping.fields.items():
        kind: Splittable = "name" if rule.name is not None else "address"
        if rule.of is not None and whole_column(rule.of) in mapped.columns:
            fields_of[kind, rule.of].setdefault(rule.name or rule.address or "", field)
    for (kind, sources), fields in fields_of.items():
        parts = pl.col(parts_column(kind, sources)).struct.unnest()
        rows = mapped.with_columns(parts, pl.col(whole_column(sources)).alias("\0whole"))
        yield from _unsplit(rows, kind, fields, texts, file)
        yield from _dropped(rows, kind, fields, texts, file)


def _unsplit(
    rows: pl.DataFrame, kind: Splittable, fields: dict[str, str], texts: Sequence[str], file: int
) -> Iterator[Notice]:
    field = fields.get("street1") or next(iter(fields.values()))
    doubtful = rows.filter(pl.col("doubt").is_not_null())
    if kind == "name":
        what = "couldn't split this name"
        doubtful = doubtful.filter(~_in_a_field(pl.col("\0whole"), texts))
    else:
        what = "couldn't split this address"
        what += "; all of it is in Street 1" if "street1" in fields else "; it is in no field"
    for row, value, doubt in doubtful.select("row", "\0whole", "doubt").iter_rows():
        yield Notice(file, row, field, value, f"{what}: {doubt}", "told")


def _dropped(
    rows: pl.DataFrame, kind: Splittable, fields: dict[str, str], texts: Sequence[str], file: int
) -> Iterator[Notice]:
    taken = {*fields, "first_last"} | ({"first", "last"} if "first_last" in fields else set())
    field = next(iter(fields.values()))
    certain = rows.filter(pl.col("doubt").is_null())
    for part in NAME_PARTS if kind == "name" else (*ADDRESS_PARTS, "recipient"):
        if part in taken:
            continue
        lost = certain.filter(pl.col(part).is_not_null()).filter(~_in_a_field(pl.col(part), texts))
        for row, value in lost.select("row", part).iter_rows():
            reason = f"not imported: no field uses the {kind}'s {part}"
            yield Notice(file, row, field, value, reason, "told")


def _in_a_field(text: pl.Expr, fields: Sequence[str]) -> pl.Expr:
    """Whether some field of the row contains the text."""
    lower = text.str.to_lowercase()
    cells = [pl.col(FIELD + name).str.to_lowercase() for name in fields]
    return pl.any_horizontal([cell.str.contains(lower, literal=True).fill_null(value=False) for cell in cells])
