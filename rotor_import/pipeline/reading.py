"""Files → records: everything that happens before anybody asks Rotor."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

import polars as pl

from rotor_import.config import Settings
from rotor_import.errors import PlanError, SettingsError, SourceError
from rotor_import.mapping import Mapping, load_mapping
from rotor_import.model.change import RowRef
from rotor_import.model.column_uses import ColumnUses
from rotor_import.model.correction import Corrected, Correction
from rotor_import.model.decision import Decision
from rotor_import.model.plan import SourceFile
from rotor_import.model.policy import Policy
from rotor_import.model.remote import RemotePath, remote_of
from rotor_import.model.rows import MappedTable, Notice, Reject, SourceTable
from rotor_import.pipeline.decisions import Decided, read_decisions
from rotor_import.pipeline.garbage import no_collection
from rotor_import.pipeline.loading import loading
from rotor_import.pipeline.remote_files import Copies, on_this_computer
from rotor_import.pipeline.saved_mark import STANDARD_INPUT, is_saved_plan
from rotor_import.source import read_sources

_LATER = ("pipeline.cleaning", "pipeline.planning", "pipeline.results", "pipeline.dry_plan", "report.page.compiled")
"""What an import needs once its files are read."""


@dataclass(frozen=True)
class Inputs:
    """The files of an import, read, mapped and normalized."""

    mapping: Mapping
    policy: Policy
    sources: tuple[SourceTable, ...]
    rows: pl.DataFrame
    """As `normalize.rows` has them: neither left out nor rejected."""
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    left_out: tuple[RowRef, ...]
    looking: Future[tuple[ColumnUses, ...]] | None = None
    """Finds out what the mapping makes of each source's columns, while the import is planned."""
    decisions: tuple[Decision, ...] = ()
    """What a person decided about rows that were held."""
    corrections: tuple[Correction, ...] = ()
    """The cells that a person corrected, as far as they are used; `sources` have them."""
    correction_notes: tuple[str, ...] = ()

    @property
    def uses(self) -> tuple[ColumnUses, ...]:
        """What the mapping makes of each source's columns."""
        return self.looking.result() if self.looking is not None else ()

    @cached_property
    def identified(self) -> pl.DataFrame:
        """The rows with their natural keys, which stay the same in the next file."""
        from rotor_import.normalize import identified  # noqa: PLC0415 - loaded while the files were read

        return identified(self.rows)

    @cached_property
    def files(self) -> tuple[SourceFile, ...]:
        return tuple(
            SourceFile(
                str(table.path),
                table.sha256,
                table.frame.height,
                tuple(table.frame.columns),
                tuple(table.frame.height - blank for blank in table.frame.null_count().row(0)),
            )
            for table in self.sources
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """How each file was read, if there is anything to say about it."""
        from rotor_import.mapping import null_note  # noqa: PLC0415 - as above

        advice = [null_note(uses.hints) for uses in self.uses] or [""] * len(self.sources)
        said = [[*table.notes, *filter(None, [more])] for table, more in zip(self.sources, advice, strict=True)]
        how = [f"{table.path}: {'; '.join(notes)}." for table, notes in zip(self.sources, said, strict=True) if notes]
        return (*how, *self.correction_notes)

    @property
    def fingerprint(self) -> str:
        """A hash that is equal for imports that are planned alike against the same Rotor."""
        parts = [self.mapping.fingerprint, self.policy.matching.to_text(), *(table.sha256 for table in self.sources)]
        parts += map(str, (*self.decisions, *self.corrections))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@no_collection()
def read(
    files: Sequence[PurePath | str],
    mapping: Mapping | str | Path | None,
    settings: Settings,
    decisions: Decided | None = None,
    approved: Sequence[Correction] | None = None,
    *,
    copies: Copies | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Inputs:
    """What somebody asked to import. `decisions` may be in the settings instead.

    `approved` are the corrections of a saved plan; without them those of the settings count. `copies` are remote
    files that are on this computer already; others are fetched for as long as this takes.
    Raises PlanError, SettingsError, MappingError, DecisionError, CorrectionError or SourceError.
    """
    _refuse_saved_plans(files)
    if mapping is None:
        _need_files(files)  # a plan whose name is mistyped needs no mapping
        raise SettingsError("A mapping is needed. Give it with -m, or make one: rotor-import mapping suggest FILE")
    loaded = mapping if isinstance(mapping, Mapping) else load_mapping(str(mapping))
    policy = loaded.policy(hold_suspicious=settings.hold_suspicious, allow_keyless=settings.allow_keyless)

    path = settings.corrections

    def with_corrections(sources: Sequence[SourceTable]) -> Corrected:
        if approved is None and path is None:
            return _as_read(sources)
        from rotor_import.pipeline import corrections  # noqa: PLC0415 - few imports have any

        if path is None or approved is not None:
            return corrections.corrected_again(sources, approved or ())
        return corrections.corrected(sources, corrections.read_corrections(path), loaded.source.null_values)

    given = [] if copies else files
    with on_this_computer(given, settings.storage, sleep) as (paths, fetched):
        inputs = read_inputs(list(copies or paths), loaded, policy, with_corrections, copies or fetched)
    chosen = chosen_decisions(settings, decisions)
    return inputs if chosen is None else replace(inputs, decisions=read_decisions(chosen, loaded.feed))


def chosen_decisions(settings: Settings, decisions: Decided | None) -> Decided | None:
    """Those of the settings or the others. Raises SettingsError where both are given."""
    if decisions is not None and settings.decisions is not None:
        raise SettingsError("Decisions were given twice: in the settings and as an argument. Give them once.")
    return settings.decisions if decisions is None else decisions


def _refuse_saved_plans(files: Sequence[PurePath | str]) -> None:
    for path in map(Path, files):
        if path.is_file() and is_saved_plan(path):
            raise PlanError(
                f"{path} is a saved plan, not a file of customers. To carry it out: rotor-import run {path}"
            )


def _need_files(files: Sequence[PurePath | str]) -> None:
    for file in files:
        path = Path(file)
        if str(path) != STANDARD_INPUT and remote_of(file) is None and not path.exists():
            raise SourceError(f"There is no file {path}. Check the name and the folder.")


def _as_read(sources: Sequence[SourceTable]) -> Corrected:
    return Corrected(tuple(sources))


def read_inputs(
    files: Sequence[PurePath],
    mapping: Mapping,
    policy: Policy,
    with_corrections: Callable[[Sequence[SourceTable]], Corrected] = _as_read,
    copies: Copies | None = None,
) -> Inputs:
    """The files, read with this mapping. Raises SourceError or MappingError."""
    if not files:
        raise SourceError("No file was given. Give at least one file or folder.")
    with loading(*_LATER):
        read = with_corrections(_read(files, mapping, copies))
    from rotor_import.pipeline.cleaning import cleaned  # noqa: PLC0415 - loaded meanwhile

    sources = read.sources
    findings = [finding for index, source in enumerate(sources) for finding in findings_of(source, index)]
    clean = cleaned(mapping, sources)
    tables = clean.tables
    return Inputs(
        mapping=mapping,
        policy=policy,
        sources=sources,
        rows=clean.rows,
        rejects=(
            *(finding for finding in findings if isinstance(finding, Reject)),
            *(reject for table in tables for reject in table.rejects),
        ),
        notices=(
            *(finding for finding in findings if isinstance(finding, Notice)),
            *(notice for table in tables for notice in table.notices),
        ),
        left_out=tuple(_left_out(tables)),
        looking=clean.looking,
        corrections=read.used,
        correction_notes=read.notes,
    )


def _read(files: Sequence[PurePath], mapping: Mapping, copies: Copies | None) -> list[SourceTable]:
    """Refuses a table that is named twice, also by its folder, and a file whose name is not text."""
    _each_once(files)
    sources = read_sources(files, mapping.source_options, copies)
    _each_once([source.path for source in sources])
    return sources


def _each_once(paths: Sequence[PurePath]) -> None:
    seen: set[PurePath] = set()
    for path in paths:
        name = os.fsencode(path).decode("utf-8", "backslashreplace")
        if name != str(path):  # nothing could write it down
            raise SourceError(f"The file name {name} isn't UTF-8. Rename the file.")
        place = path if isinstance(path, RemotePath) else Path(path).resolve()
        if place in seen:
            raise SourceError(f"{path} is given twice. Give each file once.")
        seen.add(place)


def findings_of(source: SourceTable, file: int) -> list[Reject | Notice]:
    """What was found wrong with rows while the file was read."""
    return [
        (Reject if finding.rejected else Notice)(file, finding.row, finding.column, finding.value, finding.reason)
        for finding in source.findings
    ]


def _left_out(tables: Sequence[MappedTable]) -> list[RowRef]:
    return [(table.file, row) for table in tables for row in table.left_out]
