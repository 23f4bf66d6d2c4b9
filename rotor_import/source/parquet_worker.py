"""A process of its own that reads one Parquet file: standard input to standard output.

polars ends the whole process if a damaged file makes it ask for more memory than there is, and its panics write to
the terminal. Here neither reaches the program.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

_MOST_MEMORY = 6 * 2**30


def main() -> None:
    """Write a line of JSON, and if it has no `error` the texts as an Arrow stream.

    The argument says how many bytes all texts may have.
    """
    _limit_memory()
    most = int(sys.argv[1])
    import polars as pl  # noqa: PLC0415 - after the limit

    from rotor_import.source.parquet_text import as_texts  # noqa: PLC0415 - it imports polars

    try:
        raw = pl.read_parquet(io.BytesIO(sys.stdin.buffer.read()), hive_partitioning=False)
        if (total := _bytes(raw)) > most:
            _say({"bytes": total})
            return
        frame, undecoded = as_texts(raw)
    except pl.exceptions.PolarsError as error:
        _say({"error": (str(error).splitlines() or [""])[0][:120]})
        return
    lengths = frame.select(pl.all().str.len_bytes().cast(pl.UInt64))
    total = sum(lengths.sum().row(0)) if frame.height else 0
    longest = max(lengths.get_columns(), key=lambda column: column.max() or 0) if frame.height else None
    said = {"undecoded": undecoded, "columns": frame.width, "bytes": total}
    if longest is not None:
        said["longest"] = (longest.max() or 0, longest.name, (longest.arg_max() or 0) + 2)
    _say(said)
    if frame.width and total <= most:
        frame.write_ipc_stream(sys.stdout.buffer, compat_level=pl.CompatLevel.newest())


def _bytes(raw: pl.DataFrame) -> int:
    """How long all texts are. One that the file holds once may be in many rows, and in memory they may share it."""
    import polars as pl  # noqa: PLC0415 - after the limit

    lengths = [
        *(raw.select(pl.selectors.string().str.len_bytes().cast(pl.UInt64).sum()).get_columns()),
        *(raw.select(pl.selectors.categorical().cat.len_bytes().cast(pl.UInt64).sum()).get_columns()),
        *(raw.select(pl.selectors.enum().cast(pl.Categorical).cat.len_bytes().cast(pl.UInt64).sum()).get_columns()),
        *(raw.select(pl.selectors.binary().bin.size().cast(pl.UInt64).sum()).get_columns()),
    ]
    return sum(column.item() or 0 for column in lengths if len(column))


def _say(words: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(words).encode() + b"\n")


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit, and the system may set a lower one
        import resource  # noqa: PLC0415 - see above

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
