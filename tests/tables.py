"""Rows of an import as the stages hand them on, from plain dictionaries."""

import polars as pl

from rotor_import.model.rows import MappedTable
from rotor_import.normalize import rows

KEYS = ("source_key", "id", "phone", "email")


def rows_of(lines, names, *, rank=None, tags=True):
    """`lines` are dictionaries with `key`, keys in normal form and values by name; `rank` gives each one's."""
    columns = {
        "row": pl.Series(range(2, 2 + len(lines)), dtype=pl.UInt32),
        "source_key": [line.get("key") or None for line in lines],
        "region": ["US"] * len(lines),
        "id": [line.get("id") or None for line in lines],
        **{name: [line.get(name) or None for line in lines] for name in ("phone", "email", *names)},
    }
    schema = dict.fromkeys(("source_key", "region", "id", "phone", "email", *names), pl.String)
    if tags:
        columns["tags"] = [list(dict.fromkeys(line.get("tags") or ())) or None for line in lines]
        schema["tags"] = pl.List(pl.String)
    if rank is not None:
        columns["rank"] = pl.Series(rank, dtype=pl.UInt32)
    frame = pl.DataFrame(columns, schema_overrides=schema)
    return rows([MappedTable(0, frame)])
