"""What `doctor` and `init` see of a drop folder, before any sync."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from rotor_import.errors import SettingsError
from rotor_import.profiles import is_url
from rotor_import.sync.drop_folder import FAILED, PROCESSED, DropFolder, DropSettings, readable


@dataclass(frozen=True)
class FolderLook:
    """A folder that can be used: the newest file in it, if there is one, and what ought to be otherwise."""

    words: str
    newest: Path | None = None
    size: int = 0
    warning: str = ""
    skipped: bool = False


def look_at(folder: str, drop: DropSettings) -> FolderLook:
    """Raises SettingsError if files can't be read there, or can't be moved away."""
    if is_url(folder):
        return FolderLook("A folder on a server isn't checked.", skipped=True)
    path = Path(folder)
    there = DropFolder(path, replace(drop, settle=0.0))
    for name in () if drop.leave else (PROCESSED, FAILED):
        if (path / name).exists() and not os.access(path / name, os.W_OK | os.X_OK):
            raise SettingsError(f"Files can't be moved to {path / name}. Give this user permission to write there.")
    contents = there.look(lambda _seconds: None)
    files = [file.path for file in contents.arrived]
    unreadable = ", ".join(readable(file.name) for file, _ in contents.unreadable[:3])
    return FolderLook(
        f"{path}: {len(files):,} {'file' if len(files) == 1 else 'files'}.",
        files[-1] if files else None,
        files[-1].stat().st_size if files else 0,
        f"This user can't read {unreadable} in {path}. Give it permission." if unreadable else "",
    )
