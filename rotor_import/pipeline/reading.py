"""Files → records: everything that happens before anybody asks Rotor."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rotor_import.errors import SourceError
from rotor_import.mapping import Mapping, apply_mapping
from rotor_import.model.change import Place
from rotor_import.model.plan import SourceFile
from rotor_import.model.rows import MappedTable, Notice, Policy, Record, Reject, SourceTable
from rotor_import.normalize import normalize, number, ranked, records
from rotor_import.source import read_source


@dataclass(frozen=True)
class Inputs:
    """All files of an import, read, mapped and normalized."""

    mapping: Mapping
    policy: Policy
    sources: tuple[SourceTable, ...]
    records: tuple[Record, ...]
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    left_out: tuple[Place, ...]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        return tuple(
            SourceFile(str(table.path), table.sha256, table.frame.height, tuple(table.frame.columns))
            for table in self.sources
        )

    @property
    def fingerprint(self) -> str:
        """Equal for imports that would be planned alike against the same Rotor."""
        parts = [self.mapping.fingerprint, self.policy.matching, *(table.sha256 for table in self.sources)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_inputs(files: Sequence[Path], mapping: Mapping, policy: Policy) -> Inputs:
    """Raises SourceError or MappingError; nothing has been sent by then."""
    if not files:
        raise SourceError("No file was given. Name at least one CSV file.")
    twice = [path for at, path in enumerate(files) if path.resolve() in {one.resolve() for one in files[:at]}]
    if twice:
        raise SourceError(f"{twice[0]} is named twice. Name each file once.")
    sources = tuple(read_source(path, mapping.source_options) for path in files)
    normal = [
        normalize(
            apply_mapping(mapping, source, index),
            invalid={str(name): rule for name, rule in mapping.invalid.items()},
        )
        for index, source in enumerate(sources)
    ]
    tables = ranked(normal, [one.descending for one in mapping.orderings])
    return Inputs(
        mapping=mapping,
        policy=policy,
        sources=sources,
        records=tuple(number(record for table in tables for record in records(table))),
        rejects=tuple(reject for table in tables for reject in table.rejects),
        notices=tuple(notice for table in tables for notice in table.notices),
        left_out=tuple(_left_out(tables)),
    )


def _left_out(tables: Sequence[MappedTable]) -> list[Place]:
    return [(table.file, row) for table in tables for row in table.left_out]
