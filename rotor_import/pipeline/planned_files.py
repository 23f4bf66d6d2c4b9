"""The files of a dry run, read again as they were for it, so that a page can show their cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rotor_import.errors import RotorImportError
from rotor_import.mapping import load_mapping
from rotor_import.model.rows import SourceTable
from rotor_import.model.summary import Summary
from rotor_import.source import read_sources


def planned_files(files: Sequence[Path], mapping: str, summary: Summary) -> list[SourceTable]:
    """The tables that the summary is about; none if a file or the mapping was changed so that it can't be read so."""
    try:
        sources = read_sources(files, load_mapping(mapping).source_options)
    except (RotorImportError, OSError):
        return []
    said = [(file["path"], file["sha256"]) for file in summary["files"]]
    return sources if [(str(source.path), source.sha256) for source in sources] == said else []
