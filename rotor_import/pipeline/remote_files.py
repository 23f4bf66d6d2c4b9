"""Remote files, copied to this computer for as long as they are read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from rotor_import.errors import SourceError
from rotor_import.model.remote import Remote, remote_of
from rotor_import.source.payload import MOST_BYTES
from rotor_import.source.read import is_source

if TYPE_CHECKING:
    from rotor_import.remote import Entry, FileServer

Copies = Mapping[PurePath, Path]


@contextmanager
def on_this_computer(
    files: Sequence[PurePath | str], storage: Mapping[str, str], sleep: Callable[[float], None]
) -> Iterator[tuple[list[PurePath], Copies]]:
    """The files' paths, and a copy of each remote file or folder, until the block ends.

    Raises SettingsError for an address that can't be used, SourceError for a file that can't be fetched.
    """
    copies: dict[PurePath, Path] = {}
    paths: list[PurePath] = []
    with ExitStack() as stack:
        for file in files:
            remote = remote_of(file)
            path = Path(file) if remote is None else remote.path
            if remote is not None and path not in copies:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rotor-import-")))
                copies[path] = _copied(remote, storage, folder, sleep)
            paths.append(path)
        yield paths, copies


def _copied(remote: Remote, storage: Mapping[str, str], folder: Path, sleep: Callable[[float], None]) -> Path:
    copy = folder / "copy"
    if remote.is_single:
        from rotor_import.api.download import Download  # noqa: PLC0415 - only remote files need it

        Download(MOST_BYTES, storage, sleep).fetch(remote, copy)
        return copy
    from rotor_import.remote import FileServer  # noqa: PLC0415 - only remote files need it

    with FileServer(remote, storage, sleep) as server:
        entries = server.entries()
        if entries is None:
            _fetch(server, server.entry(), copy)
        else:
            _fetch_folder(server, entries, copy)
    return copy


def _fetch_folder(server: FileServer, entries: Sequence[Entry], copy: Path) -> None:
    """The files that can be read; of all else only its name is needed, to say that it was left out."""
    copy.mkdir()
    for entry in entries:
        if entry.is_folder:
            (copy / entry.name).mkdir()
        elif is_source(PurePath(entry.name)):
            _fetch(server, entry, copy / entry.name)
        else:
            (copy / entry.name).touch()
    if not entries and is_source(server.remote.path):  # an object store knows no empty folder
        raise SourceError(f"There is no file {server.remote.path}. Check the address.")


def _fetch(server: FileServer, entry: Entry | None, copy: Path) -> None:
    path = server.remote.path
    if entry is None:
        raise SourceError(f"There is no file {path}. Check the address.")
    name = "" if copy.name == "copy" else entry.name
    if entry.size > MOST_BYTES:
        raise SourceError(f"{path / name} is larger than {MOST_BYTES >> 20} MB. Split it into several files.")
    server.fetch(name, entry.size, copy)
    if server.entry(name) != entry:
        raise SourceError(f"{path / name} was changed while it was read. Run the same command again.")
