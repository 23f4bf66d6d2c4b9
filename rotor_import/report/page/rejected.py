"""The page's list of rejected rows, with what is wrong and the cells to fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.model.rows import REJECT_COLUMNS
from rotor_import.model.summary import Summary
from rotor_import.report.page.people import People
from rotor_import.report.page.rows_beside import Cells
from rotor_import.report.page.shorten import shortened
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import REJECTS, ROWS

FIRST = 10
"""So many rejected rows are unfolded."""
_MOST = 100
"""The most rejected rows in the list."""


@dataclass(frozen=True)
class Rejected:
    """The rows shown: each with its `reason`, and the `problems` as (column or field, value)."""

    rows: list[dict[str, Any]]
    count: int


def rejected_rows(frames: Frames, summary: Summary, cells: Cells, people: People) -> Rejected:
    shown = frames[ROWS].filter(pl.col("disposition") == "rejected").head(_MOST)
    wrong = dict(_wrong(frames, shown))
    rows = []
    for file, row, reason in shortened(shown.select("file", "row", "reason")).iter_rows():
        own = cells.get((file, row), [])
        fields, values = wrong.get((file, row), ("", ""))
        who = people.named((file, row), own)["name"]
        problem = {"reason": reason, "fields": fields, "values": values}
        rows.append({"file": file, "row": row, "name": who, **problem, "cells": own})
    return Rejected(rows, summary["rows"]["rejected"])


def _wrong(frames: Frames, shown: pl.DataFrame) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """The fields and values at fault of each row, by its file and number."""
    files = shown.get_column("file").unique(maintain_order=True).to_list()
    used = [frame for frame in frames.by_source(REJECTS) if not frame.is_empty()]
    for file, frame in zip(files, used, strict=False):
        columns = frame.columns[-len(REJECT_COLUMNS) :]
        lines = frame.head(_MOST).select(
            pl.col(column).alias(name) for column, name in zip(columns, REJECT_COLUMNS, strict=True)
        )
        for row, field, value, _ in shortened(lines).iter_rows():
            yield (file, row), (field, value)
