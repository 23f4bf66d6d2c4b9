"""The files of a feed that are done with, and what they make of those that are in the folder now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import PurePath

from rotor_import.ledger.file_history import Known
from rotor_import.sync.arrived_file import ArrivedFile, readable
from rotor_import.sync.drop_folder import DropSettings
from rotor_import.sync.feed_history import FeedHistory
from rotor_import.sync.file_order import is_newer, is_older


class KnownFiles:
    """The files that were taken or superseded so far."""

    def __init__(self, history: FeedHistory, settings: DropSettings) -> None:
        self._history = history
        self._settings = settings
        # A file that was undone may come again; one that is left in the folder has not come again.
        known = (file for file in history.known() if settings.leave or file.state != "undone")
        self.by_content = {file.sha256: file for file in known}

    @cached_property
    def last(self) -> Known | None:
        """The file that was taken last, if any."""
        taken = [file for file in self.by_content.values() if file.state == "taken"]
        return taken[-1] if taken else None

    def returned(self, arrived: Sequence[ArrivedFile]) -> ArrivedFile | None:
        """The newest of these full files, if it says again what a file before the last one said: it counts.

        One that says what the last one said has nothing new, unless files lie between them. Files that were only left
        in the folder, or copied again, are no newer ones.
        """
        if self.last is None:
            return None
        for file in reversed(arrived):
            if file.sha256 not in self.by_content:
                return None
            seen = (file.sha256, file.name) in self._names
            if is_newer(file, self.last, self._settings, seen=seen):
                between = any(file.sha256 not in self.by_content for file in arrived)
                return file if file.sha256 != self.last.sha256 or between else None
        return None

    def was_left(self, file: ArrivedFile) -> bool:
        """Whether the file is one that was left in the folder when it was taken."""
        if not self._settings.leave or self.last is None:
            return False
        older = is_older(file, self.last, self._settings, was_there=False)
        return older or any(file.name == name for _, name in self._names)

    def newer_than(self, file: ArrivedFile) -> Known | None:
        """The last file taken, if it is newer than this one."""
        last = self.last
        if last is None:
            return None
        there = self.by_content.get(unread(file.path))
        was_there = there is not None and there.run == last.run
        return last if is_older(file, last, self._settings, was_there=was_there) else None

    @cached_property
    def _names(self) -> set[tuple[str, str]]:
        return self._history.names()


def unread(path: PurePath) -> str:
    """What stands for the content of a file that was there, but not whole, when a newer one was taken."""
    return f"name:{readable(path.name)}"
