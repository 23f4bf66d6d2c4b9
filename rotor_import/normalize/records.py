"""Where frames become records."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import polars as pl

from rotor_import.model.fields import KEY_FIELDS, Value
from rotor_import.model.rows import MappedTable, Record

_PLACED = ("row", "source_key", "region", "id", "order", "rank", *KEY_FIELDS)


def records(table: MappedTable) -> Iterator[Record]:
    """One for each row of a normalized table, in its order."""
    names = [name for name in table.frame.columns if name not in _PLACED]
    keys = [pl.col(name) if name in table.frame.columns else pl.lit("").alias(name) for name in KEY_FIELDS]
    rank = pl.col("rank") if "rank" in table.frame.columns else pl.lit(0).alias("rank")
    rows = table.frame.select("row", rank, pl.col("source_key", "id").fill_null(""), *keys, *names)
    for row, place, source_key, id_, phone, email, *cells in rows.iter_rows():
        values = {name: _value(cell) for name, cell in zip(names, cells, strict=True) if cell}
        parts = (source_key, id_, phone or "", email or "")
        yield Record(table.file, row, *parts, values, _digest(parts, values), rank=place)


def number(found: Iterable[Record]) -> Iterator[Record]:
    """Records with their ordinals: how many earlier ones have the same source key or content."""
    seen: Counter[str] = Counter()
    for record in found:
        ordinal = seen[record.ident]
        seen[record.ident] += 1
        yield replace(record, ordinal=ordinal) if ordinal else record


def _value(cell: str | list[str]) -> Value:
    return tuple(cell) if isinstance(cell, list) else cell


def _digest(parts: tuple[str, ...], values: dict[str, Value]) -> str:
    content = repr((parts, sorted(values.items())))
    return hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
