"""A drop folder on a server: SFTP, or an object store. What is read is a copy on this computer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path, PurePath

from rotor_import.errors import SourceError
from rotor_import.files import sha256_of
from rotor_import.model.remote import Remote
from rotor_import.remote import Entry, FileServer, FileServerError, check_package
from rotor_import.source.payload import MOST_BYTES
from rotor_import.sync.arrived_file import ArrivedFile, Stamp, numbered
from rotor_import.sync.known_contents import KnownContents


class RemoteFolder:
    """Implements `Folder`. A file that stays and has the ETag of before is not fetched until its content is needed."""

    leaves = False

    def __init__(self, remote: Remote, storage: Mapping[str, str], sleep: Callable[[float], None]) -> None:
        self.path: PurePath = remote.path
        self._server = FileServer(remote, storage, sleep)
        self._known: KnownContents | None = None
        self._copies = tempfile.TemporaryDirectory(prefix="rotor-import-")
        self._fetched = 0

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
        sha256 = self._known.content(path, stamp.etag) if self._known else ""
        if sha256:
            return ArrivedFile(path, sha256, stamp.changed / 1e9, stamp)
        copy = self._fetch(path, stamp)
        if self.stamp(path) != stamp:
            return None
        digest = sha256_of(copy)
        if self._known is not None:
            self._known.save(path, stamp.etag, digest, stamp.changed / 1e9)
        return ArrivedFile(path, digest, stamp.changed / 1e9, stamp, copy)

    def copies(self, file: ArrivedFile) -> Mapping[PurePath, Path]:
        copy = file.copy or self._fetch(file.path, file.stamp)
        if file.copy is None and sha256_of(copy) != file.sha256:
            raise SourceError(f"{file.path} was replaced while it was fetched. The next sync takes it.")
        return {file.path: copy}

    def is_unchanged(self, file: ArrivedFile) -> bool:
        return self.stamp(file.path) == file.stamp

    def move(self, file: ArrivedFile, to: str, words: str, mark: str) -> str:
        try:
            if not self._is_the_same(file):
                return ""
            self._server.make_folder(to)
            target = self._free(file, to)
            if words:
                self._server.write(f"{target}.error.txt", f"{words}\n")
            if self._server.remote.scheme == "sftp":
                self._server.rename(file.path.name, target, file.stamp.size)
            else:
                self._copy_and_remove(file, target)
            self._server.remove(mark)
        except FileServerError as error:
            return str(error)
        return ""

    def remove(self, path: PurePath) -> None:
        with suppress(FileServerError):
            self._server.remove(path.name)

    def close(self) -> None:
        self._server.hang_up()
        self._copies.cleanup()

    def _is_the_same(self, file: ArrivedFile) -> bool:
        """Whether the file still has this content. An ETag stands for it; else a time in whole seconds isn't enough."""
        if not self.is_unchanged(file):
            return False
        return bool(file.stamp.etag) or sha256_of(self._fetch(file.path, file.stamp)) == file.sha256

    def _free(self, file: ArrivedFile, to: str) -> str:
        """A path that nothing has; or that of the copy which a move that was cut off left."""
        for at in count(1):
            path = f"{to}/{numbered(file.path.name, at)}"
            there = self._server.entry(path)
            if there is None or (there.etag and there.etag == file.stamp.etag):
                return path
        raise SourceError("There is no end of files.")

    def _copy_and_remove(self, file: ArrivedFile, target: str) -> None:
        """An object store can't rename. The copy is there before the file is removed, unless that was replaced."""
        self._server.copy(file.path.name, target)
        if self.is_unchanged(file):
            self._server.remove_if(file.path.name, file.stamp.etag)

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
