"""The files of a dry run, read again as they were for it, so that a page can show their cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rotor_import.errors import RotorImportError
from rotor_import.mapping import load_mapping
from rotor_import.model.rows import SourceTable
from rotor_import.model.summary import Summary
from rotor_import.pipeline.corrections import corrected, read_corrections
from rotor_import.source import read_sources


def planned_files(
    files: Sequence[Path], mapping: str, summary: Summary, corrections: Path | None = None
) -> list[SourceTable]:
    """The tables that the summary is about, as corrected; none if they can't be read so any more."""
    try:
        loaded = load_mapping(mapping)
        sources = read_sources(files, loaded.source_options)
        if corrections is not None:
            sources = list(corrected(sources, read_corrections(corrections), loaded.source.null_values).sources)
    except (RotorImportError, OSError):
        return []
    said = [(file["path"], file["sha256"]) for file in summary["files"]]
    return sources if [(str(source.path), source.sha256) for source in sources] == said else []
