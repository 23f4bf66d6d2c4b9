"""What a run records about its files, so that the next run can tell whether its own look different."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl

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
    rows, filled = inputs.rows, inputs.rows.get_column(name).is_not_null()
    wrong: tuple[Notice | Reject, ...] = (*inputs.notices, *inputs.rejects)
    refs = {(problem.file, problem.row) for problem in wrong if problem.field == name}
    asked = pl.col("row").is_in(pl.Series([row for _, row in refs], dtype=pl.UInt32).implode())
    good = set(rows.select("file", "row", filled.alias("filled")).filter("filled", asked).select("file", "row").rows())
    return [int(filled.sum()), len(refs - good)]
