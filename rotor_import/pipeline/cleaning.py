"""Source tables → the import's rows: mapped, in normal form and in their order."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from rotor_import.mapping import Mapping, apply_mapping, column_uses
from rotor_import.model.column_uses import ColumnUses
from rotor_import.model.rows import MappedTable, SourceTable
from rotor_import.normalize import KeyRules, Unwanted, normalize, ranked, rows


@dataclass(frozen=True)
class Cleaned:
    tables: Sequence[MappedTable]
    rows: pl.DataFrame
    """As `normalize.rows` has them: neither left out nor rejected."""
    looking: Future[tuple[ColumnUses, ...]]
    """Finds out what the mapping makes of each source's columns, while the import is planned."""


def cleaned(mapping: Mapping, sources: Sequence[SourceTable]) -> Cleaned:
    """Raises MappingError."""
    normal = [clean_table(mapping, _sound(source), index) for index, source in enumerate(sources)]
    tables = ranked(normal, [ordering.descending for ordering in mapping.orderings])
    with_tables = list(zip(sources, normal, strict=True))
    beside = ThreadPoolExecutor(1)
    looking = beside.submit(lambda: tuple(column_uses(mapping, source, table) for source, table in with_tables))
    beside.shutdown(wait=False)
    return Cleaned(tables, rows(tables), looking)


def clean_table(mapping: Mapping, source: SourceTable, file: int) -> MappedTable:
    """The file's table, mapped and normalized. Raises MappingError."""
    return normalize(
        apply_mapping(mapping, source, file),
        invalid={str(name): rule for name, rule in mapping.invalid.items()},
        unwanted=Unwanted.of(mapping.ignore.by_field, mapping.default_region),
        rules=KeyRules(
            area_codes={mapping.default_region: mapping.area_code},
            rest=mapping.rest_fields,
            fix_typos=mapping.fix_typos,
        ),
    )


def _sound(source: SourceTable) -> SourceTable:
    """The table without rows that were rejected while it was read."""
    rejected = {finding.row for finding in source.findings if finding.rejected}
    if not rejected:
        return source
    sound = ~source.numbers.is_in(sorted(rejected))
    return replace(source, frame=source.frame.filter(sound), numbers=source.numbers.filter(sound))
