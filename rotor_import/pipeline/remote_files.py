"""Remote files, copied to this computer for as long as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from rotor_import.errors import SourceError
from rotor_import.files import ScratchFolder
from rotor_import.model.remote import Remote, RemotePath, remote_of
from rotor_import.source.payload import MOST_BYTES
from rotor_import.source.read import is_source

if TYPE_CHECKING:
    from rotor_import.remote import Entry, FileServer

Copies = Mapping[PurePath, Path]


def each(files: Sequence[Path | str]) -> Sequence[Path | str]:
    """The files; a single one that was given in place of a list is that one, not its letters."""
    return [files] if isinstance(files, str | PurePath) else files


@contextmanager
def on_this_computer(
    files: Sequence[PurePath | str], storage: Mapping[str, str], sleep: Callable[[float], None]
) -> Iterator[tuple[list[PurePath], Copies]]:
    """The files' paths, and a copy of each remote file or folder, until the block ends.

    Raises SettingsError for an address that can't be used, SourceError for a file that can't be fetched.
    """
    copies: dict[PurePath, Path] = {}
    paths: list[PurePath] = []
    addresses: dict[str, PurePath] = {}
    with ExitStack() as stack:
        for file in files:
            remote = remote_of(file)
            if remote is None:
                paths.append(Path(file))
                continue
            if remote.url not in addresses:
                folder = Path(stack.enter_context(ScratchFolder()))
                path = addresses[remote.url] = _distinct(remote.path, copies)
                copies[path] = _copied(remote, storage, folder, sleep)
            paths.append(addresses[remote.url])
        yield paths, copies


def _distinct(path: RemotePath, others: Copies) -> PurePath:
    """What is shown of the address; addresses that differ in what isn't shown, such as their query, are numbered."""
    shown, at = path, 1
    while shown in others:
        at += 1
        shown = path.with_name(f"{path.name} ({at})")
    return shown


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
    wanted = [entry for entry in entries if not entry.is_folder and is_source(PurePath(entry.name))]
    for entry in wanted:
        _fetch(server, entry, copy / entry.name)
    for entry in entries:
        place = copy / entry.name
        if not place.exists():  # an object store may have a file and a folder of one name
            place.mkdir() if entry.is_folder else place.touch()
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
