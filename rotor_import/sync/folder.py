"""The folder of a file drop: what lies in it, what has arrived whole, and where it goes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rotor_import.errors import SettingsError, SourceError
from rotor_import.files import sha256_of

PROCESSED, FAILED = "processed", "failed"
DONE = ".done"
_MARKS = (DONE, ".part", ".tmp", ".filepart", ".crdownload", ".swp")

Stamp = tuple[int, int]
"""A file's size and the time of its last change, in nanoseconds."""


@dataclass(frozen=True)
class DropSettings:
    """How the folder is looked at. `settle` in seconds; `done_file` waits for `<name>.done` instead.

    `order` says which of several files is the newer one: by the numbers and dates in their names, or by the time of
    their last change.
    """

    patterns: tuple[str, ...] = ("*",)
    settle: float = 2.0
    done_file: bool = False
    leave: bool = False
    order: Literal["name", "time"] = "name"


@dataclass(frozen=True)
class Arrived:
    """A file that is there as a whole; `written_at` is its last change."""

    path: Path
    sha256: str
    written_at: float

    @property
    def name(self) -> str:
        return readable(self.path.name)

    def is_unchanged(self) -> bool:
        """Whether nobody has written on since; an archive has another content than the tables in it."""
        try:
            return _sha256(self.path) == self.sha256
        except SourceError:
            return False


@dataclass(frozen=True)
class Found:
    """What lies in the folder: files that are whole, oldest first, and those that are not, or cannot be read."""

    arrived: list[Arrived]
    unsettled: list[Path]
    unreadable: list[tuple[Path, SourceError]]
    order: list[Path]
    """All of them, oldest first."""

    @property
    def not_taken(self) -> list[Path]:
        """Those that this night cannot take."""
        return [*self.unsettled, *(path for path, _ in self.unreadable)]

    def before_any_gap(self) -> list[Arrived]:
        """Those with nobody before them who is still to come."""
        gaps = set(self.not_taken)
        first = min((at for at, path in enumerate(self.order) if path in gaps), default=len(self.order))
        return [file for file in self.arrived if file.path in self.order[:first]]


class DropFolder:
    """Raises SettingsError where it is no folder."""

    def __init__(self, path: Path, settings: DropSettings) -> None:
        self.path = path
        self.settings = settings
        if not path.is_dir():
            raise SettingsError(f"There is no folder {path}. Name the folder that the files are dropped into.")
        if not os.access(path, os.R_OK | os.X_OK):
            raise SettingsError(f"The folder {path} cannot be looked into. Let this user read it.")
        if not settings.leave and not os.access(path, os.W_OK):
            raise SettingsError(f"Files cannot be moved out of {path}. Let this user write there, or use --leave.")

    @property
    def leaves(self) -> bool:
        """Whether files stay where they are."""
        return self.settings.leave

    def look(self, sleep: Callable[[float], None]) -> Found:
        """Takes as long as files have to stand still. Raises SettingsError for a pattern that is none."""
        found = self._candidates()
        if self.settings.done_file:
            whole = [path for path in found if self._mark(path).is_file()]
        else:
            before = {path: _stamp(path) for path in found}
            if found and self.settings.settle > 0:
                sleep(self.settings.settle)
            whole = [path for path in found if before[path] is not None and _stamp(path) == before[path]]
        arrived: list[Arrived] = []
        unreadable: list[tuple[Path, SourceError]] = []
        for path in whole:
            try:
                arrived.append(_arrived(path))
            except SourceError as error:
                if _stamp(path) is not None:  # else somebody took it away meanwhile
                    unreadable.append((path, error))
        unsettled = [path for path in found if path not in whole and _stamp(path) is not None]
        return Found(arrived, unsettled, unreadable, found)

    def move(self, file: Arrived, to: str, words: str = "") -> bool:
        """Into a folder below; `words` say beside it what was wrong. Nothing of that name there is overwritten.

        Whether it was moved: if not, it stays where it was, and is moved the next time. What has another content
        by now is another file, and stays to be taken.
        """
        if self.settings.leave or not file.is_unchanged():
            return True
        target, path = self.path / to, file.path
        try:
            target.mkdir(mode=0o700, exist_ok=True)
            place = _free(target, path.name)
            if words:
                _write(place.with_name(f"{place.name}.error.txt"), words + "\n")
            path.replace(place)
            self._mark(path).unlink(missing_ok=True)
        except OSError:
            return False
        return True

    def _candidates(self) -> list[Path]:
        try:
            found = {path for pattern in self.settings.patterns for path in self.path.glob(pattern)}
        except (ValueError, NotImplementedError):
            raise SettingsError(
                "--pattern takes names in the folder, like '*.csv': no path, and not nothing."
            ) from None
        fit = [path for path in found if path.parent == self.path and path.is_file() and not _is_ours(path)]
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
    """A path as text; bytes that are no UTF-8 are shown by their numbers, for nothing can write them down."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_ours(path: Path) -> bool:
    """Marks, hidden files and the locks of an office program are no customers."""
    return path.name.startswith((".", "~$")) or path.name.lower().endswith(_MARKS)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _arrived(path: Path) -> Arrived:
    """Raises SourceError where it cannot be opened, or is not there any more."""
    digest = _sha256(path)
    stamp = _stamp(path)
    if stamp is None:
        raise SourceError(f"{readable(path)} is not there any more.")
    return Arrived(path, digest, stamp[1] / 1e9)


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise SourceError(f"{readable(path)} cannot be read ({error.strerror}). Let this user read it.") from None


def _free(folder: Path, name: str) -> Path:
    """A name that is not taken: the same file name comes every night."""
    place, count = folder / name, 1
    stem, dot, rest = name.partition(".")
    while place.exists():
        count += 1
        place = folder / f"{stem}-{count}{dot}{rest}"
    return place


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
