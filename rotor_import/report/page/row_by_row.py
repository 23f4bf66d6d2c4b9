"""The page's list of rows: what happens to each, with the customer as it would be."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.model.summary import Summary
from rotor_import.report.page.first_screen import row_counts
from rotor_import.report.page.people import People
from rotor_import.report.page.rows_beside import Cells
from rotor_import.report.page.shorten import shortened
from rotor_import.report.page_excerpt import shown_rows
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CREATES, PEOPLE, REVIEW, ROWS, UNDECIDED, UPDATES

_MOST_BYTES = 1_500_000
"""The most bytes of fields in the page: they make up most of it, and it must open quickly."""
_MOST_CELLS_BYTES = 800_000
"""The most bytes of cells of rows on hold and rejected rows."""
_MOST_ROWS = 30

KINDS = {
    "create": ("Add", "go"),
    "update": ("Update", "go"),
    "undecided": ("Add or update", "go"),
    "unchanged": ("Unchanged", ""),
    "merged": ("Merged", ""),
    "held": ("On hold", "wait"),
    "rejected": ("Rejected", "stop"),
    "left_out": ("Left out", ""),
}
"""What happens to a row, and the color of the words."""


@dataclass(frozen=True)
class RowByRow:
    """The lines shown. `kinds` are (disposition, its label, how many rows have it)."""

    lines: list[dict[str, Any]]
    kinds: list[tuple[str, str, int]]
    total: int


def row_by_row(frames: Frames, summary: Summary, cells: Cells, people: People) -> RowByRow:
    counts = row_counts(summary)
    shown = frames[ROWS][shown_rows(frames[ROWS])]
    of_shown = pl.col("customer").is_in(shown.get_column("customer").unique().implode())
    new = pl.concat([frames[CREATES].filter(of_shown), frames[UNDECIDED].filter(of_shown)])
    fields = _fields(new, frames[UPDATES].filter(of_shown))
    merged = _rows(frames[ROWS].filter((pl.col("disposition") == "merged") & of_shown))
    asked = asked_by_row(frames[REVIEW])
    lines, room = [], _MOST_CELLS_BYTES
    for line in shortened(_named(shown, new, frames[PEOPLE])).iter_rows(named=True):
        customer, disposition, ref = line["customer"], line["disposition"], (line["file"], line["row"])
        who: dict[str, str] = {}
        is_kept = disposition not in ("merged", "held", "rejected", "left_out")
        own = list(cells.get(ref, ()))
        if not is_kept:
            who = people.named(ref, own)
        size = sum(len(name) + len(value) + 60 for name, value in own)
        told = own if disposition in ("held", "rejected") and size < room else []
        room -= size if told else 0
        more = {"fields": fields.get(customer, ()), "merged": merged.get(customer, ())} if is_kept and customer else {}
        question = asked.get(ref, "") if disposition == "held" else ""
        lines.append({**line, **who, "fields": (), "merged": (), **more, "cells": told, "question": question})
    kinds = [(kind, words[0], counts[kind]) for kind, words in KINDS.items() if counts.get(kind)]
    return RowByRow(lines, kinds, sum(counts.values()))


def asked_by_row(review: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The question of each row that is a question's first."""
    lines = review.filter(pl.col("kind") != "field").select("file", "row", "question").drop_nulls()
    return {(file, row): question for file, row, question in reversed(lines.rows())}


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
        "file", "row", "disposition", "reason", "customer", "id", "merged_into",
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
