"""The baselines of many customers as a frame.

Each line is a customer: `customer`, and for each field `sent X` and `held X`, what was sent and what Rotor then held
(`Baseline.sent` and `Baseline.acknowledged`). `sent X` is null where the field has no baseline, `held X` where Rotor
held what was sent; a column that is null throughout may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.model.fields import FIELDS, TAGS_FIELD, value_from
from rotor_import.model.listed import KINDS
from rotor_import.model.three_way import Baseline

COLUMNS: dict[str, Any] = {"customer": pl.String}
for _name, _kind in KINDS.items():
    COLUMNS |= {f"sent {_name}": _kind, f"held {_name}": _kind}


@dataclass(frozen=True)
class Agreed:
    """Customers whom Rotor has as the file says, and their new baselines.

    `lines` makes the baselines of the customers at the given positions among `customers`.
    """

    customers: pl.Series
    lines: Callable[[pl.Series], pl.DataFrame]


def paired(texts: pl.DataFrame) -> pl.DataFrame:
    """The baselines from columns `customer` and `fields`, the latter JSON: field → [sent, held]."""
    kinds = pl.Struct({name: pl.List(kind) for name, kind in KINDS.items()})
    pairs = texts.select("customer", pl.col("fields").str.json_decode(kinds)).unnest("fields")
    columns = [pl.col("customer")]
    for name in (name for name in FIELDS if pairs.get_column(name).null_count() < pairs.height):
        sent, held = (_without_blank_tags(pl.col(name).list.get(at, null_on_oob=True), name) for at in (0, 1))
        columns += [sent.alias(f"sent {name}"), pl.when(held.ne_missing(sent)).then(held).alias(f"held {name}")]
    return pairs.select(columns)


def _without_blank_tags(value: pl.Expr, name: str) -> pl.Expr:
    """The value, with tags freed of blank ones: blank tags were stored as a text, which decodes to one empty tag."""
    if name != TAGS_FIELD:
        return value
    return value.list.eval(pl.element().filter(pl.element() != ""))


def baselines(frame: pl.DataFrame) -> dict[str, dict[str, Baseline]]:
    """The baselines by customer and field."""
    names = fields_of(frame)
    by_customer = {}
    for line in frame.iter_rows(named=True):
        fields = {}
        for name in names:
            if (sent := line[f"sent {name}"]) is not None:
                held = line.get(f"held {name}")
                fields[name] = Baseline(value_from(sent), value_from(sent if held is None else held))
        by_customer[line["customer"]] = fields
    return by_customer


def fields_of(frame: pl.DataFrame) -> list[str]:
    return [name for name in FIELDS if f"sent {name}" in frame.columns]


def merged(older: pl.DataFrame, newer: pl.DataFrame) -> pl.DataFrame:
    """All customers of both, sorted, with the newer baseline of each field that has one and the older of the others."""
    names = [name for name in FIELDS if name in {*fields_of(older), *fields_of(newer)}]
    if older.is_empty() or newer.is_empty():
        return (newer if older.is_empty() else older).sort("customer")
    both = _beside(older, newer, names, how="full")
    columns = []
    for name in names:
        fresh = pl.col(f"newer sent {name}").is_not_null()
        for side in ("sent", "held"):
            column = f"{side} {name}"
            columns.append(pl.when(fresh).then(f"newer {column}").otherwise(column).alias(column))
    return both.select("customer", *columns).sort("customer")


def unlike(newer: pl.DataFrame, older: pl.DataFrame) -> pl.Series:
    """For each line of `newer`, whether a field has another baseline in `older`, or none."""
    names = fields_of(newer)
    both = _beside(newer, older, names, how="left")
    changed = [
        pl.col(f"sent {name}").is_not_null()
        & pl.any_horizontal(pl.col(f"{s} {name}").ne_missing(pl.col(f"newer {s} {name}")) for s in ("sent", "held"))
        for name in names
    ]
    return both.select(pl.any_horizontal(changed) if changed else pl.lit(value=False)).to_series()


def _beside(left: pl.DataFrame, newer: pl.DataFrame, names: Sequence[str], *, how: Any) -> pl.DataFrame:
    """Both joined by customer, with the columns of the second named `newer …`."""
    wanted = ["customer", *(f"{side} {name}" for name in names for side in ("sent", "held"))]
    left, right = (frame.with_columns(_lacking(frame, wanted)).select(wanted) for frame in (left, newer))
    right = right.rename({name: f"newer {name}" for name in wanted[1:]})
    return left.join(right, on="customer", how=how, coalesce=True, maintain_order="left")


def _lacking(frame: pl.DataFrame, wanted: Iterable[str]) -> list[pl.Expr]:
    return [pl.lit(None, dtype=COLUMNS[name]).alias(name) for name in wanted if name not in frame.columns]
