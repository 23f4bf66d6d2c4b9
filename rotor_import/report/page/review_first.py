"""What a person should review first: questions, suspicious merges, and values dropped in a merge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.report.page.questions import Asked, asked_questions
from rotor_import.report.page.rows_beside import Cells, rows_beside
from rotor_import.report.page.shorten import shortened
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CELLS, MERGES, REVIEW, ROWS

_MOST = 60
"""The most lines of each kind in the page."""


@dataclass(frozen=True)
class ReviewFirst:
    """What to review first. `asked` are the questions by kind; `merges` are customers with their rows."""

    asked: list[Asked]
    merges: list[dict[str, Any]]
    merges_more: int
    lost: list[dict[str, Any]]
    lost_more: int

    @property
    def empty(self) -> bool:
        return not (self.asked or self.merges or self.lost)


def review_first(frames: Frames) -> ReviewFirst:
    cells = _cells(frames[CELLS])
    lost = frames[MERGES].filter(pl.col("field").is_not_null())
    strange = frames[MERGES].filter(pl.col("suspicious") == "yes")
    customers = strange.get_column("customer").unique(maintain_order=True)
    return ReviewFirst(
        asked=asked_questions(frames[REVIEW], cells),
        merges=_merges(frames, customers.head(_MOST), cells),
        merges_more=max(0, customers.len() - _MOST),
        lost=shortened(lost.head(_MOST)).to_dicts(),
        lost_more=max(0, lost.height - _MOST),
    )


def _cells(frame: pl.DataFrame) -> Cells:
    cells: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for file, row, column, value in shortened(frame).iter_rows():
        cells[file, row].append((column, value))
    return cells


def _merges(frames: Frames, customers: pl.Series, cells: Cells) -> list[dict[str, Any]]:
    """Customers with their rows beside each other."""
    if customers.is_empty():
        return []
    rows = frames[ROWS].filter(pl.col("customer").is_in(customers.implode())).group_by("customer").agg("file", "row")
    refs = {customer: list(zip(files, numbers, strict=True)) for customer, files, numbers in rows.iter_rows()}
    return [_merge(str(customer), refs.get(customer, []), cells) for customer in customers]


def _merge(customer: str, refs: list[tuple[str, str]], cells: Cells) -> dict[str, Any]:
    return {"customer": customer, **rows_beside(refs[:_MOST], cells, max(0, len(refs) - _MOST))}
