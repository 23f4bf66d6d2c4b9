"""Defuses cells that a spreadsheet would run as a formula in every CSV that we write, and restores them on reading.

An apostrophe goes before such a text, and before one that looks defused already, so that taking one away is
always right: `+1 763…` becomes `'+1 763…`, and `'=A1` becomes `''=A1`. A spreadsheet may also split a cell: at a
semicolon or a tab where its locale separates by them, and then at line breaks too, since only quotes at the beginning
of a cell count. So what follows one of those inside a cell is defused as well: `a;=1+1` becomes `a;'=1+1`.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

_SIGN = r"[=+\-@＝＋－＠]"  # noqa: RUF001 - the wide signs, which some spreadsheets take too
_SKIPPED = r"""['" \x{A0}]*"""
"""What may stand before the sign: quotes that a spreadsheet drops, spaces that it can be told to trim."""
_SEPARATOR = r"[;|；؛،\t\r\n]"  # noqa: RUF001 - the separators of other locales
_AT_START = rf"^({_SKIPPED}(?:{_SIGN}|[\t\r\n]))"
_INSIDE = rf"({_SEPARATOR})({_SKIPPED}{_SIGN})"
_DANGEROUS = rf"{_AT_START}|{_INSIDE}"
_DEFUSED_AT_START = rf"^'({_SKIPPED}(?:{_SIGN}|[\t\r\n]))"
_DEFUSED_INSIDE = rf"({_SEPARATOR})'({_SKIPPED}{_SIGN})"
_DEFUSED = rf"{_DEFUSED_AT_START}|{_DEFUSED_INSIDE}"


def defused(cells: pl.Expr) -> pl.Expr:
    """The strings with an apostrophe before each text in them that a spreadsheet would run."""
    return cells.str.replace_all(_INSIDE, "${1}'${2}").str.replace(_AT_START, "'${1}")


def restored(cells: pl.Expr) -> pl.Expr:
    """The strings as they were before `defused`."""
    return cells.str.replace(_DEFUSED_AT_START, "${1}").str.replace_all(_DEFUSED_INSIDE, "${1}${2}")


def defused_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its cells defused, and its columns' names, which come from the file too."""
    return _renamed(_changed(frame, _DANGEROUS, defused), defused)


def restored_frame(frame: pl.DataFrame) -> pl.DataFrame:
    return _renamed(_changed(frame, _DEFUSED, restored), restored)


def _changed(frame: pl.DataFrame, pattern: str, change: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """The frame with `change` applied to the columns that have a cell which matches the pattern: there are few."""
    if frame.is_empty():
        return frame
    matched = frame.select(pl.all().str.contains(pattern).any()).row(0, named=True)
    affected = [name for name, found in matched.items() if found]
    return frame.with_columns(change(pl.col(affected)).name.keep()) if affected else frame


def _renamed(frame: pl.DataFrame, change: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    names = pl.DataFrame({"name": frame.columns}, schema={"name": pl.String})
    return frame.rename(dict(zip(frame.columns, names.select(change(pl.col("name"))).to_series(), strict=True)))
