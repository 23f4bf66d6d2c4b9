"""What remote files that stay where they are held when they were last fetched: they need not be fetched again."""

from __future__ import annotations

from rotor_import.ledger.file_history import Fetched, FileHistory


class KnownContents:
    """The contents of a feed's remote files by address and ETag.

    Files that are moved away are not remembered, and what was fetched but not taken is fetched again.
    """

    def __init__(self, history: FileHistory, feed: str, *, leaves: bool) -> None:
        self._history = history
        self._feed = feed
        self._leaves = leaves
        done = {file.sha256 for file in history.known(feed)} if leaves else set()
        fetched = history.fetched(feed) if leaves else []
        self._fetched = {one.address: one for one in fetched if one.sha256 in done}

    def last(self, address: str) -> Fetched | None:
        """What the address held when it was last fetched."""
        return self._fetched.get(address)

    def content(self, address: str, etag: str) -> str:
        """The hash of what has this ETag, '' if it isn't known."""
        last = self.last(address)
        return last.sha256 if last is not None and etag and last.etag == etag else ""

    def save(self, address: str, etag: str, sha256: str, written_at: float) -> None:
        if self._leaves and etag:
            self._history.save_fetched(self._feed, Fetched(address, etag, sha256, written_at))
