"""What a person should look at first: conflicts, suspicious merges, and values dropped in a merge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.report.page.shorten import shortened
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CELLS, MERGES, REVIEW, ROWS

_MOST = 60
"""The most lines of each kind in the page."""

Cells = dict[tuple[str, str], list[tuple[str, str]]]


@dataclass(frozen=True)
class ReviewFirst:
    """What to look at first. `conflicts` are held rows with their `sides`; `merges` are customers with their rows."""

    conflicts: list[dict[str, Any]]
    conflicts_more: int
    fields: list[dict[str, Any]]
    merges: list[dict[str, Any]]
    merges_more: int
    lost: list[dict[str, Any]]
    lost_more: int

    @property
    def empty(self) -> bool:
        return not (self.conflicts or self.fields or self.merges or self.lost)


def review_first(frames: Frames) -> ReviewFirst:
    cells = _cells(frames[CELLS])
    rotor = pl.col("rotor_value").is_not_null()
    conflicts = frames[REVIEW].filter(~rotor)
    fields = frames[REVIEW].filter(rotor)
    lost = frames[MERGES].filter(pl.col("field").is_not_null())
    strange = frames[MERGES].filter(pl.col("suspicious") == "yes")
    customers = strange.get_column("customer").unique(maintain_order=True)
    return ReviewFirst(
        conflicts=[_conflict(line, cells) for line in _lines(conflicts)],
        conflicts_more=max(0, conflicts.height - _MOST),
        fields=_lines(fields),
        merges=_merges(frames, customers.head(_MOST), cells),
        merges_more=max(0, customers.len() - _MOST),
        lost=_lines(lost),
        lost_more=max(0, lost.height - _MOST),
    )


def _lines(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return shortened(frame.head(_MOST)).to_dicts()


def _cells(frame: pl.DataFrame) -> Cells:
    cells: Cells = defaultdict(list)
    for file, row, column, value in shortened(frame).iter_rows():
        cells[file, row].append((column, value))
    return cells


def _conflict(line: dict[str, Any], cells: Cells) -> dict[str, Any]:
    """The held row with its `sides`: the customers that it may belong to."""
    sides = []
    for side in ("a", "b"):
        parts = {part: line[f"{side}_{part}"] for part in ("name", "phone", "email", "id", "customer")}
        if any(parts.values()):
            sides.append({"letter": side.upper(), **parts})
    return {**line, "sides": sides, "cells": cells.get((line["file"], line["row"]), [])}


def _merges(frames: Frames, customers: pl.Series, cells: Cells) -> list[dict[str, Any]]:
    """Customers with their `rows`, the `columns` in which the rows differ, and what they have in `common`."""
    rows = frames[ROWS].filter(pl.col("customer").is_in(customers.implode())).group_by("customer").agg("file", "row")
    refs = {customer: list(zip(files, numbers, strict=True)) for customer, files, numbers in rows.iter_rows()}
    return [_merge(str(customer), refs.get(customer, []), cells) for customer in customers]


def _merge(customer: str, refs: list[tuple[str, str]], cells: Cells) -> dict[str, Any]:
    shown = [(ref, dict(cells.get(ref, []))) for ref in refs[:_MOST]]
    columns = dict.fromkeys(column for _, own in shown for column in own)
    alike = {column for column in columns if len({own.get(column, "") for _, own in shown}) == 1}
    differing = [column for column in columns if column not in alike]
    common = [(column, shown[0][1][column]) for column in columns if column in alike]
    rows = [
        {"file": file, "row": row, "cells": [own.get(name, "") for name in differing]} for (file, row), own in shown
    ]
    return {
        "customer": customer,
        "rows": rows,
        "columns": differing,
        "common": common,
        "more": len(refs) - len(shown),
    }
