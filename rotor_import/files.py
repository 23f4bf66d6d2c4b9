"""Files written whole or not at all, and files known by their content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

_OWNER_ONLY = 0o600


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write beside the file and rename, so that a reader never meets half of it; only its owner can read it.

    Raises OSError.
    """
    unready = path.with_name(path.name + ".part")
    descriptor = os.open(unready, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w+b") as file:
        write(file)
        file.flush()
        os.fsync(descriptor)
    unready.replace(path)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, which are read piece by piece. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
