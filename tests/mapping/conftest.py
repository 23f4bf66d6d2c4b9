from functools import cache
from pathlib import Path

import polars as pl
import pytest

from rotor_import.mapping import apply_mapping, load_mapping
from rotor_import.model.rows import SourceTable


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        path = tmp_path / "map.yaml"
        path.write_text(text if "version" in text else f"version: 1\n{text}", encoding="utf-8")
        return load_mapping(str(path))

    return loaded


@pytest.fixture
def apply(load):
    """Maps rows, given as columns, by a mapping's text, which is read once."""
    load = cache(load)

    def applied(text, columns):
        clean = {name: [value or None for value in values] for name, values in columns.items()}
        frame = pl.DataFrame(clean, schema=dict.fromkeys(clean, pl.String))
        numbers = pl.Series(range(2, 2 + frame.height), dtype=pl.UInt32)
        return apply_mapping(load(text), SourceTable(Path("f.csv"), "", frame, numbers), 0)

    return applied
