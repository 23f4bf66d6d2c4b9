"""Rows of a file beside each other, with the columns in which they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Cells = Mapping[tuple[str, str], list[tuple[str, str]]]
"""A row's filled cells, by its file and number."""


def rows_beside(refs: Sequence[tuple[str, str]], cells: Cells, more: int = 0) -> dict[str, Any]:
    """The `rows`, the `columns` in which they differ, what they have in `common`, and how many `more` there are."""
    shown = [(ref, dict(cells.get(ref, []))) for ref in refs]
    columns = dict.fromkeys(column for _, own in shown for column in own)
    alike = {column for column in columns if len({own.get(column, "") for _, own in shown}) == 1}
    differing = [column for column in columns if column not in alike]
    rows = [
        {"file": file, "row": row, "cells": [own.get(name, "") for name in differing]} for (file, row), own in shown
    ]
    common = [(column, shown[0][1][column]) for column in columns if column in alike]
    return {"rows": rows, "columns": differing, "common": common, "more": more}
