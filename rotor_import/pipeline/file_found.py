"""A file of customers at first sight: how it was read, and whose export it looks like."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rotor_import.config import preset_files
from rotor_import.errors import SourceError
from rotor_import.mapping import presets
from rotor_import.pipeline.saved_mark import is_saved_plan
from rotor_import.pipeline.suggesting import preset_for, read_table, suggest_mapping
from rotor_import.source.payload import MOST_BYTES
from rotor_import.source.sheets import sheet_names

__all__ = ["MOST_BYTES", "FileFound", "look_at", "proposed_mapping", "refuse_saved_plan", "sheets_of"]

_SOURCE = re.compile(r"^source:[ \t]*(\{)?", re.MULTILINE)
_VERSION = re.compile(r"^version:.*\n(feed:.*\n)?", re.MULTILINE)


@dataclass(frozen=True)
class FileFound:
    """`size` is in bytes; `notes` say how the file was read; `preset` is '' where no known export looks like it.

    `system` is the proper name of whose export it is.
    """

    rows: int
    columns: int
    size: int
    notes: tuple[str, ...]
    preset: str
    system: str = ""


def look_at(file: Path, sheet: str = "") -> FileFound:
    """Read once, as long as the file stays as it is. Raises SourceError, and SettingsError for several tables."""
    state = _state(file)
    refuse_saved_plan(file)
    return _look_at(file, sheet, *state)


def refuse_saved_plan(file: Path) -> None:
    """Raises SourceError: its tables could be read, but they are no export of customers."""
    if is_saved_plan(file):
        raise SourceError(f"{file} is a saved plan, not a file of customers. To send it: rotor-import run {file}")


def sheets_of(file: Path) -> tuple[str, ...]:
    """The sheets among which a person can choose; none where there is no choice."""
    try:
        names = _sheets_of(file, *_state(file))
    except SourceError:
        return ()
    return names if len(names) > 1 else ()


def largest_sheet(file: Path) -> str:
    """The sheet with the most cells, where a person could choose among several; '' where none of them can be read."""
    sizes = {}
    for sheet in sheets_of(file):
        try:
            found = look_at(file, sheet)
        except SourceError:
            continue
        sizes[sheet] = found.rows * found.columns
    return max(sizes, key=lambda sheet: sizes[sheet], default="")


def proposed_mapping(file: Path, preset: str, sheet: str = "") -> str:
    """The text of the preset, or of a mapping that is suggested for the file. Raises SourceError."""
    text = str(preset_files()[preset].read_text(encoding="utf-8")) if preset else suggest_mapping(file, sheet)
    return _with_sheet(text, sheet) if sheet else text


def _state(file: Path) -> tuple[int, int]:
    try:
        about = file.stat()
    except FileNotFoundError:
        raise SourceError(f"There is no file {file}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{file} can't be read ({getattr(error, 'strerror', None) or error}).") from None
    return about.st_size, about.st_mtime_ns


@lru_cache(maxsize=4)
def _look_at(file: Path, sheet: str, size: int, _changed: int) -> FileFound:
    source = read_table(file, sheet)
    names = source.frame.columns
    preset = preset_for(names)
    about = next((one.about for one in presets() if one.name == preset), "")
    system = about.partition(":")[0].partition(" (")[0]
    return FileFound(source.frame.height, len(names), size, tuple(source.notes), preset, system)


@lru_cache(maxsize=4)
def _sheets_of(file: Path, _size: int, _changed: int) -> tuple[str, ...]:
    return tuple(sheet_names(file))


def _with_sheet(text: str, sheet: str) -> str:
    """The mapping's text with the sheet in it: JSON's way to write text is YAML's too."""
    name = json.dumps(sheet, ensure_ascii=False)
    found = _SOURCE.search(text)
    if found is None:
        at = _VERSION.search(text)
        end = at.end() if at else 0
        return f"{text[:end]}source: {{sheet: {name}}}\n{text[end:]}"
    begun = f"source: {{sheet: {name}, " if found[1] else f"source:\n  sheet: {name}"
    return text[: found.start()] + begun + text[found.end() :]
