"""The bytes of a file, unpacked if necessary. Sizes are limited before and during reading."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import IO

from rotor_import.errors import SourceError

MOST_BYTES = 2**30
"""The largest file that is read."""
MOST_UNPACKED = 256 * 2**20
"""The most that one archive may unpack to. Its packed size says little about that, so this limit is lower."""
_UNSUSPICIOUS = 16 * 2**20
_MOST_RATIO = 250
_CHUNK = 2**20
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_FILLED = re.compile(rb"[^\0 \t\r\n]")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Payload:
    """The content of a file. `path` names it in messages and reports; `packed` is the original if it was compressed."""

    path: PurePath
    data: bytes
    packed: bytes = b""
    notes: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, path: PurePath, data: bytes) -> Payload:
        if not _FILLED.search(data):
            raise SourceError(f"{path} is empty. Export it again.")
        return cls(path, data)

    @cached_property
    def sha256(self) -> str:
        """The hash of the original file. It takes a while, so it is computed on first use."""
        return hashlib.sha256(self.packed or self.data).hexdigest()

    @property
    def is_zip(self) -> bool:
        return self.data.startswith((_ZIP, _EMPTY_ZIP))

    @property
    def is_gzip(self) -> bool:
        return self.data.startswith(_GZIP)

    @cached_property
    def archive(self) -> Archive:
        """Raises SourceError if it is broken or would unpack to too much."""
        return Archive(self.path, self.data)

    def gunzipped(self) -> Payload:
        inner = self.path.with_suffix("") if self.path.suffix.lower() == ".gz" else self.path
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(self.data)) as stream:
                data = _bounded(self.path, stream, len(self.data))
        except _BROKEN:
            raise SourceError(f"{self.path} is damaged: it can't be unpacked. Copy or export it again.") from None
        opened = replace(Payload.of(self.path, data), packed=self.data)
        if opened.is_gzip or (opened.is_zip and inner.suffix.lower() == ".zip"):
            raise SourceError(f"{self.path} contains another archive. Unpack it, and name the file inside.")
        return opened


class Archive:
    """A zip file whose entries are read within limits."""

    def __init__(self, path: PurePath, data: bytes) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._entries = {entry.filename: entry for entry in self._zip.infolist()}
        except _BROKEN:
            raise SourceError(f"{path} is damaged or incomplete. Copy or export it again.") from None
        total = sum(entry.file_size for entry in self._entries.values())
        if total > MOST_UNPACKED or (total > _UNSUSPICIOUS and total > _MOST_RATIO * len(data)):
            raise too_large(path)
        self._sizes: dict[str, int] = {}
        """How much each entry that was read unpacked to; one that is read again counts once."""

    @property
    def names(self) -> list[str]:
        return [name for name in self._entries if not name.endswith("/")]

    def read(self, name: str) -> bytes:
        """Raises SourceError, or KeyError if there is no such entry."""
        entry = self._entries[name]
        if entry.flag_bits & 1:
            raise SourceError(f"{self._path} is protected by a password. Save it without one.")
        left = MOST_UNPACKED - sum(size for other, size in self._sizes.items() if other != name)
        try:
            with self._zip.open(entry) as stream:
                data = _bounded(self._path, stream, max(entry.compress_size, 1), left)
        except _BROKEN:
            raise SourceError(
                f"{self._path} is damaged: its part {name!r} can't be unpacked. Copy or export it again."
            ) from None
        self._sizes[name] = len(data)
        return data


def part_name(name: str) -> str:
    """An entry's name without regard to case and to the direction of slashes."""
    return name.replace("\\", "/").lstrip("/").lower()


def too_large(path: PurePath) -> SourceError:
    return SourceError(
        f"{path} would unpack to more than {MOST_UNPACKED >> 20} MB, or far more than a file of its size should. "
        "Export only the customers, or split the file."
    )


def read_payload(path: PurePath, copy: Path | None = None) -> Payload:
    """The file's content, or that of its copy. Raises SourceError if it is missing, empty or too large."""
    try:
        with (copy or Path(path)).open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise SourceError(f"There is no file {path}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or error
        raise SourceError(f"{path} can't be read ({words}).") from None
    if len(data) > MOST_BYTES:
        raise SourceError(f"{path} is larger than {MOST_BYTES >> 20} MB. Split it into several files.")
    return Payload.of(path, data)


def _bounded(path: PurePath, stream: IO[bytes] | gzip.GzipFile, packed: int, most: int = MOST_UNPACKED) -> bytes:
    def chunks() -> Iterator[bytes]:
        size = 0
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most or (size > _UNSUSPICIOUS and size > _MOST_RATIO * packed):
                raise too_large(path)
            yield chunk

    return b"".join(chunks())
