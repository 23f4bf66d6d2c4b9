"""A drop folder on a server: SFTP, or an object store. What is read is a copy on this computer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePath
from typing import Literal

from rotor_import.errors import SourceError
from rotor_import.files import ScratchFolder, sha256_of
from rotor_import.model.remote import Remote
from rotor_import.remote import Entry, FileServer, FileServerError, check_package
from rotor_import.source.payload import MOST_BYTES
from rotor_import.sync.arrived_file import ArrivedFile, Stamp, numbered
from rotor_import.sync.known_contents import KnownContents

_Fate = Literal["moved", "taken", "stays"]
"""Of a file that is to be moved: something may have the new name, or the file may be another one by now."""


class RemoteFolder:
    """Implements `Folder`. A file that stays and has the ETag of before is not fetched until its content is needed."""

    leaves = False

    def __init__(self, remote: Remote, storage: Mapping[str, str], sleep: Callable[[float], None]) -> None:
        self.path: PurePath = remote.path
        self._server = FileServer(remote, storage, sleep)
        self._known: KnownContents | None = None
        self._copies = ScratchFolder()
        self._fetched = 0
        self.failure: SourceError | None = None

    def check(self, *, leave: bool) -> None:  # noqa: ARG002 - whether files can be moved, a server says by refusing
        """A server that can't be reached tonight is not asked yet: what is pending needs no folder."""
        check_package(self._server.remote)

    def remember(self, known: KnownContents) -> None:
        self._known = known

    def files(self) -> Mapping[PurePath, Stamp]:
        found = self._server.entries()
        if found is None:
            raise SourceError(f"{self.path} is a file. Give the folder that new files arrive in.")
        return {self.path / one.name: _stamp(one) for one in found if not one.is_folder}

    def stamp(self, path: PurePath) -> Stamp | None:
        found = self._server.entry(path.name)
        return None if found is None or found.is_folder else _stamp(found)

    def arrived(self, path: PurePath, stamp: Stamp) -> ArrivedFile | None:
        sha256 = self._known.content(str(path), stamp.etag) if self._known else ""
        if sha256:
            return ArrivedFile(path, sha256, stamp.changed / 1e9, stamp)
        copy = self._fetch(path, stamp)
        if self.stamp(path) != stamp:
            return None
        digest = sha256_of(copy)
        if self._known is not None:
            self._known.save(str(path), stamp.etag, digest, stamp.changed / 1e9)
        return ArrivedFile(path, digest, stamp.changed / 1e9, stamp, copy)

    def copies(self, file: ArrivedFile) -> Mapping[PurePath, Path]:
        copy = file.copy or self._fetch(file.path, file.stamp)
        if file.copy is None and sha256_of(copy) != file.sha256:
            raise SourceError(f"{file.path} was replaced while it was fetched. The next sync takes it.")
        return {file.path: copy}

    def is_unchanged(self, file: ArrivedFile) -> bool:
        """A server that can't say so is no proof: then the file waits."""
        try:
            return self.stamp(file.path) == file.stamp
        except FileServerError as error:
            self.failure = error
            return False

    def move(self, file: ArrivedFile, to: str, words: str, mark: str) -> str:
        try:
            self._server.make_folder(to)
            for at in count(1):
                target = f"{to}/{numbered(file.path.name, at)}"
                fate = self._move(file, target, words) if self._is_free(target, file) else "taken"
                if fate == "moved":
                    self.remove(self.path / mark)
                if fate != "taken":
                    break
        except FileServerError as error:
            return str(error)
        return ""

    def remove(self, path: PurePath) -> None:
        with suppress(FileServerError):
            self._server.remove(path.name)

    def close(self) -> None:
        self._server.hang_up()
        self._copies.cleanup()

    def _is_free(self, target: str, file: ArrivedFile) -> bool:
        """Whether nothing is there, or only the copy that a move which was cut off left."""
        there = self._server.entry(target)
        return there is None or bool(there.etag and there.etag == file.stamp.etag)

    def _move(self, file: ArrivedFile, target: str, words: str) -> _Fate:
        note = f"{target}.error.txt"
        if words:
            self._server.write(note, f"{words}\n".encode())
        fate: _Fate = "stays"
        if self._is_the_same(file):
            by_name = self._server.remote.scheme == "sftp"
            fate = self._rename(file, target) if by_name else self._copy_and_remove(file, target)
        if words and fate == "stays":
            self._server.remove(note)
        return fate

    def _is_the_same(self, file: ArrivedFile) -> bool:
        """Whether the file still has this content. An ETag stands for it; else a time in whole seconds isn't enough."""
        if self.stamp(file.path) != file.stamp:
            return False
        return bool(file.stamp.etag) or self._content(file.path, file.stamp) == file.sha256

    def _rename(self, file: ArrivedFile, target: str) -> _Fate:
        """One that was replaced at the last moment goes back, if need be under another name: nobody has read it."""
        name = file.path.name
        if not self._server.rename(name, target, Entry(name, file.stamp.size, file.stamp.changed / 1e9, "")):
            return "taken"
        moved = self._server.entry(target)
        if moved is None or _stamp(moved) == file.stamp:
            return "moved"
        next(at for at in count(1) if self._server.rename(target, numbered(name, at), moved))
        return "stays"

    def _copy_and_remove(self, file: ArrivedFile, target: str) -> _Fate:
        """An object store can't rename. The copy is there before the file is removed, unless that was replaced."""
        name = file.path.name
        if self._server.remote.scheme == "az":  # it only promises to copy
            self._server.write(target, self.copies(file)[file.path].read_bytes())
        else:
            self._server.copy(name, target)
        if self.stamp(file.path) != file.stamp:
            return "stays"
        self._server.remove_if(name, file.stamp.etag)
        return "moved"

    def _content(self, path: PurePath, stamp: Stamp) -> str:
        """The hash of what is there now."""
        copy = self._fetch(path, stamp)
        digest = sha256_of(copy)
        copy.unlink()
        return digest

    def _fetch(self, path: PurePath, stamp: Stamp) -> Path:
        if stamp.size > MOST_BYTES:
            raise SourceError(f"{path} is larger than {MOST_BYTES >> 20} MB. Split it into several files.")
        self._fetched += 1
        copy = Path(self._copies.name) / str(self._fetched) / path.name
        copy.parent.mkdir()
        self._server.fetch(path.name, stamp.size, copy)
        return copy


def _stamp(entry: Entry) -> Stamp:
    return Stamp(entry.size, round(entry.changed * 1e9), entry.etag)
