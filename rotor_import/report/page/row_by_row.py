"""The page's list of rows: a line for each customer, and for each row that became no customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.report.page.overview import row_counts
from rotor_import.report.page.shorten import shortened
from rotor_import.report.page_excerpt import LINES, shown_rows
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CREATES, PEOPLE, REJECTS, ROWS, UNDECIDED, UPDATES

_MOST_BYTES = 1_500_000
"""The most bytes of fields in the page: they make up most of it, and it must open quickly."""
_MOST_ROWS = 30

KINDS = {
    "create": "Create",
    "update": "Update",
    "unchanged": "Unchanged",
    "undecided": "Undecided",
    "held": "Held",
    "rejected": "Rejected",
    "left_out": "Left out",
}


@dataclass(frozen=True)
class RowByRow:
    """The lines shown. `kinds` are (disposition, its label, how many rows have it, how many of them are shown)."""

    lines: list[dict[str, Any]]
    kinds: list[tuple[str, str, int, int]]
    total: int


def row_by_row(frames: Frames, summary: Mapping[str, Any]) -> RowByRow:
    counts = {kind: count for kind, count in row_counts(summary).items() if kind != "merged"}
    shown = frames[ROWS][shown_rows(frames[ROWS])]
    of_shown = pl.col("customer").is_in(shown.get_column("customer").unique().implode())
    new = pl.concat([frames[CREATES].filter(of_shown), frames[UNDECIDED].filter(of_shown)])
    fields = _fields(new, frames[UPDATES].filter(of_shown))
    rows = _rows(frames[ROWS].filter((pl.col("disposition") == "merged") & of_shown))
    rejects = _rejects(frames.by_source(REJECTS), shown)
    lines = []
    for line in shortened(_named(shown, new, frames[PEOPLE])).iter_rows(named=True):
        customer = line["customer"]
        cells = rejects.get((line["file"], line["row"]), ()) if line["disposition"] == "rejected" else ()
        merged = rows.get(customer, ()) if customer else ()
        lines.append({**line, "fields": fields.get(customer, ()) if customer else (), "merged": merged, "cells": cells})
    kinds = [(kind, word, counts[kind], min(counts[kind], LINES)) for kind, word in KINDS.items() if counts.get(kind)]
    return RowByRow(lines, kinds, sum(counts.values()))


def _named(shown: pl.DataFrame, new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The rows shown, with their customers' `name`, `phone` and `email`, of those that are new and those known."""
    full = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    people = new.select(
        "customer",
        pl.when(full != "").then(full).otherwise("company_name").alias("name"),
        "phone",
        "email",
    )
    joined = shown.join(people, on="customer", how="left", maintain_order="left").join(
        known, on="id", how="left", maintain_order="left", suffix="_known"
    )
    return joined.select(
        "file", "row", "disposition", "reason", "customer", "id",
        *(pl.coalesce(name, f"{name}_known").fill_null("").alias(name) for name in ("name", "phone", "email")),
    )  # fmt: skip


def _fields(new: pl.DataFrame, updates: pl.DataFrame) -> dict[str, list[tuple[str, str, str]]]:
    """The (field, before, after) of each customer."""
    long = (
        new.unpivot(index="customer", variable_name="field", value_name="after")
        .filter(pl.col("after").is_not_null())
        .select("customer", "field", pl.lit("").alias("before"), "after")
    )
    changed = updates.select("customer", "field", "before", "after")
    fields = shortened(pl.concat([changed, long]))
    size = pl.concat_str(pl.all()).str.len_bytes().cast(pl.Int64) + 60
    by_customer = defaultdict(list)
    for customer, *field in fields.filter(size.cum_sum() < _MOST_BYTES).iter_rows():
        by_customer[customer].append(tuple(field))
    return by_customer


def _rows(merged: pl.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """The (file, row) of each customer's merged rows."""
    by_customer = defaultdict(list)
    for customer, file, row in (
        merged.group_by("customer", maintain_order=True).head(_MOST_ROWS).select("customer", "file", "row").iter_rows()
    ):
        by_customer[customer].append((file, row))
    return by_customer


def _rejects(frames: Sequence[pl.DataFrame], shown: pl.DataFrame) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The cells of rejected rows by (file, row)."""
    files = shown.filter(pl.col("disposition") == "rejected")
    by_row: dict[tuple[str, str], list[tuple[str, str]]] = {}
    if files.is_empty():
        return by_row
    for path, frame in zip(files.get_column("file").unique(maintain_order=True), _used(frames), strict=False):
        names = frame.columns[:-4][:60]
        number = frame.columns[-4]
        for line in shortened(frame.head(LINES).select(*names, pl.col(number).alias("\0row"))).iter_rows():
            by_row[path, line[-1]] = [(name, cell) for name, cell in zip(names, line, strict=False) if cell]
    return by_row


def _used(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    return [frame for frame in frames if not frame.is_empty()]
