"""Rows of a file beside each other, with the columns in which they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from rotor_import.report.page.people import People
from rotor_import.report.page.shorten import shortened

Cells = Mapping[tuple[str, str], list[tuple[str, str]]]
"""A row's filled cells, by its file and number."""


def cells_by_row(frame: pl.DataFrame) -> Cells:
    """The cells of a report's `cells` table."""
    cells: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for file, row, column, value in shortened(frame).iter_rows():
        cells[file, row].append((column, value))
    return cells


def rows_beside(refs: Sequence[tuple[str, str]], cells: Cells, people: People, more: int = 0) -> dict[str, Any]:
    """The `rows`, the `columns` in which they differ, what they have in `common`, and how many `more` there are."""
    shown = [(ref, dict(cells.get(ref, []))) for ref in refs]
    found = dict.fromkeys((file, column) for (file, _), own in shown for column in own)
    ordered = sorted(found, key=lambda at: not people.naming(*at))  # who they are stands first
    columns = dict.fromkeys(column for _, column in ordered)
    alike = {column for column in columns if len({own.get(column, "") for _, own in shown}) == 1}
    differing = [column for column in columns if column not in alike]
    rows = [
        {"file": file, "row": row, "cells": [own.get(name, "") for name in differing]} for (file, row), own in shown
    ]
    common = [(column, shown[0][1][column]) for column in columns if column in alike]
    return {"rows": rows, "columns": differing, "common": common, "more": more}
