"""What a run records about its files, so that the next run can tell whether its own look different."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

import polars as pl

from rotor_import.model.change import RowRef
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import Notice, Reject
from rotor_import.pipeline.reading import Inputs

_NAMES = ("first_name", "last_name", "company_name")
_ENOUGH = 5
"""People from which a shared key is noted; a family has fewer."""
_MOST = 20


def file_stats(inputs: Inputs) -> dict[str, Any]:
    """The mapping's fingerprint, each column's filled rows, and how many phones and emails are valid and invalid."""
    filled: Counter[str] = Counter()
    for file in inputs.files:
        filled.update(dict(zip(file.columns, file.filled, strict=True)))
    return {
        "mapping": inputs.mapping.fingerprint,
        "filled": dict(filled),
        "valid": {name: _valid(inputs, name) for name in KEY_FIELDS},
    }


def shared_keys(rows: pl.DataFrame) -> dict[str, list[list[int]]]:
    """For phone and email, the keys that most people share: how many different names, then the first row's place."""
    return {name: _shared(rows, name) for name in KEY_FIELDS}


def _shared(rows: pl.DataFrame, name: str) -> list[list[int]]:
    names = [column for column in _NAMES if column in rows.columns]
    if not names or rows.height < _ENOUGH:
        return []
    keys = rows.get_column(name)
    hashes = keys.hash()  # sorting hashes is faster than counting texts
    ordered = hashes.filter(keys.is_not_null()).sort()
    often = ordered.filter(ordered == ordered.shift(_ENOUGH - 1)).unique()
    if often.is_empty():
        return []
    person = pl.concat_str(names, separator=" ", ignore_nulls=True).str.to_lowercase().str.strip_chars()
    some = rows.filter(hashes.is_in(often.implode()) & keys.is_not_null()).select(
        pl.col(name).alias("key"), "file", "row", person.alias("person")
    )
    people = pl.col("person").filter(pl.col("person") != "").n_unique().alias("people")
    shared = some.group_by("key", maintain_order=True).agg(people, pl.first("file"), pl.first("row"))
    most = shared.filter(pl.col("people") >= _ENOUGH).sort("people", descending=True, maintain_order=True).head(_MOST)
    return [list(line) for line in most.select("people", "file", "row").iter_rows()]


def _valid(inputs: Inputs, name: str) -> list[int]:
    cells = inputs.rows.get_column(name)
    wrong: tuple[Notice | Reject, ...] = (*inputs.notices, *inputs.rejects)
    refs = {(problem.file, problem.row) for problem in wrong if problem.field == name}
    return [cells.len() - cells.null_count(), len(refs - _filled(inputs.rows, name, refs))]


def _filled(rows: pl.DataFrame, name: str, refs: Collection[RowRef]) -> set[RowRef]:
    """Those of the rows that have a value in the column."""
    if not refs:
        return set()
    asked = pl.col("row").is_in(pl.Series([row for _, row in refs], dtype=pl.UInt32).implode())
    return set(rows.select("file", "row", name).filter(asked, pl.col(name).is_not_null()).select("file", "row").rows())
