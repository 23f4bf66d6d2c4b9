"""Cells that hold a spreadsheet's error in place of a value, such as `#REF!`, wherever they were saved as text."""

from __future__ import annotations

import polars as pl

from rotor_import.model.rows import Finding

_NAMES = (
    *("REF!", "N/A", "VALUE!", "DIV/0!", "NAME?", "NULL!", "NUM!", "SPILL!", "CALC!", "FIELD!", "BLOCKED!"),
    *("CONNECT!", "UNKNOWN!", "BUSY!", "EXTERNAL!", "PYTHON!", "ERROR!", "GETTING_DATA"),
)
_ERROR = rf"^#(?:(?i:{'|'.join(name.replace('?', '[?]') for name in _NAMES)})|#{{2,}})$"
"""The names of errors, and the signs that stand for a value in a column that is too narrow for it."""


def without_errors(frame: pl.DataFrame, numbers: pl.Series) -> tuple[pl.DataFrame, list[Finding]]:
    """The frame with such cells left blank, each with a finding."""
    found: list[Finding] = []
    suspects = frame.select(pl.all().str.starts_with("#").any())
    for name in suspects.columns:
        if not suspects.get_column(name).item():
            continue
        cells = frame.get_column(name)
        wrong = cells.str.contains(_ERROR).fill_null(value=False)
        for row, value in zip(numbers.filter(wrong), cells.filter(wrong), strict=True):
            found.append(
                Finding(row, name, value, f"left blank: an error ({value}) instead of a value", rejected=False)
            )
        if wrong.any():
            frame = frame.with_columns(pl.when(~wrong).then(cells).alias(name))
    return frame, found
