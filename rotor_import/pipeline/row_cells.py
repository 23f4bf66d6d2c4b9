"""The cells of a file's rows, kept so that some of them are found at once, whatever kind of file it is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from rotor_import.files import write_whole
from rotor_import.mapping import load_mapping
from rotor_import.pipeline.corrections import corrected, read_corrections
from rotor_import.report.page_excerpt import CELLS, COLUMNS
from rotor_import.source import read_sources

_FILE, _ROW = "\0file", "\0row"


def keep_cells(target: Path, file: Path, mapping: str, corrections: Path | None = None) -> None:
    """Keep the cells of the file as it is imported. Raises SourceError, MappingError, CorrectionError or OSError."""
    loaded = load_mapping(mapping)
    sources = tuple(read_sources([file], loaded.source_options))
    if corrections is not None:
        sources = corrected(sources, read_corrections(corrections), loaded.source.null_values).sources
    frames = [
        source.frame.select(pl.nth(range(min(COLUMNS, source.frame.width)))).with_columns(
            pl.lit(str(source.path)).alias(_FILE), source.numbers.alias(_ROW)
        )
        for source in sources
    ]
    whole = pl.concat(frames, how="diagonal")
    write_whole(target, whole.write_ipc)


def kept_cells(target: Path, refs: Iterable[tuple[str, str]]) -> pl.DataFrame:
    """The filled cells of these rows, by file and number, as the table `cells` of a report has them."""
    wanted = pl.DataFrame(sorted({*refs}), schema={_FILE: pl.String, _ROW: pl.String}, orient="row")
    rows = wanted.with_columns(pl.col(_ROW).cast(pl.UInt32, strict=False)).drop_nulls()
    numbers = rows.get_column(_ROW).implode()
    found = pl.scan_ipc(target).filter(pl.col(_ROW).is_in(numbers)).collect().join(rows, on=[_FILE, _ROW], how="semi")
    columns = [name for name in found.columns if name not in (_FILE, _ROW)]
    long = found.unpivot(columns, index=[_FILE, _ROW], variable_name="column", value_name="value").drop_nulls("value")
    place = pl.col(_FILE).alias("file"), pl.col(_ROW).cast(pl.String).alias("row")
    order = pl.col("column").replace_strict(columns, range(len(columns)), default=None, return_dtype=pl.UInt32)
    return long.sort(_FILE, _ROW, order).select(*place, "column", "value").select(CELLS)
