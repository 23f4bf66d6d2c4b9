"""Defuses cells that a spreadsheet would run as a formula in every CSV that we write, and restores them on reading.

An apostrophe goes before such a cell, and before one that looks defused already, so that taking one away is
always right: `+1 763…` becomes `'+1 763…`, and `'=A1` becomes `''=A1`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import polars as pl

_FORMULA = r"[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001 - the wide signs, which some spreadsheets take too
_DANGEROUS = f"^'*{_FORMULA}"
_DEFUSED = f"^'+{_FORMULA}"


def defused(cells: pl.Expr) -> pl.Expr:
    """The strings with an apostrophe before those that a spreadsheet would run."""
    return pl.when(cells.str.contains(_DANGEROUS)).then(pl.lit("'") + cells).otherwise(cells)


def restored(cells: pl.Expr) -> pl.Expr:
    """The strings as they were before `defused`."""
    return pl.when(cells.str.contains(_DEFUSED)).then(cells.str.slice(1)).otherwise(cells)


def defused_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its cells defused, and its columns' names, which come from the file too."""
    if frame.is_empty():
        return _renamed(frame, _DANGEROUS, lambda name: f"'{name}")
    dangerous = frame.select(pl.all().str.contains(_DANGEROUS).any()).row(0, named=True)
    affected = [name for name, found in dangerous.items() if found]
    clean = frame.with_columns(defused(pl.col(affected)).name.keep()) if affected else frame
    return _renamed(clean, _DANGEROUS, lambda name: f"'{name}")


def restored_frame(frame: pl.DataFrame) -> pl.DataFrame:
    if frame.is_empty():
        return _renamed(frame, _DEFUSED, lambda name: name[1:])
    marked = frame.select(pl.all().str.starts_with("'").any()).row(0, named=True)  # no pattern: hardly a cell has one
    affected = [name for name, found in marked.items() if found]
    clean = frame.with_columns(restored(pl.col(affected)).name.keep()) if affected else frame
    return _renamed(clean, _DEFUSED, lambda name: name[1:])


def _renamed(frame: pl.DataFrame, pattern: str, change: Callable[[str], str]) -> pl.DataFrame:
    """The frame with `change` applied to the column names that match the pattern."""
    names = {name: change(name) for name in frame.columns if re.match(pattern, name)}
    return frame.rename(names) if names else frame
