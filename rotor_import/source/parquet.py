"""Parquet files → tables: polars reads them, in a process of its own, as texts that a person would write."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any

import polars as pl

from rotor_import.errors import SourceError
from rotor_import.model.rows import Finding, SourceOptions, SourceTable
from rotor_import.source.bounds import LONGEST_CELL, MOST_COLUMNS
from rotor_import.source.cells import Cells, table
from rotor_import.source.parquet_footer import Footer, broken, read_footer
from rotor_import.source.payload import MOST_BYTES, MOST_UNPACKED, Payload, too_large

_MOST_CELLS = 100_000_000
_MOST_SECONDS = 900
_SMALL = 16 * 2**20
"""What needs more memory than there is and says that it unpacks to less than this is damaged."""
_WORKER = "from rotor_import.source.parquet_worker import main; main()"


def read_parquet(payload: Payload, options: SourceOptions) -> SourceTable:
    """A row is numbered as a spreadsheet with a header would show it. Raises SourceError with file and remedy."""
    footer = read_footer(payload)
    _check_size(payload, footer)
    said, frame = _read(payload, footer)
    numbers = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    findings = [
        Finding(row, column, f"{size} bytes", "left blank: bytes instead of text", rejected=False)
        for row, column, size in sorted(said["undecoded"])
    ]
    cells = Cells(frame.columns, frame, numbers, ("read as a Parquet file",), tuple(findings))
    return table(payload, cells, options, text=False)


def _read(payload: Payload, footer: Footer) -> tuple[dict[str, Any], pl.DataFrame]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ROTOR_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    try:
        done = subprocess.run(  # noqa: S603 - our own module in our own interpreter
            [sys.executable, "-P", "-c", _WORKER, str(MOST_BYTES)],
            input=payload.data,
            env=environment,
            capture_output=True,
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise too_large(payload.path) from None
    first, _, rest = done.stdout.partition(b"\n")
    if b"memory allocation" in done.stderr and footer.unpacked > _SMALL:
        raise too_large(payload.path)
    if done.returncode or not first:
        raise broken(payload)
    said: dict[str, Any] = json.loads(first)
    if "error" in said:
        raise SourceError(
            f"{payload.path} can't be read as a Parquet file ({said['error']}). Export it again, or export it as CSV."
        )
    _check_text(payload, said)
    return said, pl.read_ipc_stream(io.BytesIO(rest))


def _check_size(payload: Payload, footer: Footer) -> None:
    """Refuse what would not fit into memory, by what the file says of itself."""
    if footer.columns > MOST_COLUMNS:
        raise _too_wide(payload, footer.columns)
    if footer.unpacked > MOST_UNPACKED:
        raise too_large(payload.path)
    if footer.rows * max(footer.columns, 1) > _MOST_CELLS:
        raise SourceError(
            f"{payload.path} has {footer.rows:,} rows and {footer.columns:,} columns, more than {_MOST_CELLS:,} cells. "
            "Export only the customers, or split the file."
        )


def _too_wide(payload: Payload, columns: int) -> SourceError:
    return SourceError(
        f"{payload.path} has {columns:,} columns, more than the {MOST_COLUMNS:,} that are allowed. "
        "Export only the columns that describe customers."
    )


def _check_text(payload: Payload, said: dict[str, Any]) -> None:
    """What the worker says of the texts; the columns within columns are counted too."""
    if said["bytes"] > MOST_BYTES:
        raise too_large(payload.path)
    if not said["columns"]:
        raise SourceError(f"{payload.path} has no columns. Export it again.")
    if said["columns"] > MOST_COLUMNS:
        raise _too_wide(payload, said["columns"])
    length, column, row = said.get("longest", (0, "", 0))
    if length > LONGEST_CELL:
        raise SourceError(
            f"{payload.path}, row {row}: the cell in {column!r} is longer than {LONGEST_CELL:,} bytes. "
            "Leave that column out of the export."
        )
