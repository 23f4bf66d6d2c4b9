"""What independent customers leave in the ledger, as frames: their row links and their baselines."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from rotor_import.model.baselines import COLUMNS, Agreed
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.independent import Independent
from rotor_import.model.row_links import KEPT
from rotor_import.model.rows import Policy


def kept_links(independent: Independent) -> pl.DataFrame:
    """In `KEPT`, the link of each row that is not as its own says already; the rows are identified."""
    cells = (pl.col(name).fill_null("").alias(f"cell_{name}") for name in KEY_FIELDS)
    rows = independent.rows.filter(~pl.col("linked"))
    customers = independent.groups.select("group", "customer")
    lines = rows.join(customers, on="group", how="left", maintain_order="left")
    columns = lines.with_columns(pl.lit("").alias("cell_id"), *cells)
    return columns.select(pl.col(name).cast(kind) for name, kind in KEPT.items())


def agreed(independent: Independent, directory: pl.DataFrame, policy: Policy) -> Agreed:
    """Of each customer whom Rotor holds, the fields that it agrees about; `directory` is in `model.listed.SCHEMA`.

    The keys of rows that are known already were remembered before.
    """
    others = [name for name in independent.fields if name not in KEY_FIELDS]
    columns = [name for name in independent.fields if name in independent.groups.columns]
    known = independent.groups.filter("known").select("customer", "who", "linked", *columns)
    held = directory.select(pl.col(name).alias(f"held {name}") for name in others)

    def lines(places: pl.Series) -> pl.DataFrame:
        some = known[places]
        both = some.hstack(held[some.get_column("who")])
        return both.select("customer", *_keys(), *(one for name in others for one in _field(name, policy)))

    return Agreed(known.get_column("customer"), lines)


def _keys() -> Iterator[pl.Expr]:
    for name in KEY_FIELDS:
        yield pl.when(~pl.col("linked")).then(name).alias(f"sent {name}")


def _field(name: str, policy: Policy) -> Iterator[pl.Expr]:
    """What the file says and, where that is another spelling, what Rotor holds."""
    mine, held = pl.col(name), pl.col(f"held {name}")
    write, kind = policy.write.get(name), COLUMNS[f"sent {name}"]
    said = mine.is_not_null()
    if name == TAGS_FIELD and write == "if_empty":
        said &= held.is_null()
    blank = pl.lit("" if write == "clear" and name != TAGS_FIELD else None, dtype=kind)
    yield pl.when(said).then(mine).otherwise(pl.when(mine.is_null()).then(blank)).alias(f"sent {name}")
    yield pl.when(said & mine.ne_missing(held)).then(held).alias(f"held {name}")
