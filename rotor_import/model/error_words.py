"""What a person is told of an error: its own words where they are ours, and never customer data."""

from __future__ import annotations

import traceback
from pathlib import Path

from rotor_import.errors import RotorImportError
from rotor_import.model.location import hidden

OUT_OF_MEMORY = (
    "This computer doesn't have enough memory for this, and nothing was sent. Close other programs, or split the file."
)


def words_of(error: BaseException) -> str:
    """An error's own words, where they are meant for people."""
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    # A connection string without quotes becomes the names of files and folders.
    return hidden(str(error)) if isinstance(error, RotorImportError) else _defect(error)


def _defect(error: BaseException) -> str:
    """A message about an internal error, without the error's own text, which could hold customer data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    return (
        f"This is an internal error (a bug in rotor-import): {type(error).__name__} at {where}. "
        "What was sent is in the ledger. Please report it."
    )
