"""Why a server of files did not do what it was asked, in words for people."""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Mapping
from pathlib import PurePath
from urllib.parse import urlsplit

from rotor_import.errors import RotorImportError, SourceError
from rotor_import.model.location import hidden
from rotor_import.model.remote import Remote

_LONGEST = 200
_HIDDEN = "***"
_FINAL = (
    *(RotorImportError, PermissionError, FileNotFoundError, FileExistsError),
    *(IsADirectoryError, NotADirectoryError, ImportError, TypeError, ValueError, NotImplementedError),
)
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FINAL_NAMES = frozenset({"HostKeyNotVerifiable", "NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"})
"""Of libraries that only some people have: asyncssh's and botocore's."""
_NO_SECRETS = frozenset(
    {"account_name", "client_keys", "endpoint_url", "known_hosts", "port", "profile", "project", "username"}
)
"""Options that may be shown; every other may be a secret."""
_CREDENTIALS = {
    "sftp": "Check the user and its key (~/.ssh, the SSH agent, or `storage` in the profile).",
    "s3": "Check the credentials (AWS_ACCESS_KEY_ID and the like, ~/.aws, or `storage_env` in the profile).",
    "gs": "Check the credentials (gcloud auth application-default login, or `storage` in the profile).",
    "az": "Check the credentials (AZURE_STORAGE_ACCOUNT_NAME and the like, or `storage_env` in the profile).",
}


class FileServerError(SourceError):
    """What a server of files could not do, and the error of its library."""

    def __init__(self, words: str, cause: Exception) -> None:
        super().__init__(words)
        self.cause = cause


def is_final(error: BaseException) -> bool:
    """Whether trying again would end alike. What isn't known to is tried again: it costs seconds."""
    return isinstance(error, (*_FINAL, MemoryError)) or _named(error, _FINAL_NAMES) or _has_no_room(error)


def words_of(error: Exception, remote: Remote, path: PurePath, storage: Mapping[str, str]) -> str:
    """What happened, where, and what to do. The library's own words are shortened, and rid of every secret."""
    if isinstance(error, RotorImportError):
        return str(error)
    if _has_no_room(error):
        return f"This computer has no space left for a copy of {path}. Free some space in {tempfile.gettempdir()}."
    if isinstance(error, FileNotFoundError):
        return f"There is no {path}. Check the address."
    if _named(error, {"HostKeyNotVerifiable"}):
        return _unknown_host(remote)
    if isinstance(error, PermissionError) or _named(error, _FINAL_NAMES):
        return f"Access to {path} was refused. {_CREDENTIALS.get(remote.scheme, '')}{_said(error, storage)}"
    if is_final(error):
        return f"{path} can't be used. Check the address, and `storage` in the profile.{_said(error, storage)}"
    return (
        f"{path} can't be reached, or the connection was lost each time. Check the network and the server, then run "
        f"the same command again.{_said(error, storage)}"
    )


def _has_no_room(error: BaseException) -> bool:
    """Whether it is this computer's disk that is full: what a server's disk says has no number."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def _unknown_host(remote: Remote) -> str:
    parts = urlsplit(remote.url)
    port = f"-p {parts.port} " if parts.port else ""
    return (
        f"The host key of {parts.hostname} isn't in known_hosts, or is another one than there, so this may be another "
        "server. Ask the server's administrator for its fingerprint. If it matches, add the key: ssh-keyscan "
        f"{port}{parts.hostname} >> ~/.ssh/known_hosts"
    )


def _named(error: BaseException, names: frozenset[str] | set[str]) -> bool:
    return any(kind.__name__ in names for kind in type(error).__mro__)


def _said(error: Exception, storage: Mapping[str, str]) -> str:
    """The library's own words in brackets, '' if it has none."""
    text = str(error).strip().partition("\n")[0]
    secrets = [value for name, value in storage.items() if name not in _NO_SECRETS]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN) if secret else text
    text = re.sub(r"(https?://[^\s?]+)\?\S+", r"\1", hidden(text))[:_LONGEST]
    return f" ({type(error).__name__}: {text})" if text else f" ({type(error).__name__})"
