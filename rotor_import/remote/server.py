"""One server of files, asked for one thing at a time. Each is bounded in time, and tried again after a lost connection.

What it cannot do is said in words that hold no secret.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import tenacity

from rotor_import.model.remote import Remote
from rotor_import.remote import over_ssh
from rotor_import.remote.connect import connect
from rotor_import.remote.failures import FileServerError, is_final, words_of

if TYPE_CHECKING:
    from fsspec.asyn import AsyncFileSystem  # type: ignore[import-untyped]  # fsspec ships no types

T = TypeVar("T")
ATTEMPTS = 5
_WITHIN = 60.0
"""Seconds for one step: a listing, a rename, a few lines written."""
_SLOWEST = 64 * 1024
"""Bytes a second that a transfer must manage, else it is given up."""
_CHANGED = ("mtime", "LastModified", "last_modified", "updated")
_ETAGS = ("ETag", "etag")


@dataclass(frozen=True)
class Entry:
    """A file or folder on the server. `changed` is in seconds since the epoch; an `etag` stands for the content."""

    name: str
    size: int
    changed: float
    etag: str
    is_folder: bool = False


class FileServer:
    """The server at an address, as a context manager. Names are relative to the address.

    Raises FileServerError for what it can't do, and SettingsError if a package is missing.
    """

    def __init__(self, remote: Remote, storage: Mapping[str, str], sleep: Callable[[float], None] = time.sleep) -> None:
        self.remote = remote
        self._storage = dict(storage)
        self._sleep = sleep
        self._system: AsyncFileSystem | None = None
        self._root = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def entries(self) -> list[Entry] | None:
        """What is directly in the folder; None if the address is a file's."""

        def listed() -> list[Entry] | None:
            if not self._is_folder():
                return None
            found = [entry_of(info) for info in self._listing()]
            links = [at for at, (entry, info) in enumerate(found) if info.get("type") == "link"]
            for at in links:
                with suppress(FileNotFoundError):  # a link that leads nowhere is no file
                    found[at] = entry_of(self._ask("_info", self._at(found[at][0].name)))
            # An object store may have an object that stands for the folder itself.
            inside = [found_ for found_ in found if str(found_[1]["name"]).rstrip("/") != self._root.rstrip("/")]
            return [entry for entry, info in inside if info["type"] in ("file", "directory")]

        return self._tried(listed, "")

    def entry(self, name: str = "") -> Entry | None:
        """A file or folder, or None if there is none."""
        return self._tried(lambda: self._entry_or_none(name), name)

    def fetch(self, name: str, size: int, target: Path) -> None:
        """Copy a file of this size to this computer."""
        within = _WITHIN + size / _SLOWEST

        def fetched() -> None:
            if self.remote.scheme == "sftp":
                with target.open("wb") as file:
                    self._run(over_ssh.fetch, self._at(name), file, within=within)
            else:
                self._ask("_get_file", self._at(name), str(target), within=within)

        self._tried(fetched, name)

    def write(self, name: str, content: bytes) -> None:
        """Write a file, over one that is there."""
        self._tried(lambda: self._ask("_pipe_file", self._at(name), content), name)

    def make_folder(self, name: str) -> None:
        """Only SFTP has folders of their own."""
        if self.remote.scheme == "sftp":
            self._tried(lambda: self._ask("_makedirs", self._at(name), exist_ok=True), name)

    def remove(self, name: str) -> None:
        """Remove a file; one that is gone is no error."""

        def removed() -> None:
            with suppress(FileNotFoundError):
                self._ask("_rm_file", self._at(name))

        self._tried(removed, name)

    def copy(self, name: str, to: str) -> None:
        self._tried(lambda: self._ask("_cp_file", self._at(name), self._at(to)), name)

    def rename(self, name: str, to: str, entry: Entry) -> bool:
        """Rename this file. Only SFTP can. False if something else has the new name: nothing is overwritten.

        If the connection is cut after the server did it, the next attempt finds it done, and leaves alone whatever has
        the old name by then.
        """

        def renamed() -> bool:
            there = self._entry_or_none(to)
            if there is None:
                self._run(over_ssh.rename, self._at(name), self._at(to))
                return True
            return (there.size, there.changed) == (entry.size, entry.changed)

        return self._tried(renamed, name)

    def remove_if(self, name: str, etag: str) -> None:
        """Remove a file unless it was replaced since it had this ETag, as far as the server can tell."""
        if self.remote.scheme != "s3":
            self.remove(name)
            return
        bucket, _, key = self._at(name).partition("/")

        def removed() -> None:
            try:
                self._ask("_call_s3", "delete_object", Bucket=bucket, Key=key, IfMatch=etag)
            except FileNotFoundError:
                return  # an attempt whose answer was lost removed it
            except OSError as error:
                code = getattr(error.__cause__, "response", {}).get("Error", {}).get("Code", "")
                if code != "PreconditionFailed":  # else it was replaced, and stays
                    raise

        self._tried(removed, name)

    def _entry_or_none(self, name: str) -> Entry | None:
        try:
            return entry_of(self._ask("_info", self._at(name)))[0]
        except FileNotFoundError:
            return None

    def _is_folder(self) -> bool:
        try:
            return bool(self._ask("_info", self._root)["type"] == "directory")
        except FileNotFoundError:
            # An object store has no empty folders: one that holds nothing yet is there all the same.
            if self.remote.scheme == "sftp" or not self._ask("_exists", self._root.partition("/")[0]):
                raise
            return True

    def _listing(self) -> list[Mapping[str, Any]]:
        try:
            found: list[Mapping[str, Any]] = self._ask("_ls", self._root, detail=True)
        except FileNotFoundError:
            if self.remote.scheme == "sftp":
                raise
            return []
        return found

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}" if name else self._root

    def _tried(self, step: Callable[[], T], name: str) -> T:
        """The step's result; a step that a lost connection ended is tried again over a new one."""

        def attempt() -> T:
            try:
                if self._system is None:
                    self._system, self._root = connect(self.remote, self._storage)
                return step()
            except Exception:
                self.hang_up()
                raise

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            wait=tenacity.wait_exponential(multiplier=0.5, max=10),
            retry=tenacity.retry_if_exception(_may_pass),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a library raises is said in words
            path = self.remote.path / name if name else self.remote.path
            raise FileServerError(words_of(error, self.remote, path, self._storage), error) from None

    def _ask(self, method: str, *arguments: Any, within: float = _WITHIN, **more: Any) -> Any:
        """One coroutine of the file system, for at most so many seconds."""
        return self._wait(getattr(self._system, method), *arguments, within=within, **more)

    def _run(self, step: Callable[..., Any], *arguments: Any, within: float = _WITHIN) -> None:
        """One coroutine of our own on the file system."""
        self._wait(step, self._system, *arguments, within=within)

    def _wait(self, step: Callable[..., Any], *arguments: Any, within: float, **more: Any) -> Any:
        from fsspec.asyn import sync  # noqa: PLC0415 - an extra

        system: Any = self._system
        return sync(system.loop, step, *arguments, timeout=within, **more)

    def hang_up(self) -> None:
        """End the connection: what nobody refers to any more, fsspec closes."""
        self._system = None


def _may_pass(error: BaseException) -> bool:
    """Whether another attempt may succeed; tenacity asks about a Ctrl-C too."""
    return isinstance(error, Exception) and not is_final(error)


def entry_of(info: Mapping[str, Any]) -> tuple[Entry, Mapping[str, Any]]:
    """What fsspec says of a file, as an Entry; and what it said.

    Times are cut to seconds: some object stores list them with fractions, and leave these out where one file is asked.
    """
    name = str(info["name"]).rstrip("/").rpartition("/")[2]
    changed = next((info[key] for key in _CHANGED if info.get(key)), None)
    etag = next((str(info[key]) for key in _ETAGS if info.get(key)), "")
    return Entry(name, int(info.get("size") or 0), _seconds(changed), etag, info["type"] == "directory"), info


def _seconds(changed: Any) -> float:
    if changed is None:
        return 0.0
    moment = changed if isinstance(changed, datetime) else datetime.fromisoformat(str(changed))
    return float(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
