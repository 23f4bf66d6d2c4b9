"""Mappings proposed for a file, tried on one, and listed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from rotor_import.dedupe import KEYLESS
from rotor_import.errors import SettingsError
from rotor_import.mapping import Preset, load_mapping, mapping_schema, presets
from rotor_import.model.column_names import loose_name
from rotor_import.model.fields import FIELDS, ID_FIELD, KEY_FIELDS, TAGS_FIELD
from rotor_import.model.rows import MappedTable, Notice, Reject, SourceOptions, SourceTable
from rotor_import.normalize import key_forms
from rotor_import.pipeline.column_check import check_columns
from rotor_import.pipeline.reading import clean_table, findings_of
from rotor_import.source import read_sources
from rotor_import.suggest import HEADERS, choose_fields, profile_columns, write_mapping

__all__ = ["Checked", "check_mapping", "list_presets", "mapping_schema", "suggest_mapping"]

_ALIKE = 0.8
"""The share of the columns a preset needs that makes a file look like its system's export."""
_ENOUGH = 4
_SHOWN = 5
_NO_KEYS = "No phones and no emails were found. If the header is another line: `source: {header_row: NUMBER}`"


def suggest_mapping(file: Path) -> str:
    """The text of a mapping for the file: it can be loaded, and each guess has its reason beside it.

    Raises SourceError.
    """
    source = _read(file)
    phones, emails = key_forms("US")
    profiles = profile_columns(source.frame, phones, emails)
    chosen = choose_fields(profiles)
    names = source.frame.columns
    text = write_mapping(
        chosen, profiles, feed=_feed(file), head=_head(source, names), spelling=lambda name: _spelling(name, names)
    )
    if not {"phone", "email"} & {choice.field for choice in chosen.choices}:
        text = text.replace("\nversion: 1\n", f"\n# {_NO_KEYS}\nversion: 1\n", 1)
    if not chosen.choices:
        text = text.replace(
            "fields: {}", "fields: {tags: {add: [imported]}}  # nothing was recognized: fill in by hand"
        )
    return text


def _read(file: Path) -> SourceTable:
    """The file's one table; where its first line is a title, the header is found by its usual words."""
    source = _only_table(read_sources([file], SourceOptions()), file)
    named = [name for at, name in enumerate(source.frame.columns, start=1) if name != f"column_{at}"]
    if file == Path("-") or len(named) > 1:
        return source
    return _only_table(read_sources([file], SourceOptions(wanted=HEADERS)), file)


def _only_table(sources: Sequence[SourceTable], file: Path) -> SourceTable:
    if len(sources) > 1:
        names = ", ".join(str(source.path) for source in sources[:5])
        raise SettingsError(f"{file} holds several tables ({names}). Name one of them.")
    return sources[0]


def _feed(file: Path) -> str:
    """The file's name without dates and numbers, which change from one export to the next."""
    stem = re.sub(r"[\d_\W]+", "_", file.name.split(".")[0].casefold()).strip("_")
    return stem or "customers"


def _head(source: SourceTable, names: Sequence[str]) -> list[str]:
    lines = [
        "yaml-language-server: $schema=mapping.schema.json",
        f"Proposed for {source.path.name} by its headers and {source.frame.height} rows. Look through it, then try:",
        f"  rotor-import mapping check THIS.yaml {source.path.name}",
    ]
    lines += [f"The file was {note}." if note.startswith("read") else f"The file: {note}." for note in source.notes]
    alike = sorted(_likeness(preset, names) for preset in presets())
    if alike and alike[-1][0] >= _ALIKE:
        name = alike[-1][1]
        lines.append(f"The header looks like a known export's: the preset may fit better: -m {name}")
    return lines


def _likeness(preset: Preset, names: Sequence[str]) -> tuple[float, str]:
    """The share of the columns the preset needs that the file has, and the preset's name."""
    have = {loose_name(name) for name in names}
    wanted = {loose_name(column) for column in preset.mapping.needed_columns}
    if len(wanted) < _ENOUGH:
        return 0.0, preset.name
    return len(wanted & have) / len(wanted), preset.name


def _spelling(name: str, names: Sequence[str]) -> str | None:
    """The name without characters that mean something in a mapping; None if another column has that name."""
    if not re.search(r"[*{}\r\n]|\d\+", name):
        return name
    clean = " ".join(re.sub(r"[*{}+]", " ", name).split())
    alike = [other for other in names if loose_name(other) == loose_name(clean)]
    return clean if loose_name(clean) and alike == [name] else None


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
