"""The law of a file drop: which files in a folder are new drops, which have arrived completely, where they go then."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Literal

from rotor_import.errors import SettingsError, SourceError
from rotor_import.sync.arrived_file import ArrivedFile, Folder, Stamp
from rotor_import.sync.known_contents import KnownContents

PROCESSED, FAILED = "processed", "failed"
DONE = ".done"
_MARKS = (DONE, ".part", ".tmp", ".filepart", ".crdownload", ".swp")


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
class FolderContents:
    """The files in the folder: complete ones, oldest first, incomplete ones, and those that can't be read."""

    arrived: list[ArrivedFile] = field(default_factory=list)
    unsettled: list[PurePath] = field(default_factory=list)
    unreadable: list[tuple[PurePath, SourceError]] = field(default_factory=list)
    order: list[PurePath] = field(default_factory=list)
    """All files, oldest first."""
    lone_marks: Mapping[str, Stamp] = field(default_factory=dict)
    """The marks without a file, by the file's name."""
    unreachable: SourceError | None = None
    """Why the folder itself can't be listed just now, if so."""

    @property
    def not_taken(self) -> list[PurePath]:
        """Files that can't be taken tonight."""
        return [*self.unsettled, *(path for path, _ in self.unreadable)]

    @property
    def error(self) -> SourceError | None:
        """Why something that is there can't be read."""
        return self.unreachable or next((error for _, error in self.unreadable), None)

    def before_any_gap(self) -> list[ArrivedFile]:
        """Complete files before the first one that can't be taken."""
        gaps = set(self.not_taken)
        first = min((at for at, path in enumerate(self.order) if path in gaps), default=len(self.order))
        return [file for file in self.arrived if file.path in self.order[:first]]


class DropFolder:
    """A folder that files are dropped into. Raises SettingsError where it isn't one, or can't be used as one."""

    def __init__(self, folder: Folder, settings: DropSettings) -> None:
        self._folder = folder
        self.path = folder.path
        single = {"leave": True, "settle": 0.0, "done_file": False, "patterns": ("*",)}
        self.settings = replace(settings, **single) if folder.leaves else settings  # type: ignore[arg-type]  # of several types
        folder.check(leave=self.leaves)

    @property
    def failure(self) -> SourceError | None:
        """Why a file couldn't be asked for after the folder was listed, if so."""
        return self._folder.failure

    @property
    def leaves(self) -> bool:
        """Whether files stay where they are."""
        return self.settings.leave

    def remember(self, known: KnownContents) -> None:
        """What earlier nights fetched need not be fetched again."""
        self._folder.remember(known)

    def look(self, sleep: Callable[[float], None]) -> FolderContents:
        """The files, after the time that they must stand still. Raises SettingsError for an invalid pattern."""
        try:
            return self._look(sleep)
        except SourceError as error:
            return FolderContents(unreachable=error)

    def newest(self) -> tuple[int, ArrivedFile | None]:
        """How many files there are, complete or not, and the newest of them. Raises SourceError."""
        files = self._folder.files()
        paths = self._candidates(files)
        return len(paths), self._folder.arrived(paths[-1], files[paths[-1]]) if paths else None

    def is_unchanged(self, file: ArrivedFile) -> bool:
        """Whether nobody has written to it since it arrived."""
        return self._folder.is_unchanged(file)

    def copies(self, file: ArrivedFile) -> Mapping[PurePath, Path]:
        """What to read in place of a remote file. Raises SourceError."""
        return self._folder.copies(file)

    def move(self, file: ArrivedFile, to: str, words: str = "") -> str:
        """Move a file into a folder below, with `words` in a file beside it; nothing there is overwritten.

        Why it could not be moved, '' if it was: else it stays where it was, and the next sync tries again. A file
        whose content has changed by now is a new file, and stays to be taken.
        """
        return "" if self.leaves else self._folder.move(file, to, words, _mark(file.path).name)

    def remove_mark(self, name: str) -> None:
        """Remove what says that the file of this name is complete."""
        self._folder.remove(_mark(self.path / name))

    def _look(self, sleep: Callable[[float], None]) -> FolderContents:
        before = self._folder.files()
        paths = self._candidates(before)
        if self.settings.done_file:
            now, whole = before, [path for path in paths if _mark(path) in before]
        else:
            if paths and self.settings.settle > 0:
                sleep(self.settings.settle)
                now = self._folder.files()
            else:
                now = before
            whole = [path for path in paths if now.get(path) == before[path]]
        unsettled = [path for path in paths if path not in whole and path in now]
        contents = FolderContents(unsettled=unsettled, order=paths, lone_marks=self._lone_marks(before))
        for path in whole:
            self._take_in(path, now[path], contents)
        return contents

    def _take_in(self, path: PurePath, stamp: Stamp, contents: FolderContents) -> None:
        try:
            arrived = self._folder.arrived(path, stamp)
        except SourceError as error:
            if self._folder.stamp(path) is not None:  # else somebody took it away meanwhile
                contents.unreadable.append((path, error))
            return
        if arrived is not None:
            contents.arrived.append(arrived)
        elif self._folder.stamp(path) is not None:
            contents.unsettled.append(path)

    def _lone_marks(self, files: Mapping[PurePath, Stamp]) -> dict[str, Stamp]:
        if self.leaves or not self.settings.done_file:
            return {}
        marked = {path.with_name(path.name.removesuffix(DONE)): path for path in files if path.name.endswith(DONE)}
        return {of.name: files[mark] for of, mark in marked.items() if of not in files and self._fits(of)}

    def _fits(self, path: PurePath) -> bool:
        """Whether its name is one of a drop."""
        patterns = (pattern.removeprefix("./").removeprefix("**/") for pattern in self.settings.patterns)
        return any(fnmatch(path.name, pattern) for pattern in patterns) and not _is_ours(path)

    def _candidates(self, files: Mapping[PurePath, Stamp]) -> list[PurePath]:
        """The files that may be drops, oldest first."""
        if any(not pattern or PurePath(pattern).anchor for pattern in self.settings.patterns):
            raise SettingsError("--pattern must be a file name such as '*.csv', without a folder.")
        fit = [path for path in files if self._fits(path)]
        if self.settings.order == "time":
            return sorted(fit, key=lambda path: files[path].changed)
        return sorted(fit, key=lambda path: natural(path.name))


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key: `drop-9` comes before `drop-10`."""
    parts = re.split(r"(\d+)", name.casefold())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part]


def _mark(path: PurePath) -> PurePath:
    return path.with_name(path.name + DONE)


def _is_ours(path: PurePath) -> bool:
    """Whether it is a mark, a hidden file, an unfinished download or the lock file of an office program."""
    return path.name.startswith((".", "~$")) or path.name.lower().endswith(_MARKS)
