"""Opens what a sync is given as its folder: one on this computer, one on a server, or a single file on the web."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path, PurePath

from rotor_import.model.clock import Clock
from rotor_import.model.remote import remote_of
from rotor_import.sync.arrived_file import Folder
from rotor_import.sync.drop_folder import DropFolder, DropSettings
from rotor_import.sync.local_folder import LocalFolder


@contextmanager
def opened(place: PurePath | str, drop: DropSettings, storage: Mapping[str, str], clock: Clock) -> Iterator[DropFolder]:
    """The drop folder at a path or address. Raises SettingsError where it isn't one, or can't be used as one."""
    with closing(_folder(place, storage, clock)) as folder:
        yield DropFolder(folder, drop)


def _folder(place: PurePath | str, storage: Mapping[str, str], clock: Clock) -> Folder:
    remote = remote_of(place)
    if remote is None:
        return LocalFolder(Path(place))
    if remote.is_single:
        from rotor_import.sync.web_file import WebFile  # noqa: PLC0415 - a folder on this computer needs no network

        return WebFile(remote, storage, clock)
    from rotor_import.sync.remote_folder import RemoteFolder  # noqa: PLC0415 - as above

    return RemoteFolder(remote, storage, clock.sleep)


def shown(place: PurePath | str) -> str:
    """The path or address without what may be secret in it."""
    remote = remote_of(place)
    return str(place if remote is None else remote.path)
