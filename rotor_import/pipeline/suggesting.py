"""A mapping proposed for a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rotor_import.errors import SettingsError
from rotor_import.mapping import Preset, kind_of_name, presets, split_address
from rotor_import.model.column_names import loose_name
from rotor_import.model.rows import SourceOptions, SourceTable
from rotor_import.normalize import key_forms
from rotor_import.source import read_sources
from rotor_import.suggest import (
    HEADERS,
    Judges,
    choose_fields,
    null_cells,
    profile_columns,
    without_null_cells,
    write_mapping,
)

__all__ = ["suggest_mapping"]

_ALIKE = 0.8
"""The share of the columns a preset needs that makes a file look like its system's export."""
_ENOUGH = 4
_MANY, _MOSTLY = 6, 0.5
_STAMP = re.compile(
    r"(?<!\d)(?:"
    r"(?:19|20)\d\d(?:[-_ ]?(?:0[1-9]|1[0-2])(?:[-_ ]?[0-3]\d)?)?"  # 2026, 2026-11, 2026-11-28, 20261128
    r"|[0-3]?\d[-_ ][0-3]?\d[-_ ](?:19|20)?\d\d"  # 11-28-2026, 28-11-26
    r")(?:[t_\W]*(?:[01]\d|2[0-3])[-_h]?[0-5]\d(?:[-_m]?[0-5]\d)?(?:[ap]m|z)?)?(?!\d)"  # and a time of day
)
_NO_KEYS = "No phones or emails were found. If the header is in another row: `source: {header_row: NUMBER}`"


def suggest_mapping(file: Path, sheet: str = "") -> str:
    """The text of a mapping for the file: it can be loaded, and each guess has its reason beside it.

    Raises SourceError.
    """
    source = read_table(file, sheet)
    words = null_cells(source.frame)
    profiles = profile_columns(without_null_cells(source.frame, words), judges())
    chosen = choose_fields(profiles)
    chosen.null_words = words
    names = source.frame.columns
    text = write_mapping(
        chosen, profiles, feed=_feed(file), head=_head(source, names), spelling=lambda name: spelling_of(name, names)
    )
    if not {"phone", "email"} & {choice.field for choice in chosen.choices}:
        text = text.replace("\nversion: 1\n", f"\n# {_NO_KEYS}\nversion: 1\n", 1)
    return text


def judges() -> Judges:
    """What this program makes of cells: suggestions are judged by it."""
    phones, emails = key_forms("US")
    return Judges(phones, emails, kind_of_name, lambda cell: split_address(cell).doubt is None)


def preset_for(names: Sequence[str]) -> str:
    """The preset whose export has this header, with every column that it needs; '' if there is none.

    One that needs few columns is recognized by those that it would import: a good part of its own, or of the file's.
    """
    have = {loose_name(name) for name in names}
    fits = [
        (known, -len(preset.mapping.columns_used), preset) for preset in presets() if (known := _known(preset, have))
    ]
    return max(fits, key=lambda fit: fit[:2])[2].name if fits else ""


def read_table(file: Path, sheet: str = "") -> SourceTable:
    """The file's one table; where its first line is a title, the header is found by its usual words."""
    options = SourceOptions(sheet=sheet or None)
    source = only_table(read_sources([file], options), file)
    named = [name for at, name in enumerate(source.frame.columns, start=1) if name != f"column_{at}"]
    if file == Path("-") or len(named) > 1:
        return source
    return only_table(read_sources([file], replace(options, wanted=HEADERS)), file)


def only_table(sources: Sequence[SourceTable], file: Path) -> SourceTable:
    if len(sources) > 1:
        names = ", ".join(str(source.path) for source in sources[:5])
        raise SettingsError(f"{file} contains several tables ({names}). Name one of them.")
    return sources[0]


def _feed(file: Path) -> str:
    """The file's name without dates and times, which change with each export; other numbers tell files apart.

    So `clients-2026-11-28.csv` is of the feed `clients`, and `clients (1).csv` and `clients2.csv` are of their own.
    """
    stem = _STAMP.sub("_", file.name.split(".")[0].casefold())
    return re.sub(r"[_\W]+", "_", stem).strip("_") or "customers"


def _head(source: SourceTable, names: Sequence[str]) -> list[str]:
    count = source.frame.height
    read = f"its headers and {count:,} {'row' if count == 1 else 'rows'}"
    lines = [
        "yaml-language-server: $schema=mapping.schema.json",
        f"Suggested for {source.path.name} from {read}. Check it, then try:",
        f"  rotor-import mapping check THIS.yaml {source.path.name}",
    ]
    lines += [f"The file was {note}." if note.startswith("read") else f"The file: {note}." for note in source.notes]
    alike = sorted(_likeness(preset, names) for preset in presets())
    if alike and alike[-1][0] >= _ALIKE:
        name = alike[-1][1]
        lines.append(f"The header looks like that of a known export; its preset may fit better: -m {name}")
    return lines


def _likeness(preset: Preset, names: Sequence[str]) -> tuple[float, str]:
    """The share of the columns the preset needs that the file has, and the preset's name."""
    have = {loose_name(name) for name in names}
    wanted = {loose_name(column) for column in preset.mapping.needed_columns}
    if len(wanted) < _ENOUGH:
        return 0.0, preset.name
    return len(wanted & have) / len(wanted), preset.name


def _known(preset: Preset, have: set[str]) -> int:
    """How many of the columns the preset imports, 0 if they are not those of its system."""
    needed = {loose_name(column) for column in preset.mapping.needed_columns}
    used = {loose_name(column) for column in preset.mapping.columns_used}
    known = len(used & have)
    is_certain = len(needed) >= _ENOUGH
    is_likely = known >= _MANY and known >= _MOSTLY * min(len(used), len(have))
    return known if needed <= have and (is_certain or is_likely) else 0


def spelling_of(name: str, names: Sequence[str]) -> str | None:
    """The name without characters that mean something in a mapping; None if another column has that name."""
    if not re.search(r"[*{}\r\n]|\d\+", name):
        return name
    clean = " ".join(re.sub(r"[*{}+]", " ", name).split())
    alike = [other for other in names if loose_name(other) == loose_name(clean)]
    return clean if loose_name(clean) and alike == [name] else None
