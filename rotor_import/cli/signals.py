"""Ctrl-C and SIGTERM: at once before anything is sent, at the end of what is in flight after that."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import FrameType

from rotor_import.cli.exit_codes import PAUSED
from rotor_import.errors import Interrupted

_LONG = 60.0
"""Seconds after which a person wonders."""
_WORDS = "Stopping: what is in flight is finished and saved. Once more stops at once; nothing is lost then either."


class Signals:
    """One program's; its `sleep` wakes when an end is wanted, and then raises Interrupted.

    `say` tells the person that a signal was heard, and of a sleep that is long.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._wanted = threading.Event()
        self._shielded = False

    def install(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    @contextmanager
    def shield(self) -> Iterator[Callable[[], bool]]:
        self._shielded = True
        try:
            yield self._wanted.is_set
        finally:
            self._shielded = False

    def sleep(self, seconds: float) -> None:
        if seconds > _LONG:
            until = datetime.now(UTC) + timedelta(seconds=seconds)
            self._say(f"Waiting until {until:%Y-%m-%d %H:%M} UTC. Ctrl-C ends it, and nothing is lost.")
        if self._wanted.wait(seconds):
            raise Interrupted("Stopped while waiting, as asked. Nothing is lost: the same command, or resume, goes on.")

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if not self._shielded:
            raise KeyboardInterrupt
        if self._wanted.is_set():
            os._exit(PAUSED)  # every step is in the ledger already
        self._wanted.set()
        self._say(_WORDS)
