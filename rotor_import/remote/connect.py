"""A file system of fsspec for an address, with credentials from the profile or from where its own library looks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rotor_import.errors import SettingsError
from rotor_import.model.remote import Remote, Scheme

if TYPE_CHECKING:
    from fsspec.asyn import AsyncFileSystem  # type: ignore[import-untyped]  # fsspec ships no types

CONNECT_WITHIN = 30.0
"""Seconds for a connection and its login."""
_PACKAGES: dict[Scheme, str] = {
    "sftp": "sshfs",
    "s3": "s3fs",
    "gs": "gcsfs",
    "az": "adlfs",
    "https": "httpx",
    "http": "httpx",
}
_BOOLEANS = {"true": True, "false": False}
_NUMBERS = ("port",)
_FILES = ("known_hosts", "client_keys")


def check_package(remote: Remote) -> None:
    """Raises SettingsError if the package is missing that reads such addresses."""
    if find_spec(_PACKAGES[remote.scheme]) is None:
        raise SettingsError("Remote files need an extra package: pip install 'rotor-import[remote]'")


def connect(remote: Remote, storage: Mapping[str, str]) -> tuple[AsyncFileSystem, str]:
    """The server, and the path of the address there. Raises SettingsError if a package is missing.

    Nothing is cached: neither connections, which may be cut, nor listings, which may be old.
    """
    check_package(remote)
    options = {name: _value(name, text) for name, text in storage.items()}
    if remote.scheme == "sftp":
        return _by_ssh(remote, options)
    if remote.scheme == "s3":
        options = {"config_kwargs": {"retries": {"total_max_attempts": 1}}, **options}
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra; it ships no types

    system, path = fsspec.url_to_fs(remote.url, skip_instance_cache=True, use_listings_cache=False, **options)
    system.retries = 1  # s3fs's own; here a lost connection is met with a new one
    return system, str(path)


def _by_ssh(remote: Remote, options: dict[str, Any]) -> tuple[AsyncFileSystem, str]:
    """Look for keys, an agent and known hosts where OpenSSH does: sshfs alone would trust any host."""
    from sshfs import SSHFileSystem  # type: ignore[import-untyped]  # noqa: PLC0415 - an extra; it ships no types

    _check_files(options)
    parts = urlsplit(remote.url)
    # Names that aren't UTF-8 must not hide all others.
    names = {"path_errors": "surrogateescape"}
    options = {"known_hosts": (), "keepalive_interval": 15, "sftp_client_kwargs": names, **options}
    options |= {"port": parts.port} if parts.port else {}
    options |= {"username": parts.username} if parts.username else {}
    system = SSHFileSystem(parts.hostname, timeout=CONNECT_WITHIN, skip_instance_cache=True, **options)
    folder = remote.url.partition("://")[2].partition("/")[2]
    return system, folder.removeprefix("~/") if folder.startswith("~/") else f"/{folder.lstrip('/')}"


def _check_files(options: Mapping[str, Any]) -> None:
    """A file that is missing here would be taken for one that is missing there. Raises SettingsError."""
    for name in _FILES:
        if name in options and not Path(options[name]).is_file():
            raise SettingsError(f"There is no file {options[name]}, which `storage` names as {name}. Check its path.")


def _value(name: str, text: str) -> Any:
    """A profile has texts; some libraries want numbers, booleans or whole paths."""
    if name in _NUMBERS and text.isdecimal():
        return int(text)
    if name in _FILES:
        return str(Path(text).expanduser())
    return _BOOLEANS.get(text.lower(), text)
