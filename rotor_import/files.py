"""Files written whole or not at all, folders that only their owner can enter, and files known by their content."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

_OWNER_ONLY = 0o600
_ORDINARY = 0o666
"""Less what the umask takes away."""
_OWNERS_FOLDER = 0o700
_SCRATCH = "rotor-import-copies-"
_LOCK = ".lock"


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, so that only its owner can enter, whatever the umask.

    Folders that are there stay as they are. Raises OSError.
    """
    missing, above = [], folder
    while not above.exists() and above != above.parent:
        missing.append(above)
        above = above.parent
    for each in reversed(missing):
        with suppress(FileExistsError):  # another program made it meanwhile
            each.mkdir(_OWNERS_FOLDER)
            each.chmod(_OWNERS_FOLDER)
    if not folder.is_dir():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))


def nearest_folder(folder: Path) -> Path:
    """The folder itself if it is there, else the nearest one above it that is."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def create_private(path: Path) -> None:
    """Make an empty file that only its owner can read, whatever the umask; one that is there stays. Raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError:
        return
    try:
        if os.name == "posix":
            os.fchmod(descriptor, _OWNER_ONLY)
    finally:
        os.close(descriptor)


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write beside the file and rename, so that a reader never meets half of it; only its owner can read it.

    Raises OSError.
    """
    unready = path.with_name(path.name + ".part")
    descriptor = os.open(unready, os.O_RDWR | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    if os.name == "posix":
        os.fchmod(descriptor, _OWNER_ONLY)  # whatever the umask, or whoever left the file
    _write(path, unready, descriptor, write)


def write_ordinary(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """As `write_whole`, for what holds no secret: a file that is there keeps its mode, and its owner where possible.

    A new one has the mode that the umask leaves it. Raises OSError.
    """
    unready = path.with_name(path.name + ".part")
    unready.unlink(missing_ok=True)
    before = path.stat() if path.exists() else None
    mode = _ORDINARY if before is None else _OWNER_ONLY
    descriptor = os.open(unready, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
    if before is not None and os.name == "posix":
        with suppress(PermissionError):  # only root gives files away
            os.fchown(descriptor, before.st_uid, before.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
    _write(path, unready, descriptor, write)


def _write(path: Path, unready: Path, descriptor: int, write: Callable[[IO[bytes]], object]) -> None:
    with os.fdopen(descriptor, "w+b") as file:
        write(file)
        file.flush()
        os.fsync(descriptor)
    unready.replace(path)


class ScratchFolder:
    """A folder that only this user can enter, until it is cleaned up, or its program dies; as a context manager.

    It holds a lock as long as it lives, which any program on this computer can see, in whatever container. Those that
    killed programs left are removed.
    """

    def __init__(self) -> None:
        _sweep()
        self._folder = tempfile.TemporaryDirectory(prefix=_SCRATCH)
        self.name = self._folder.name
        self._lock = os.open(Path(self.name) / _LOCK, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        _take_lock(self._lock)

    def __enter__(self) -> str:
        return self.name

    def __exit__(self, *_: object) -> None:
        self.cleanup()

    def cleanup(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        self._folder.cleanup()


def _sweep() -> None:
    if os.name != "posix":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        with suppress(OSError):  # another user's, or another program is quicker
            descriptor = os.open(folder / _LOCK, os.O_RDWR)
            try:
                if folder.stat().st_uid == os.getuid() and _take_lock(descriptor):
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(descriptor)


def _take_lock(descriptor: int) -> bool:
    """Whether it is this program's now: no other had it."""
    if sys.platform == "win32":
        return False
    import fcntl  # noqa: PLC0415 - POSIX only

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, which are read piece by piece. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
