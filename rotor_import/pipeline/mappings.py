"""Mappings tried on a file, and listed."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from rotor_import.dedupe import KEYLESS
from rotor_import.mapping import load_mapping, mapping_schema, presets
from rotor_import.model.fields import FIELDS, ID_FIELD, KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import MappedTable, Notice, Reject, SourceTable
from rotor_import.pipeline.cleaning import clean_table
from rotor_import.pipeline.column_check import check_columns
from rotor_import.pipeline.reading import findings_of
from rotor_import.source import read_sources

__all__ = ["Checked", "check_mapping", "list_presets", "mapping_schema"]

_SHOWN = 5


@dataclass(frozen=True)
class Checked:
    """What a mapping makes of a file, as a JSON object."""

    as_json: Mapping[str, Any]

    @property
    def rejected(self) -> int:
        return int(self.as_json["rejected"])


def check_mapping(mapping: str, files: Sequence[Path]) -> Checked:
    """What each field would get from the files. Raises SourceError and MappingError."""
    loaded = load_mapping(mapping)
    sources = read_sources(files, loaded.source_options)
    clean = [clean_table(loaded, source, index) for index, source in enumerate(sources)]
    keyless = _keyless(clean)
    rejects = len({(reject.file, reject.row) for table in clean for reject in table.rejects}) + keyless
    read = [finding for index, source in enumerate(sources) for finding in findings_of(source, index)]
    said: list[Reject | Notice] = []
    for table in clean:
        said += [*table.rejects, *table.notices]
    reasons = Counter(f"{problem.field}: {problem.reason}" for problem in said)
    if keyless:
        reasons[KEYLESS] = keyless
    wrong = Counter(problem.field for problem in said)
    columns = check_columns(loaded, sources, clean, read)
    return Checked(
        {
            "mapping": loaded.name,
            "files": [_about(source) for source in sources],
            "rows": sum(source.frame.height for source in sources),
            "left_out": sum(len(table.left_out) for table in clean),
            "rejected": rejects,
            "problems": dict(reasons.most_common(20)),
            "fields": {
                name: _field(name, clean, wrong[name]) for name in (ID_FIELD, *FIELDS) if name in loaded.mapped_fields
            },
            "columns": columns,
            "sample_rows": _sample(loaded.mapped_fields, clean),
            "unused_columns": [one["column"] for one in columns if not one["fields"] and not one["read_for"]],
        }
    )


def _about(source: SourceTable) -> dict[str, Any]:
    return {"path": str(source.path), "rows": source.frame.height, "notes": list(source.notes)}


def _keyless(tables: Sequence[MappedTable]) -> int:
    """How many rows a first import would reject: no row with the same source key has a key of its own."""
    keys = (ID_FIELD, *KEY_FIELDS)
    rows = pl.concat(
        [
            table.frame.select(
                "source_key",
                pl.any_horizontal(pl.col(name).is_not_null() for name in keys if name in table.frame.columns).alias(
                    "keyed"
                ),
            )
            for table in tables
        ]
    )
    shared = pl.col("source_key").is_not_null() & pl.col("keyed").any().over("source_key")
    return rows.filter(~(pl.col("keyed") | shared)).height


def _field(name: str, tables: Sequence[MappedTable], wrong: int) -> dict[str, Any]:
    cells = pl.concat([_as_text(table.frame, name) for table in tables])
    filled = cells.drop_nulls()
    return {
        "filled": len(filled),
        "blank": len(cells) - len(filled),
        "invalid": wrong,
        "distinct": filled.n_unique(),
        "samples": filled.unique(maintain_order=True).head(_SHOWN).to_list(),
    }


def _sample(fields: Sequence[str], tables: Sequence[MappedTable]) -> list[dict[str, Any]]:
    """The first rows as they would be imported, with their numbers in the file."""
    rows = (
        {"row": number, **{name: value for name, value in zip(fields, values, strict=True) if value is not None}}
        for table in tables
        for number, *values in table.frame.select("row", *(_as_text(table.frame, name) for name in fields)).iter_rows()
    )
    return list(itertools.islice(rows, _SHOWN))


def _as_text(frame: pl.DataFrame, name: str) -> pl.Series:
    cells = frame.get_column(name)
    return cells.list.join(", ").replace("", None) if name == TAGS_FIELD else cells


def list_presets() -> list[dict[str, str]]:
    return [{"name": preset.name, "about": preset.about} for preset in presets()]
