"""Ctrl-C, SIGTERM and a closed terminal stop the program at once, or, while it sends, after what is in flight."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rotor_import.cli.exit_codes import PAUSED
from rotor_import.errors import Interrupted
from rotor_import.model.clock import in_words

_LONG = 60.0
"""Longer waits are announced, in seconds."""
_WORDS = (
    "Stopping once the requests under way are answered. Press Ctrl-C again to stop now. Either way, nothing is lost."
)

_PAUSED = "Paused at your request. Nothing is lost. To go on, run the same command or: rotor-import resume"


class Signals:
    """Handles the program's signals. Its `sleep` ends early when one arrives, and raises Interrupted.

    `say` tells the person about a signal that was received, and about a long sleep.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._wanted = threading.Event()
        self._shielded = False

    def install(self) -> None:
        # As it is loaded, polars takes SIGINT for itself, and in a way that leaves a read or a wait uninterrupted: it
        # has to come first.
        import polars as pl  # noqa: F401, PLC0415 - as above; --help has no need of it

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)
        # A terminal that is closed ends the program as Ctrl-C does, unless nohup keeps it running.
        if sys.platform == "win32":
            signal.signal(signal.SIGBREAK, self._handle)  # as `sync --all` stops the processes of its profiles
        elif signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            signal.signal(signal.SIGHUP, self._handle)

    @contextmanager
    def shield(self) -> Iterator[Callable[[], bool]]:
        self._shielded = True
        try:
            yield self._wanted.is_set
        finally:
            self._shielded = False

    def sleep(self, seconds: float) -> None:
        if seconds > _LONG:
            until = in_words(time.time() + seconds)
            self._say(f"Waiting until {until}. Press Ctrl-C to stop: nothing is lost.")
        if self._wanted.wait(seconds):
            raise Interrupted(_PAUSED)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if not self._shielded:
            raise KeyboardInterrupt
        if self._wanted.is_set():
            os._exit(PAUSED)  # the ledger already has every step
        self._wanted.set()
        self._say(_WORDS)
