"""What independent customers leave in the ledger, as frames: their row links and their baselines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

import polars as pl

from rotor_import.model.baselines import COLUMNS, Agreed
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.independent import Independent
from rotor_import.model.policy import Policy, Write
from rotor_import.model.row_links import KEPT


def kept_links(independent: Independent) -> pl.DataFrame:
    """The links, in `KEPT`, of the rows whose stored link is out of date; the rows must be identified."""
    cells = (pl.col(name).fill_null("").alias(f"cell_{name}") for name in KEY_FIELDS)
    rows = independent.rows.filter(~pl.col("linked"))
    customers = independent.groups.select("group", "customer")
    lines = rows.join(customers, on="group", how="left", maintain_order="left")
    columns = lines.with_columns(pl.lit("").alias("cell_id"), *cells)
    return columns.select(pl.col(name).cast(kind) for name, kind in KEPT.items())


def agreed(independent: Independent, directory: pl.DataFrame, policy: Policy) -> Agreed:
    """The customers whom Rotor holds, with the baselines of all their fields.

    `directory` is in `model.listed.SCHEMA`. The keys of rows that are as their link says have a baseline already.
    """
    others = [name for name in independent.fields if name not in KEY_FIELDS]
    columns = [name for name in independent.fields if name in independent.groups.columns]
    known = independent.groups.filter("known").select("customer", "held_at", "linked", *columns)
    held = directory.select(pl.col(name).alias(f"held {name}") for name in others)

    def lines(positions: pl.Series) -> pl.DataFrame:
        some = known[positions]
        both = some.hstack(held[some.get_column("held_at")])
        fields = (column for name in others for column in _baseline(name, policy.write_of(name)))
        return both.select("customer", *_key_baselines(), *fields)

    return Agreed(known.get_column("customer"), lines)


def _key_baselines() -> Iterator[pl.Expr]:
    for name in KEY_FIELDS:
        yield pl.when(~pl.col("linked")).then(name).alias(f"sent {name}")


def _baseline(name: str, write: Write) -> Iterator[pl.Expr]:
    """What the file says and, where that is another spelling, what Rotor holds."""
    said, held = pl.col(name), pl.col(f"held {name}")
    counts, blank = said.is_not_null(), None
    match write:
        case "always":
            pass
        case "if_empty":
            counts = counts & held.is_null() if name == TAGS_FIELD else counts
        case "clear":
            blank = None if name == TAGS_FIELD else ""
        case unhandled:
            assert_never(unhandled)
    unsaid = pl.when(said.is_null()).then(pl.lit(blank, dtype=COLUMNS[f"sent {name}"]))
    yield pl.when(counts).then(said).otherwise(unsaid).alias(f"sent {name}")
    yield pl.when(counts & said.ne_missing(held)).then(held).alias(f"held {name}")
