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
