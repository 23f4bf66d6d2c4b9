"""How many cells of a column would be valid where the mapping sends them: counted for this column alone.

A long column is counted in a sample first, which takes a moment; all of it only where that is not much slower.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from rotor_import.errors import MappingError
from rotor_import.mapping import Mapping, Place
from rotor_import.model.fields import ADDRESSES, NOTES_FIELD, UNIT_FIELDS
from rotor_import.model.rows import Notice, Reject, SourceTable
from rotor_import.pipeline.cleaning import clean_table
from rotor_import.pipeline.column_table import ColumnTable, every

_SAMPLE = 2_000
_FEWER = 300
"""Addresses, each of which takes half a millisecond."""
_LONG = 10_000
"""Cells from which a column is counted in a sample first."""
_MOST_SECONDS = 4.0
_AT_ONCE = 0.1
"""Seconds that a whole column may take at once."""
_SETTINGS = ("region", "area_code", "ignore", "fix_typos")
_FREE = ("key", NOTES_FIELD, "")
"""Where any cell is valid."""


@dataclass(frozen=True)
class Count:
    """Of `looked` filled cells, so many are valid; the most common problem of the others, and how many have it.

    `seconds` is what counting all of the column would take, and 0 where all of it was counted.
    """

    filled: int
    looked: int
    valid: int
    problem: str = ""
    times: int = 0
    seconds: float = 0.0

    @property
    def is_exact(self) -> bool:
        return self.looked == self.filled

    @property
    def invalid(self) -> int:
        return self.looked - self.valid

    @property
    def may_be_exact(self) -> bool:
        """Whether counting all cells is worth its time."""
        return not self.is_exact and self.seconds <= _MOST_SECONDS


def count(table: ColumnTable, settings: ReadOnly[str, Any], column: str, place: Place, *, exact: bool = False) -> Count:
    """The count of the column's cells at its place; what was counted once is remembered.

    `settings` are those of the mapping, as `model_dump(exclude_unset=True)` has them.
    """
    null_words = [word for word in settings.get("source", {}).get("null_values", ()) if word]
    own = _own_mapping(settings, column, place)
    key = json.dumps([column, null_words, own], default=str)
    known = table.counts.get(key)
    if isinstance(known, Count) and (known.is_exact or not exact):
        return known
    found = _counted(table, column, null_words, own, place, exact=exact)
    table.remember(key, found)
    return found


def _counted(
    table: ColumnTable, column: str, null_words: Sequence[str], own: dict[str, Any], place: Place, *, exact: bool
) -> Count:
    names = [column, *_region_column(own, table.names, column)]
    frame = pl.DataFrame([table.source.frame.get_column(name) for name in names])
    cells = frame.get_column(column)
    filled = frame.filter(cells.is_not_null() & ~cells.is_in(sorted(null_words)))
    if not own:
        return Count(filled.height, filled.height, filled.height)
    most = _FEWER if place.target in ADDRESSES else _SAMPLE
    some = filled if exact or filled.height <= (most if most == _FEWER else _LONG) else every(filled, most)
    began = time.perf_counter()
    numbers = pl.int_range(1, some.height + 1, dtype=pl.UInt32, eager=True)
    source = replace(table.source, frame=some, numbers=numbers, findings=())
    try:
        found = _judged(Mapping.model_validate(own), source, place)
    except MappingError:  # another column is missing, which the mapping's own check tells
        return Count(filled.height, filled.height, filled.height)
    took = (time.perf_counter() - began) * filled.height / max(some.height, 1)
    if some.height < filled.height and took <= _AT_ONCE:
        return _counted(table, column, null_words, own, place, exact=True)
    return replace(found, filled=filled.height, seconds=0.0 if some.height == filled.height else took)


def _judged(mapping: Mapping, source: SourceTable, place: Place) -> Count:
    mapped = clean_table(mapping, source, 0)
    height, reasons = source.frame.height, Counter[str]()
    wrong: set[int] = set()
    found: list[Reject | Notice] = [*mapped.rejects]
    if place.target in UNIT_FIELDS:
        found += [notice for notice in mapped.notices if notice.reason.startswith("couldn't split")]
        wrong = {one.row for one in found}
    else:
        (field,) = mapping.fields
        valid = mapped.frame.filter(pl.col(field).is_not_null()).get_column("row")
        wrong = set(range(1, height + 1)) - set(valid)
        found += [notice for notice in mapped.notices if notice.effect == "dropped"]
    told = {one.row: one.reason for one in reversed(found) if one.row in wrong}
    reasons.update(told.values())
    (problem, times), *_ = [*reasons.most_common(1), ("", 0)]
    return Count(height, height, height - len(wrong), problem, times)


def _own_mapping(settings: ReadOnly[str, Any], column: str, place: Place) -> dict[str, Any]:
    """The mapping's value with this column alone; {} where nothing is asked of its cells."""
    if place.target in _FREE or not place.fields:
        return {}
    fields = {}
    for name in place.fields:
        rule = {key: one for key, one in settings["fields"][name].items() if one is not None}
        if rule.keys() & {"sql", "template"}:
            return {}
        if "of" in rule:
            rule["of"] = column
        else:
            rule |= {"column": column}
            rule.pop("first_of", None)
        fields[name] = {key: one for key, one in rule.items() if key not in ("when", "prefer", "optional", "add")}
    own = {key: settings[key] for key in _SETTINGS if key in settings}
    return {"version": 1, **own, "fields": fields}


def _region_column(own: dict[str, Any], names: Sequence[str], column: str) -> list[str]:
    region = own.get("region")
    wanted = region["column"] if isinstance(region, dict) else None
    return [name for name in names if name == wanted and name != column]
