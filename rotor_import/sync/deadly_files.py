"""Files of which the program died: killed, or out of memory, before what they hold was in the ledger.

Each attempt at a file is in the ledger before the file is read. One that ended in words, by a signal or an error, is no
death; one that the next night finds begun and not ended is. After two deaths the file is not read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from rotor_import.errors import LedgerError, RotorImportError, SourceError
from rotor_import.ledger.file_history import Attempt, FileHistory
from rotor_import.model.clock import Clock
from rotor_import.sync.arrived_file import ArrivedFile

ENOUGH = 2
"""So many deaths, and the file is put away."""
_RESTART = 60 * 60
"""Seconds within which a computer that started again counts as what ended an attempt: a file takes minutes at most."""


class DeadlyFiles:
    """The attempts at a feed's files, as the night found them. `started` is when this computer started."""

    def __init__(self, history: FileHistory, feed: str, clock: Clock, started: float) -> None:
        self._history = history
        self._feed = feed
        self._clock = clock
        self._before = history.attempts(feed)
        self._deaths = {attempt.sha256: attempt.deaths + _died(attempt, started) for attempt in self._before}

    def notes(self, present: Sequence[ArrivedFile]) -> list[str]:
        """What to say of files of which an earlier night died, and which are tried again."""
        died = [file for file in present if 0 < self._deaths.get(file.sha256, 0) < ENOUGH]
        return [
            f"An earlier sync was killed or ran out of memory while importing {file.name}. It is tried again; if it "
            "happens once more, the file goes to failed/."
            for file in died
        ]

    def verdict(self, file: ArrivedFile) -> SourceError | None:
        """Why the file is not to be read again, if so."""
        if self._deaths.get(file.sha256, 0) < ENOUGH:
            return None
        return SourceError(
            f"{file.name} was not imported: the last {ENOUGH} times, the program was killed or ran out of memory while "
            "importing it. Split the file, or give the program more memory; then put it back into the folder."
        )

    def forget(self, file: ArrivedFile) -> None:
        """It is put away; if somebody puts it back, it is tried again."""
        self._history.forget_attempts(self._feed, file.sha256)

    @contextmanager
    def attempt(self, file: ArrivedFile) -> Iterator[None]:
        """An attempt at the file. A MemoryError, or an error that nobody expected, is a death as well."""
        sha256, deaths = file.sha256, self._deaths.get(file.sha256, 0)
        self._history.save_attempt(self._feed, Attempt(sha256, file.name, deaths, self._clock.now()))
        try:
            yield
        except (RotorImportError, KeyboardInterrupt, SystemExit):
            self._end(sha256)
            raise
        self._end(sha256)

    def _end(self, sha256: str) -> None:
        """Not at the price of what the attempt came to: if the ledger fails just now, it counts as a death."""
        with suppress(LedgerError):
            self._history.end_attempt(self._feed, sha256)


def _died(attempt: Attempt, started: float) -> bool:
    """Whether its process died, and not because the computer was restarted meanwhile."""
    began = attempt.began_at
    return began is not None and not began <= started <= began + _RESTART
