"""Which files of a folder or an archive are tables of customers, and which just lie beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import NamedTuple

from rotor_import.errors import SourceError
from rotor_import.model.rows import SourceOptions, SourceTable
from rotor_import.source.names import hits

_PROSE = ".txt"
"""The extension of files that may be a table, or a note to whoever opens the archive."""
_MANY = 0.5
"""A file with more than this share of the columns needed is one of customers, though some column is missing."""


class Member(NamedTuple):
    """One file among others; `read` raises SourceError."""

    name: str
    read: Callable[[], list[SourceTable]]


def customers_of(
    members: Sequence[Member], options: SourceOptions, *, chosen: bool
) -> tuple[list[SourceTable], list[str]]:
    """The tables of customers, and a few words about each file that is none.

    Files are left out only where another one fits. A file that fits in part is kept, so that whoever reads it on says
    which column is missing, and so are all that somebody has `chosen`, unless they are prose. Raises the SourceError of
    a file that can't be read, unless it is prose beside a table that fits.
    """
    tables: list[tuple[str, SourceTable]] = []
    unread: list[tuple[str, SourceError]] = []
    for member in members:
        try:
            tables += [(member.name, table) for table in member.read()]
        except SourceError as error:
            if PurePath(member.name).suffix.lower() != _PROSE:
                raise
            unread.append((member.name, error))
    fits = [_fit(table, options) for _, table in tables]
    best = max(fits, default=0.0)
    if unread and best < 1:
        nearest = max(zip(fits, tables, strict=True), key=lambda one: one[0], default=None)
        raise SourceError(f"{unread[0][1]} {_if_a_note(nearest and nearest[1], options)}")
    kept: list[SourceTable] = []
    others: list[str] = []
    for (name, table), fit in zip(tables, fits, strict=True):
        if best < 1 or fit > _MANY or (chosen and PurePath(name).suffix.lower() != _PROSE):
            kept.append(table)
        else:
            others.append(f"{name} ({_why(table, options)})")
    return kept, [*others, *(f"{name} (no table)" for name, _ in unread)]


def _if_a_note(nearest: tuple[str, SourceTable] | None, options: SourceOptions) -> str:
    """What else to do about a text that can't be read: it may be no table at all."""
    if nearest is None:
        return "If it is only a note, name the file with the customers instead."
    name, table = nearest
    why = f"{name} isn't one ({_why(table, options)})"
    return f"If it is only a note, remove it: notes are skipped only beside a table of customers, and {why}."


def _fit(table: SourceTable, options: SourceOptions) -> float:
    """The share of the columns needed that it has; without any, whether it has one that is wanted, or several."""
    if options.needed:
        return hits(table.frame.columns, options.needed) / max(hits(options.needed, options.needed), 1)
    if options.wanted:
        return float(hits(table.frame.columns, options.wanted) > 0)
    return float(table.frame.width > 1)


def _why(table: SourceTable, options: SourceOptions) -> str:
    missing = next((name for name in options.needed if not hits(table.frame.columns, [name])), "")
    return (
        f"it has no column {missing!r}"
        if missing
        else "none of the mapping's columns"
        if options.wanted
        else "only one column"
    )
