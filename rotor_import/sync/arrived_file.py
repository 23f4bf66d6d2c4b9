"""A file in a drop folder that has arrived completely, and the folders in which files may arrive."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rotor_import.errors import SourceError

if TYPE_CHECKING:
    from rotor_import.sync.known_contents import KnownContents


class Stamp(NamedTuple):
    """What shows that a file was changed: its size, its last change in nanoseconds, and its ETag if it has one."""

    size: int
    changed: int
    etag: str = ""


@dataclass(frozen=True)
class ArrivedFile:
    """A file that has arrived completely; `written_at` is the time of its last change.

    `copy` is a remote file on this computer, None as long as nobody needed its content.
    """

    path: PurePath
    sha256: str
    written_at: float
    stamp: Stamp
    copy: Path | None = None

    @property
    def name(self) -> str:
        return readable(self.path.name)


class Folder(Protocol):
    """Where files arrive: on this computer, on a server, or a single file on the web.

    Raises SettingsError where it isn't there or can't be used, SourceError for a file that can't be read.
    """

    path: PurePath
    leaves: bool
    """Whether files can only be left where they are."""
    failure: SourceError | None
    """Why a file that was there when the folder was listed couldn't be asked for later, if so."""

    def check(self, *, leave: bool) -> None:
        """Whether files can be read there, and moved unless they are left."""

    def remember(self, known: KnownContents) -> None:
        """What earlier nights fetched."""

    def files(self) -> Mapping[PurePath, Stamp]:
        """The files directly in the folder, whatever they are."""

    def stamp(self, path: PurePath) -> Stamp | None:
        """A file's stamp now, None if it is gone."""

    def arrived(self, path: PurePath, stamp: Stamp) -> ArrivedFile | None:
        """The file with its content's hash; None if it is no longer what the stamp says."""

    def copies(self, file: ArrivedFile) -> Mapping[PurePath, Path]:
        """The remote file's copy on this computer, by its path; none for a file that is here anyway."""

    def is_unchanged(self, file: ArrivedFile) -> bool:
        """Whether nobody has written to it since."""

    def move(self, file: ArrivedFile, to: str, words: str, mark: str) -> str:
        """Move the file into a folder below, with `words` in a file beside it, and remove its mark.

        Nothing there is overwritten. Why it could not be moved comes back, '' also if it was changed and so stays.
        """

    def remove(self, path: PurePath) -> None:
        """Remove a mark, if that is possible."""

    def close(self) -> None:
        """Hang up, and remove copies."""


def readable(path: PurePath | str) -> str:
    """A path as text; bytes that are not UTF-8 are shown by their numbers."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def numbered(name: str, count: int) -> str:
    """The name for a file when so many are there already: the same file name comes every night."""
    stem, dot, rest = name.partition(".")
    return name if count == 1 else f"{stem}-{count}{dot}{rest}"
