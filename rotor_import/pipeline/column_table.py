"""A file that is looked at again and again while somebody assigns its columns: it is read once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.mapping import Mapping
from rotor_import.model.rows import SourceOptions, SourceTable
from rotor_import.pipeline.suggesting import only_table, read_table
from rotor_import.source import read_sources
from rotor_import.suggest import named_targets, null_cells, private_columns

_SAMPLE = 2_000
_SEEN = 500
_FIRST = 20
_SAMPLES = 3
_MOST_COUNTS = 20_000
_Key = tuple[object, ...]


@dataclass
class ColumnTable:
    """A read file, and what was found out about its columns. `counts` is filled and emptied by who counts."""

    source: SourceTable
    null_words: dict[str, list[str]]
    """Words that probably mean a blank cell, with the columns in which they stand."""
    counts: OrderedDict[str, object] = field(default_factory=OrderedDict)
    _samples: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def samples(self, column: str) -> tuple[str, ...]:
        """The column's first different cells."""
        if column not in self._samples:
            cells = self.source.frame.get_column(column)
            found = list(dict.fromkeys(cells.head(_SEEN).drop_nulls().head(_FIRST).to_list()))
            if len(found) < _SAMPLES:
                found = cells.head(_SAMPLE).drop_nulls().unique(maintain_order=True).head(_SAMPLES).to_list()
            self._samples[column] = tuple(found[:_SAMPLES] or cells.drop_nulls().head(1).to_list())
        return self._samples[column]

    @cached_property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The fields that each header names."""
        return named_targets(self.names)

    @cached_property
    def private(self) -> dict[str, str]:
        """Columns that should go nowhere by their headers, with the reasons."""
        return private_columns(self.names)

    @property
    def names(self) -> list[str]:
        return self.source.frame.columns

    def cells(self, column: str, null_words: Sequence[str] = ()) -> pl.Series:
        """The column's filled cells."""
        found = self.source.frame.get_column(column).drop_nulls()
        words = sorted({word for word in null_words if word})
        return found.filter(~found.is_in(words)) if words else found

    def head(self, rows: int) -> SourceTable:
        """The first rows, on which a mapping is tried."""
        source = self.source
        return replace(source, frame=source.frame.head(rows), numbers=source.numbers.head(rows))

    def remember(self, key: str, count: object) -> None:
        self.counts[key] = count
        while len(self.counts) > _MOST_COUNTS:
            self.counts.popitem(last=False)


class ColumnTables:
    """Keeps the file that was read last, as long as neither it nor the way of reading it changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: _Key = ()
        self._table: ColumnTable | None = None

    def of(self, file: Path, mapping: Mapping | None = None) -> ColumnTable:
        """The file as the mapping says that it is read; without one as it looks. Raises SourceError, SettingsError."""
        try:
            about = file.stat()
        except OSError as error:
            raise SourceError(f"{file} can't be read ({error.strerror}). Put it back, or choose it again.") from None
        options = mapping.source_options if mapping is not None else SourceOptions()
        how = (options.encoding, options.delimiter, options.sheet, options.header_row)
        key = (str(file), about.st_mtime_ns, about.st_size, about.st_ino, *how)
        with self._lock:
            if self._table is None or key != self._key:
                source = _read(file, options if mapping is not None else None)
                self._table = ColumnTable(source, null_cells(_some(source.frame)))
                self._key = key
            return self._table


def _read(file: Path, options: SourceOptions | None) -> SourceTable:
    """Null words stay: which words are null is changed more often than the file is read."""
    if options is None:
        return read_table(file)
    return only_table(read_sources([file], replace(options, null_values=())), file)


def _some(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows from the whole frame, few enough to look at each cell."""
    return every(frame, _SAMPLE)


def every(frame: pl.DataFrame, most: int) -> pl.DataFrame:
    """At most so many rows, evenly from the whole frame."""
    return frame if frame.height <= most else frame.gather_every(-(-frame.height // most))
