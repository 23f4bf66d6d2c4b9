"""A single file on the web in place of a drop folder: an export that is always at the same address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePath

from rotor_import.api.download import Download, Downloaded
from rotor_import.errors import SourceError
from rotor_import.files import ScratchFolder, sha256_of
from rotor_import.model.clock import Clock
from rotor_import.model.remote import Remote
from rotor_import.source.payload import MOST_BYTES
from rotor_import.sync.arrived_file import ArrivedFile, Stamp
from rotor_import.sync.known_contents import KnownContents

_THERE = Stamp(0, 0)
"""Nothing is known of the file before it is fetched; what it is then, it is wholly."""


class WebFile:
    """Implements `Folder`. The file stays where it is, and is fetched only if its ETag has changed."""

    leaves = True

    def __init__(self, remote: Remote, storage: Mapping[str, str], clock: Clock) -> None:
        self.path: PurePath = remote.path
        self._remote = remote
        query = hashlib.sha256(remote.url.encode()).hexdigest()[:16] if "?" in remote.url else ""
        self._address = f"{remote.path}{query and f'?{query}'}"  # which of the files at the path, without a secret
        self._download = Download(MOST_BYTES, storage, clock.sleep)
        self._now = clock.now
        self._known: KnownContents | None = None
        self._copies = ScratchFolder()
        self._replaced = False
        self.failure: SourceError | None = None
        self._arrived: ArrivedFile | None = None

    def check(self, *, leave: bool) -> None:
        pass

    def remember(self, known: KnownContents) -> None:
        self._known = known

    def files(self) -> Mapping[PurePath, Stamp]:
        """It is fetched here: as long as that fails, the place is out of reach, and no file is at fault."""
        self._arrived = self._taken_in()
        return {self.path: _THERE}

    def stamp(self, path: PurePath) -> Stamp | None:  # noqa: ARG002 - there is only one
        return _THERE

    def arrived(self, path: PurePath, stamp: Stamp) -> ArrivedFile | None:  # noqa: ARG002 - there is only one
        return self._arrived

    def _taken_in(self) -> ArrivedFile:
        path = self.path
        last = self._known.last(self._address) if self._known else None
        found, copy = self._fetch(last.etag if last is not None else "")
        if found is None and last is not None:
            return ArrivedFile(path, last.sha256, last.written_at, _THERE)
        digest, changed = sha256_of(copy), None if found is None else found.changed
        written_at = self._now() if changed is None else changed
        if found is not None and self._known is not None:
            self._known.save(self._address, found.etag, digest, written_at)
        return ArrivedFile(path, digest, written_at, _THERE, copy)

    def copies(self, file: ArrivedFile) -> Mapping[PurePath, Path]:
        copy = file.copy or self._fetch("")[1]
        if sha256_of(copy) != file.sha256:
            self._replaced = True
            raise SourceError(f"{self.path} was replaced while it was fetched. The next sync takes it.")
        return {file.path: copy}

    def is_unchanged(self, file: ArrivedFile) -> bool:  # noqa: ARG002 - what was fetched is whole, and is imported
        return not self._replaced

    def move(self, file: ArrivedFile, to: str, words: str, mark: str) -> str:  # noqa: ARG002 - nothing moves on the web
        return ""

    def remove(self, path: PurePath) -> None:
        pass

    def close(self) -> None:
        self._copies.cleanup()

    def _fetch(self, etag: str) -> tuple[Downloaded | None, Path]:
        copy = Path(self._copies.name) / (self.path.name or "file")
        return self._download.fetch(self._remote, copy, etag), copy
