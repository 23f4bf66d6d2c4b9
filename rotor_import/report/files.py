"""Writes the report's files. They hold customer data, so only their owner can read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import polars as pl

from rotor_import.errors import ReportError, SettingsError
from rotor_import.files import make_private, write_whole
from rotor_import.model.formulas import defused_frame

SaveText = Callable[[Path, str], None]
_FEW = 200
"""Lines that are written faster as one text than through a file of Python's."""


def make_folder(folder: Path) -> Path:
    """Raises SettingsError if the folder can't be made."""
    try:
        make_private(folder)
    except OSError as error:
        raise SettingsError(
            f"The report folder {folder} can't be created ({error.strerror}). Choose another with --report-dir."
        ) from None
    return folder


def save(path: Path, frame: pl.DataFrame) -> None:
    save_parts(path, [frame])


def save_parts(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames with the same columns into one CSV file; each is released once it is written.

    A byte order mark tells Excel that it is UTF-8. A blank (null) is written as an empty cell without quotes. No cell
    runs as a formula in a spreadsheet.
    """

    def write(file: IO[bytes]) -> None:
        for number, frame in enumerate(frames):
            is_first, harmless = number == 0, defused_frame(frame)
            if harmless.height <= _FEW:
                file.write(harmless.write_csv(include_bom=is_first, include_header=is_first).encode())
            else:
                harmless.write_csv(file, include_bom=is_first, include_header=is_first)

    write_file(path, write)


def write_text(path: Path, text: str) -> None:
    """Raises ReportError."""
    write_file(path, lambda file: file.write(text.encode()))


def write_file(
    path: Path, write: Callable[[IO[bytes]], object], advice: str = "Free up space, or choose another --report-dir."
) -> None:
    """Raises ReportError."""
    try:
        write_whole(path, write)
    except OSError as error:
        raise ReportError(f"The report {path} can't be written ({error.strerror}). {advice}") from None
