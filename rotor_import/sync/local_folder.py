"""A drop folder on this computer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePath
from stat import S_ISREG

from rotor_import.errors import SettingsError, SourceError
from rotor_import.files import make_private, sha256_of, write_whole
from rotor_import.sync.arrived_file import ArrivedFile, Stamp, numbered, readable
from rotor_import.sync.known_contents import KnownContents


class LocalFolder:
    """Implements `Folder`."""

    leaves = False

    def __init__(self, path: Path) -> None:
        self.path: PurePath = path
        self._here = path
        self.failure: SourceError | None = None

    def check(self, *, leave: bool) -> None:
        path = self._here
        if not path.is_dir():
            raise SettingsError(f"There is no folder {path}. Give the folder that new files arrive in.")
        if not os.access(path, os.R_OK | os.X_OK):
            raise SettingsError(f"The folder {path} can't be read. Give this user permission to read it.")
        if not leave and not os.access(path, os.W_OK):
            raise SettingsError(
                f"Files can't be moved out of {path}. Give this user permission to write there, or use --leave."
            )

    def remember(self, known: KnownContents) -> None:
        """Files on this computer are read anyway."""

    def files(self) -> Mapping[PurePath, Stamp]:
        try:
            paths = list(self._here.iterdir())
        except OSError as error:  # a share went away since it was looked for
            raise SourceError(
                f"The folder {self.path} can't be read just now ({error.strerror}). Check that it is there."
            ) from None
        return {path: stamp for path in paths if (stamp := self.stamp(path)) is not None}

    def stamp(self, path: PurePath) -> Stamp | None:
        try:
            status = Path(path).stat()
        except OSError:
            return None
        return Stamp(status.st_size, status.st_mtime_ns) if S_ISREG(status.st_mode) else None

    def arrived(self, path: PurePath, stamp: Stamp) -> ArrivedFile | None:  # noqa: ARG002 - its content is looked at
        digest = _sha256(Path(path))
        now = self.stamp(path)
        if now is None:
            raise SourceError(f"{readable(path)} is no longer there.")
        return ArrivedFile(path, digest, now.changed / 1e9, now)

    def copies(self, file: ArrivedFile) -> Mapping[PurePath, Path]:  # noqa: ARG002 - it is here
        return {}

    def is_unchanged(self, file: ArrivedFile) -> bool:
        """The file itself is compared, not the tables that an archive holds."""
        try:
            return _sha256(Path(file.path)) == file.sha256
        except SourceError:
            return False

    def move(self, file: ArrivedFile, to: str, words: str, mark: str) -> str:
        if not self.is_unchanged(file):
            return ""
        target, path = self._here / to, Path(file.path)
        try:
            make_private(target)
            moved = next(free for at in count(1) if not (free := target / numbered(path.name, at)).exists())
            if words:
                write_whole(
                    moved.with_name(f"{moved.name}.error.txt"),
                    lambda beside: beside.write(f"{words}\n".encode()),
                )
            path.replace(moved)
            path.with_name(mark).unlink(missing_ok=True)
        except OSError:
            return "Give this user permission to write there."
        return ""

    def remove(self, path: PurePath) -> None:
        with suppress(OSError):
            Path(path).unlink(missing_ok=True)

    def close(self) -> None:
        pass


def _sha256(path: Path) -> str:
    """Raises SourceError if the file can't be opened or is gone."""
    try:
        return sha256_of(path)
    except OSError as error:
        raise SourceError(
            f"{readable(path)} can't be read ({error.strerror}). Give this user permission to read it."
        ) from None
