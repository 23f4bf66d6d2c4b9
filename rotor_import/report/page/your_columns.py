"""How good the files' columns are, for the page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl

from rotor_import.report.page.shorten import shortened
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import QUALITY

_MOST = 120
"""The most columns shown besides those with problems."""


@dataclass(frozen=True)
class YourColumns:
    """The columns shown; `damaged` are those with the most invalid values, worst first."""

    columns: list[dict[str, Any]]
    damaged: list[dict[str, Any]]
    more: int


def your_columns(frames: Frames) -> YourColumns:
    frame = frames[QUALITY]
    named = list(zip(frame.get_column("file"), frame.get_column("column"), strict=True))
    names = list(dict.fromkeys(named))
    first = set(names[:_MOST])
    among_first = pl.Series([name in first for name in named], dtype=pl.Boolean)
    trouble = (pl.col("invalid") != "0") | (pl.col("mended") != "0")
    lines = frame.filter(trouble | among_first).head(10 * _MOST)
    columns = [
        _column(list(part))
        for _, part in groupby(shortened(lines).to_dicts(), key=lambda line: (line["file"], line["column"]))
    ]
    damaged = sorted((column for column in columns if column["invalid"]), key=lambda column: -column["invalid"])
    return YourColumns(columns, damaged[:8], len(names) - len(columns))


def _column(lines: list[dict[str, str]]) -> dict[str, Any]:
    head = lines[0]
    rows, filled = int(head["rows"]), int(head["filled"])
    invalid, mended = int(head["invalid"]), int(head["mended"])
    return {
        "file": head["file"],
        "column": head["column"],
        "rows": rows,
        "filled": filled,
        "share": round(100 * filled / rows) if rows else 0,
        "valid": filled - invalid,
        "invalid": invalid,
        "mended": mended,
        "reasons": [line for line in lines if line["reason"]],
    }
