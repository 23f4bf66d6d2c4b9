"""Merges to check, and values that were dropped when rows were merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.report.page.people import People
from rotor_import.report.page.rows_beside import Cells, rows_beside
from rotor_import.report.page.shorten import shortened
from rotor_import.report.report_table import Frames
from rotor_import.report.review import listed_rows
from rotor_import.report.tables import MERGES, REVIEW, ROWS

_MOST = 60
"""The most lines of each kind in the page."""
_ALL = 1 << 30


@dataclass(frozen=True)
class Merges:
    """`suspicious` are customers with the rows that were merged into them; `dropped` are values."""

    suspicious: list[dict[str, Any]]
    more: int
    dropped: list[dict[str, Any]]
    dropped_count: int


def merges(frames: Frames, cells: Cells, people: People) -> Merges:
    dropped = frames[MERGES].filter(pl.col("field").is_not_null())
    customers = suspicious_customers(frames)
    return Merges(
        suspicious=_suspicious(frames, customers.head(_MOST), cells, people),
        more=max(0, customers.len() - _MOST),
        dropped=shortened(dropped.head(_MOST)).to_dicts(),
        dropped_count=dropped.height,
    )


def suspicious_customers(frames: Frames) -> pl.Series:
    """The customers of suspicious merges, but for households: a question asks about those."""
    strange = frames[MERGES].filter(pl.col("suspicious") == "yes")
    households = frames[REVIEW].filter(pl.col("kind") == "household").select(pl.col("file", "rows").fill_null(""))
    asked = {ref for file, rows in households.iter_rows() for ref in listed_rows(file, rows, _ALL)}
    if asked:
        refs = strange.select("file", "row").iter_rows()
        strange = strange.filter(pl.Series([ref not in asked for ref in refs], dtype=pl.Boolean))
    return strange.get_column("customer").unique(maintain_order=True)


def _suspicious(frames: Frames, customers: pl.Series, cells: Cells, people: People) -> list[dict[str, Any]]:
    """Customers with their rows beside each other."""
    if customers.is_empty():
        return []
    rows = frames[ROWS].filter(pl.col("customer").is_in(customers.implode())).group_by("customer").agg("file", "row")
    refs = {customer: list(zip(files, numbers, strict=True)) for customer, files, numbers in rows.iter_rows()}
    return [
        {
            "customer": customer,
            "count": len(refs[customer]),
            **rows_beside(refs[customer][:_MOST], cells, people, max(0, len(refs[customer]) - _MOST)),
        }
        for customer in customers
        if customer in refs
    ]
