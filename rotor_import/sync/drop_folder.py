"""The folder of a file drop: which files are in it, which have arrived completely, and where they go afterwards."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rotor_import.errors import SettingsError, SourceError
from rotor_import.files import make_private, sha256_of, write_whole

PROCESSED, FAILED = "processed", "failed"
DONE = ".done"
_MARKS = (DONE, ".part", ".tmp", ".filepart", ".crdownload", ".swp")

Stamp = tuple[int, int]
"""A file's size and the time of its last change, in nanoseconds."""


@dataclass(frozen=True)
class DropSettings:
    """How files are found in the folder. `settle` is in seconds; `done_file` waits for `<name>.done` instead.

    `order` says which of several files is the newer one: by the numbers and dates in their names, or by the time of
    their last change.
    """

    patterns: tuple[str, ...] = ("*",)
    settle: float = 2.0
    done_file: bool = False
    leave: bool = False
    order: Literal["name", "time"] = "name"


@dataclass(frozen=True)
class ArrivedFile:
    """A file that has arrived completely; `written_at` is the time of its last change."""

    path: Path
    sha256: str
    written_at: float

    @property
    def name(self) -> str:
        return readable(self.path.name)

    def is_unchanged(self) -> bool:
        """Whether nobody has written to it since. The file itself is compared, not the tables that an archive holds."""
        try:
            return _sha256(self.path) == self.sha256
        except SourceError:
            return False


@dataclass(frozen=True)
class FolderContents:
    """The files in the folder: complete ones, oldest first, incomplete ones, and those that can't be read."""

    arrived: list[ArrivedFile]
    unsettled: list[Path]
    unreadable: list[tuple[Path, SourceError]]
    order: list[Path]
    """All files, oldest first."""

    @property
    def not_taken(self) -> list[Path]:
        """Files that can't be taken tonight."""
        return [*self.unsettled, *(path for path, _ in self.unreadable)]

    def before_any_gap(self) -> list[ArrivedFile]:
        """Complete files before the first one that can't be taken."""
        gaps = set(self.not_taken)
        first = min((at for at, path in enumerate(self.order) if path in gaps), default=len(self.order))
        return [file for file in self.arrived if file.path in self.order[:first]]


class DropFolder:
    """A folder that files are dropped into. Raises SettingsError where it isn't one, or can't be used as one."""

    def __init__(self, path: Path, settings: DropSettings) -> None:
        self.path = path
        self.settings = settings
        if not path.is_dir():
            raise SettingsError(f"There is no folder {path}. Give the folder that new files arrive in.")
        if not os.access(path, os.R_OK | os.X_OK):
            raise SettingsError(f"The folder {path} can't be read. Give this user permission to read it.")
        if not settings.leave and not os.access(path, os.W_OK):
            raise SettingsError(
                f"Files can't be moved out of {path}. Give this user permission to write there, or use --leave."
            )

    @property
    def leaves(self) -> bool:
        """Whether files stay where they are."""
        return self.settings.leave

    def look(self, sleep: Callable[[float], None]) -> FolderContents:
        """The files, after the time that they must stand still. Raises SettingsError for an invalid pattern."""
        paths = self._candidates()
        if self.settings.done_file:
            whole = [path for path in paths if self._mark(path).is_file()]
        else:
            before = {path: _stamp(path) for path in paths}
            if paths and self.settings.settle > 0:
                sleep(self.settings.settle)
            whole = [path for path in paths if before[path] is not None and _stamp(path) == before[path]]
        arrived: list[ArrivedFile] = []
        unreadable: list[tuple[Path, SourceError]] = []
        for path in whole:
            try:
                arrived.append(_arrived(path))
            except SourceError as error:
                if _stamp(path) is not None:  # else somebody took it away meanwhile
                    unreadable.append((path, error))
        unsettled = [path for path in paths if path not in whole and _stamp(path) is not None]
        return FolderContents(arrived, unsettled, unreadable, paths)

    def move(self, file: ArrivedFile, to: str, words: str = "") -> bool:
        """Move a file into a folder below, with `words` in a file beside it; nothing there is overwritten.

        False if it could not be moved: then it stays where it was, and the next sync tries again. A file whose
        content has changed by now is a new file, and stays to be taken.
        """
        if self.settings.leave or not file.is_unchanged():
            return True
        target, path = self.path / to, file.path
        try:
            make_private(target)
            moved = _free(target, path.name)
            if words:
                write_whole(
                    moved.with_name(f"{moved.name}.error.txt"),
                    lambda beside: beside.write(f"{words}\n".encode()),
                )
            path.replace(moved)
            self._mark(path).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def _candidates(self) -> list[Path]:
        try:
            paths = {path for pattern in self.settings.patterns for path in self.path.glob(pattern)}
        except (ValueError, NotImplementedError):
            raise SettingsError("--pattern must be a file name such as '*.csv', without a folder.") from None
        fit = [path for path in paths if path.parent == self.path and path.is_file() and not _is_ours(path)]
        if self.settings.order == "time":
            return sorted(fit, key=lambda path: (_stamp(path) or (0, 0))[1])
        return sorted(fit, key=lambda path: natural(path.name))

    @staticmethod
    def _mark(path: Path) -> Path:
        return path.with_name(path.name + DONE)


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key: `drop-9` comes before `drop-10`."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def readable(path: Path | str) -> str:
    """A path as text; bytes that are not UTF-8 are shown by their numbers."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_ours(path: Path) -> bool:
    """Whether it is a mark, a hidden file, an unfinished download or the lock file of an office program."""
    return path.name.startswith((".", "~$")) or path.name.lower().endswith(_MARKS)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _arrived(path: Path) -> ArrivedFile:
    """Raises SourceError if the file can't be opened or is gone."""
    digest = _sha256(path)
    stamp = _stamp(path)
    if stamp is None:
        raise SourceError(f"{readable(path)} is no longer there.")
    return ArrivedFile(path, digest, stamp[1] / 1e9)


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise SourceError(
            f"{readable(path)} can't be read ({error.strerror}). Give this user permission to read it."
        ) from None


def _free(folder: Path, name: str) -> Path:
    """A path that is not taken yet: the same file name comes every night."""
    moved, count = folder / name, 1
    stem, dot, rest = name.partition(".")
    while moved.exists():
        count += 1
        moved = folder / f"{stem}-{count}{dot}{rest}"
    return moved
