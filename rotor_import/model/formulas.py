"""Defuses cells that a spreadsheet would run as a formula in every CSV that we write, and restores them on reading.

An apostrophe goes before such a text, and before one that looks defused already, so that taking one away is
always right: `+1 763…` becomes `'+1 763…`, and `'=A1` becomes `''=A1`. A spreadsheet may also split a cell: at a
semicolon or a tab where its locale separates by them, and then at line breaks too, since only quotes at the beginning
of a cell count. So what follows one of those inside a cell is defused as well: `a;=1+1` becomes `a;'=1+1`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

import polars as pl

_SIGN = r"[=+\-@＝＋－＠]"  # noqa: RUF001 - the wide signs, which some spreadsheets take too
_SKIPPED = "['\" \u00a0]*"
"""What may stand before the sign: quotes that a spreadsheet drops, spaces that it can be told to trim."""
_SEPARATOR = r"[;|；؛،\t\r\n]"  # noqa: RUF001 - the separators of other locales
_AT_START = rf"^{_SKIPPED}(?:{_SIGN}|[\t\r\n])"
_INSIDE = rf"({_SEPARATOR})({_SKIPPED}{_SIGN})"
_DEFUSED_AT_START = rf"^'{_SKIPPED}(?:{_SIGN}|[\t\r\n])"
_DEFUSED_INSIDE = rf"({_SEPARATOR})'({_SKIPPED}{_SIGN})"


_FEW = 30
"""Lines."""


@dataclass(frozen=True)
class _Change:
    """What becomes of cells that have a pattern: at their start, or `inside` of them, behind each separator."""

    pattern: str
    to: Callable[[pl.Expr], pl.Expr]
    inside: bool = False

    def applied(self, cells: pl.Expr) -> pl.Expr:
        return pl.when(cells.str.contains(self.pattern)).then(self.to(cells)).otherwise(cells)


_DEFUSING = (
    _Change(_INSIDE, lambda cells: cells.str.replace_all(_INSIDE, "${1}'${2}"), inside=True),
    _Change(_AT_START, lambda cells: pl.lit("'") + cells),
)
_RESTORING = (
    _Change(_DEFUSED_AT_START, lambda cells: cells.str.slice(1)),
    _Change(_DEFUSED_INSIDE, lambda cells: cells.str.replace_all(_DEFUSED_INSIDE, "${1}${2}"), inside=True),
)


def defused(cells: pl.Expr) -> pl.Expr:
    """The strings with an apostrophe before each text in them that a spreadsheet would run."""
    return reduce(lambda done, change: change.applied(done), _DEFUSING, cells)


def restored(cells: pl.Expr) -> pl.Expr:
    """The strings as they were before `defused`."""
    return reduce(lambda done, change: change.applied(done), _RESTORING, cells)


def defused_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with its cells defused, and its columns' names, which come from the file too."""
    filled = [column.name for column in frame if column.null_count() < frame.height]
    return _renamed(_changed(frame, _DEFUSING, filled), defused)


def restored_frame(frame: pl.DataFrame) -> pl.DataFrame:
    # A plain sign is found sooner than a pattern, and few columns have it.
    return _renamed(_changed(frame, _RESTORING, _having(frame, frame.columns, "'")), restored)


def _changed(frame: pl.DataFrame, changes: Sequence[_Change], names: Sequence[str]) -> pl.DataFrame:
    """The frame with each change applied to those of the columns that have a cell for it: there are few."""
    if not names:
        return frame
    parted, oddly_begun = _parted(frame, names), _oddly_begun(frame, names)
    for change in changes:
        affected = _having(frame, parted if change.inside else oddly_begun, change.pattern)
        if affected:
            frame = frame.with_columns(change.applied(pl.col(affected)).name.keep())
    return frame


def _parted(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """The columns with a separator in a cell: most have none."""
    if _is_small(frame):
        return _having(frame, names, _SEPARATOR)
    # One text is searched in half the time of many.
    marks = frame.select(pl.col(names).str.join("").str.contains(_SEPARATOR)).row(0)
    return [name for name, mark in zip(names, marks, strict=True) if mark]


def _oddly_begun(frame: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """The columns with a cell that begins with something else than a letter, a digit or such; no pattern begins so."""
    if _is_small(frame) or not names:
        return list(names)
    cells = pl.col(names)
    # Texts are compared in half the time in which a pattern is looked for.
    plain = cells.is_between(pl.lit("0"), pl.lit("="), closed="left") | cells.is_between(
        pl.lit("A"), pl.lit("\x80"), closed="left"
    )
    marks = frame.select((~plain).any()).row(0)
    return [name for name, mark in zip(names, marks, strict=True) if mark]


def _having(frame: pl.DataFrame, names: Sequence[str], pattern: str) -> list[str]:
    """The columns with a cell that has the pattern, which says the same to Python and to polars."""
    if _is_small(frame):
        found = re.compile(pattern).search
        return [name for name in names if any(map(found, filter(None, frame.get_column(name).to_list())))]
    marks = frame.select(pl.col(name).str.contains(pattern).any() for name in names).row(0) if names else ()
    return [name for name, mark in zip(names, marks, strict=True) if mark]


def _is_small(frame: pl.DataFrame) -> bool:
    """Whether its cells are looked at one by one sooner than as columns."""
    return frame.height <= _FEW


def _renamed(frame: pl.DataFrame, change: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    before = tuple(frame.columns)
    after = _names(before, change)
    return frame if before == after else frame.rename(dict(zip(before, after, strict=True)))


@lru_cache
def _names(names: tuple[str, ...], change: Callable[[pl.Expr], pl.Expr]) -> tuple[str, ...]:
    """The columns' names, changed; tables of a report have the same again and again."""
    return tuple(pl.DataFrame({"name": names}, schema={"name": pl.String}).select(change(pl.col("name"))).to_series())
