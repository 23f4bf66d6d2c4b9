"""Addresses of remote files and folders. What may be secret in one is kept apart from what messages show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal, get_args
from urllib.parse import urlsplit

from rotor_import.errors import SettingsError

Scheme = Literal["sftp", "s3", "gs", "az", "https", "http"]

_URL = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]+)://")
"""A scheme has two letters or more: `C://` is a drive."""
_ONE_SLASH = re.compile(r"\s*(https?|sftp|ssh|s3a?|gs|gcs|az|abfss?):[/\\](?![/\\])", re.IGNORECASE)
_SAME: dict[str, Scheme] = {"ssh": "sftp", "s3a": "s3", "gcs": "gs", "abfs": "az", "abfss": "az"}
"""Other names of the same."""
_KNOWN = "sftp://, s3://, gs://, az:// and, for a single file, https://"


class RemotePath(PurePosixPath):
    """The path of a remote file or folder, as messages and reports show it: `sftp://host/drop/people.csv`.

    It leads nowhere on this computer, and holds no secret.
    """

    def __str__(self) -> str:
        scheme, _, rest = super().__str__().partition(":/")
        return f"{scheme}://{rest}"

    def __fspath__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Remote:
    """Where a remote file or folder is. `url` may hold a signature that lets everybody in; `path` doesn't."""

    scheme: Scheme
    path: RemotePath
    url: str = field(repr=False)

    @property
    def is_single(self) -> bool:
        """Whether it can only be one file: the web lists no folders, and nothing can be moved there."""
        return self.scheme in ("https", "http")


def is_address(text: str) -> bool:
    """Whether it is an address of any scheme, also one that no file is read from; otherwise it is a path."""
    return bool(_URL.match(text))


def remote_of(given: PurePath | str) -> Remote | None:
    """The address, if it is one; None for a path. Raises SettingsError, whose words repeat nothing secret."""
    text = str(given).strip()
    found = _URL.match(text)
    if found is None:
        _refuse_one_slash(text)
        return None
    scheme = _scheme(found[1].lower())
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise SettingsError("The address of a file or folder can't be read. Check its host and port.") from None
    if parts.password or (scheme in ("https", "http") and parts.username):
        raise SettingsError(
            f"The {scheme}:// address contains a password, which other programs could see. Leave it out: name a key, "
            "or an environment variable that has the password, under `storage_env` in a profile."
        )
    if scheme == "az" and "?" in text:
        raise SettingsError(
            "The az:// address contains a `?`, as one with a signature does. Leave out what follows it, and give it as "
            "sas_token under `storage_env` in a profile."
        )
    if not parts.netloc:
        raise SettingsError(f"The {scheme}:// address has no host. Write it as {scheme}://host/folder.")
    return Remote(scheme, *_shown(scheme, text, f"{_user(parts.username)}{_host(parts.hostname)}{port}"))


def _refuse_one_slash(text: str) -> None:
    """As pathlib writes an address. It may hold a signature, which no message about a missing file is to repeat."""
    found = _ONE_SLASH.match(text)
    if found is not None and not Path(text).exists():
        raise SettingsError(
            f"An address begins with {found[1].lower()}:// (two slashes). In Python, give it as text: a Path drops one."
        )


def _scheme(name: str) -> Scheme:
    scheme = _SAME.get(name, name)
    if scheme not in get_args(Scheme):
        raise SettingsError(f"Files can't be read from {name}:// addresses. These work: {_KNOWN}.")
    return scheme  # type: ignore[return-value]  # one of them


def _host(name: str | None) -> str:
    return f"[{name}]" if name and ":" in name else name or ""


def _user(name: str | None) -> str:
    return f"{name}@" if name else ""


def _shown(scheme: Scheme, text: str, authority: str) -> tuple[RemotePath, str]:
    """The path to show, and the whole address. Only on the web does a `?` begin a query, which may be a signature."""
    rest = text.partition("://")[2]
    if scheme in ("https", "http"):
        rest = rest.partition("#")[0]
        return RemotePath(f"{scheme}://{authority}{urlsplit(text).path}"), f"{scheme}://{rest}"
    folder = rest.partition("/")[2]
    bucket = rest.partition("/")[0] if scheme != "sftp" else authority
    return RemotePath(f"{scheme}://{bucket}/{folder}"), f"{scheme}://{rest}"
