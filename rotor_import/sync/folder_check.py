"""What `doctor` and `init` see of a drop folder, before any sync."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rotor_import.errors import SettingsError, SourceError
from rotor_import.model.clock import Clock
from rotor_import.model.remote import remote_of
from rotor_import.sync.arrived_file import readable
from rotor_import.sync.drop_folder import FAILED, PROCESSED, DropFolder, DropSettings
from rotor_import.sync.opening import opened


@dataclass(frozen=True)
class FolderLook:
    """A folder that can be used: the newest file in it, if there is one, and what ought to be otherwise.

    `newest` is on this computer: of a remote file it is a copy, which doesn't last; `address` is where the file is.
    """

    words: str
    newest: Path | None = None
    size: int = 0
    warning: str = ""
    address: str = ""


@contextmanager
def looked_at(folder: str, drop: DropSettings, storage: Mapping[str, str]) -> Iterator[FolderLook]:
    """Copies of remote files last as long as the block.

    Raises SettingsError or SourceError if files can't be read there, or can't be moved away.
    """
    with opened(folder, replace(drop, settle=0.0), storage, Clock()) as there:
        if remote_of(folder) is None:
            yield _here(Path(folder), there)
        else:
            yield _remote(there)


def _here(path: Path, there: DropFolder) -> FolderLook:
    for name in () if there.leaves else (PROCESSED, FAILED):
        if (path / name).exists() and not os.access(path / name, os.W_OK | os.X_OK):
            raise SettingsError(f"Files can't be moved to {path / name}. Give this user permission to write there.")
    contents = there.look(lambda _seconds: None)
    files = [Path(file.path) for file in contents.arrived]
    unreadable = ", ".join(readable(file.name) for file, _ in contents.unreadable[:3])
    return FolderLook(
        _words(there, len(files)),
        files[-1] if files else None,
        files[-1].stat().st_size if files else 0,
        f"This user can't read {unreadable} in {path}. Give it permission." if unreadable else "",
    )


def _remote(there: DropFolder) -> FolderLook:
    """Of the files on a server, only the newest is fetched. Whether files can be moved there, only a sync shows."""
    count, newest = there.newest()
    if newest is None:
        unsure = f"There is nothing below {there.path} yet. Check that the address is right."
        return FolderLook(_words(there, count), warning=unsure)
    try:
        copy = there.copies(newest)[newest.path]
    except SourceError as error:
        return FolderLook(_words(there, count), warning=str(error))
    return FolderLook(_words(there, count), copy, copy.stat().st_size, address=str(newest.path))


def _words(there: DropFolder, count: int) -> str:
    return f"{there.path}: {count:,} {'file' if count == 1 else 'files'}."
