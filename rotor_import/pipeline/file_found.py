"""A file of customers at first sight: how it was read, and whose export it looks like."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rotor_import.config import preset_files
from rotor_import.pipeline.suggesting import preset_for, read_table, suggest_mapping
from rotor_import.source.payload import MOST_BYTES

__all__ = ["MOST_BYTES", "FileFound", "look_at", "proposed_mapping"]


@dataclass(frozen=True)
class FileFound:
    """`size` is in bytes; `notes` say how the file was read; `preset` is '' where no known export looks like it."""

    rows: int
    columns: int
    size: int
    notes: tuple[str, ...]
    preset: str


def look_at(file: Path) -> FileFound:
    """Raises SourceError, and SettingsError for a file with several tables."""
    source = read_table(file)
    names = source.frame.columns
    return FileFound(source.frame.height, len(names), file.stat().st_size, tuple(source.notes), preset_for(names))


def proposed_mapping(file: Path, preset: str) -> str:
    """The text of the preset, or of a mapping that is suggested for the file. Raises SourceError."""
    if preset:
        return str(preset_files()[preset].read_text(encoding="utf-8"))
    return suggest_mapping(file)
