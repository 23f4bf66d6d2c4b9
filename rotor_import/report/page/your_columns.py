"""What becomes of the files' columns, for the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from rotor_import.model.column_uses import KEY
from rotor_import.model.summary import ColumnUse, Summary
from rotor_import.report.page.shorten import field_words, shortened
from rotor_import.report.quality import BETWEEN_REASONS
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import QUALITY

_MOST = 120
"""The most columns shown besides those with problems."""
_WORST = 8
_LONGEST = 800
"""The most characters of a column's reasons."""
_FIGURES = ("filled", "arrived", "changed", "dropped", "not_imported", "invalid", "mended")
_CALLED = {KEY: "legacy ID"}


@dataclass(frozen=True)
class YourColumns:
    """The columns shown; `damaged` are those with the most invalid values, worst first; `unused` no field takes."""

    columns: list[dict[str, Any]]
    unused: list[dict[str, Any]]
    damaged: list[dict[str, Any]]
    count: int
    more: int


def your_columns(frames: Frames, summary: Summary) -> YourColumns:
    frame = frames[QUALITY]
    if tuple(frame.columns) != QUALITY.columns:  # a report of an earlier version, whose run goes on now
        frame = QUALITY.empty
    rows = {file["path"]: file["rows"] for file in summary["files"]}
    uses = {(one["file"], one["column"]): one for one in summary.get("columns", [])}
    clean = (pl.col("invalid") == "0") & (pl.col("mended") == "0")
    all_lines = frame.with_row_index("at")
    lines = all_lines.filter((pl.col("at") < _MOST) | ~clean).drop("at").head(10 * _MOST)
    columns = [
        _column(line, rows, uses.get((line["file"], line["column"]))) for line in shortened(lines, _LONGEST).to_dicts()
    ]
    damaged = sorted((column for column in columns if column["invalid"]), key=lambda column: -column["invalid"])
    used = [column for column in columns if column["fields"] or column["filled"] != column["not_imported"]]
    unused = [column for column in columns if column not in used]
    return YourColumns(used, unused, damaged[:_WORST], frame.height, frame.height - len(columns))


def _column(line: dict[str, str], rows: Mapping[str, int], use: ColumnUse | None) -> dict[str, Any]:
    figures = {name: int(line[name]) for name in _FIGURES}
    share = round(100 * figures["filled"] / rows[line["file"]]) if rows.get(line["file"]) else 0
    reasons = list(filter(None, re.split(BETWEEN_REASONS, line["reasons"])))
    goes_to = [_CALLED.get(name, field_words(name)) for name in use["fields"]] if use else []
    named = use["rows"] if use else []
    return {**line, **figures, "share": share, "reasons": reasons, "fields": goes_to, "rows": named}
