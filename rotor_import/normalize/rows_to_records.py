"""Normalized tables as one frame of rows, and records of the rows that are looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import polars_hash as plh

from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD, value_from
from rotor_import.model.rows import PLACED, MappedTable, Record

_DIGITS = 32
_PART = 100_000
"""Rows whose digests are computed together."""


def rows(tables: Sequence[MappedTable]) -> pl.DataFrame:
    """All rows of an import, in order.

    Columns: `file`, `row` and `rank` (UInt32), `source_key`, `id`, `phone` and `email`, then one for each other
    mapped field; String, but List(String) for `tags`; blank is null.
    """
    return pl.concat([_rows(table) for table in tables]).rechunk()


def _rows(table: MappedTable) -> pl.DataFrame:
    columns = table.frame.columns
    names = [name for name in columns if name not in (*PLACED, "region", "order")]
    keys = [pl.col(name) if name in columns else pl.lit(None, dtype=pl.String).alias(name) for name in KEY_FIELDS]
    rank = pl.col("rank") if "rank" in columns else pl.lit(0).alias("rank")
    return table.frame.select(
        pl.lit(table.file, dtype=pl.UInt32).alias("file"),
        pl.col("row").cast(pl.UInt32),
        rank.cast(pl.UInt32),
        "source_key",
        "id",
        *keys,
        *names,
    )


def value_columns(frame: pl.DataFrame) -> list[str]:
    """The mapped fields other than keys."""
    return [name for name in frame.columns if name not in PLACED]


def identified(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with `digest`, a hash of everything in a row but its RowRef and rank, `natural_key` and `occurrence`.

    The occurrence (UInt32) counts the earlier rows with the same natural key, so `frame` must hold all of them.
    The digest is stored, so it must never differ between versions of any library: it is BLAKE3 of the filled
    fields in the order of their names, each preceded by its length.
    """
    named = frame.with_columns(_digests(frame))
    key, hashed = pl.format("k:{}", "source_key"), pl.format("h:{}", "digest")
    named = named.with_columns(pl.coalesce(key, hashed).alias("natural_key"))
    occurrence = pl.Series("occurrence", [0], dtype=pl.UInt32).new_from_index(0, named.height)
    repeated = named.get_column("natural_key").is_duplicated()
    if repeated.any():
        counted = pl.int_range(pl.len(), dtype=pl.UInt32).over("natural_key")
        again = named.filter(repeated).select(counted.alias("occurrence")).to_series()
        occurrence = occurrence.scatter(repeated.arg_true(), again)
    return named.with_columns(occurrence)


def _digests(frame: pl.DataFrame) -> pl.Series:
    """The digest of each row. Parts are computed in parallel, since the contents of all rows are much text."""
    names = ["source_key", "id", *KEY_FIELDS, *value_columns(frame)]
    content = pl.concat_str([_content(name) for name in sorted(names)], ignore_nulls=True).alias("digest")
    digest = plh.col("digest").chash.blake3().str.slice(0, _DIGITS)
    if frame.height <= _PART:
        return frame.select(content).select(digest).to_series()
    parts = [frame.slice(start, _PART).lazy().select(content).select(digest) for start in range(0, frame.height, _PART)]
    return pl.concat(pl.collect_all(parts), rechunk=True).to_series()


def _content(name: str) -> pl.Expr:
    cell = pl.col(name)
    if name == TAGS_FIELD:
        lengths = cell.list.eval(pl.element().str.len_bytes().cast(pl.String)).list.join(",")
        return pl.format(f"{name}={{}}:{{}};", lengths, cell.list.join(""))
    return pl.format(f"{name}={{}}:{{}};", cell.str.len_bytes(), cell)


def records(frame: pl.DataFrame) -> Iterator[Record]:
    """A record for each of the identified rows, in their order."""
    names = value_columns(frame)
    filled = [pl.col(name).fill_null("") for name in ("source_key", "id", *KEY_FIELDS)]
    lines = frame.select("file", "row", *filled, "digest", "occurrence", "rank", *names)
    for file, row, key, id_, phone, email, digest, occurrence, rank, *cells in lines.iter_rows():
        values = {name: value_from(cell) for name, cell in zip(names, cells, strict=True) if cell}
        yield Record(file, row, key, id_, phone, email, values, digest, occurrence, rank)
