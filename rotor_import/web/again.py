"""Goes on with an import once there is quota again, as long as the page's program is open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from rotor_import.model.clock import Clock
from rotor_import.web.jobs import Busy

_LONGEST = 30.0
"""Seconds after which the clock is looked at again: a computer may have slept."""


class Again:
    """Waits for one moment at a time. No account is held meanwhile, so that other runs aren't kept out."""

    def __init__(self, closing: threading.Event, clock: Clock | None = None) -> None:
        self._closing = closing
        self._clock = clock or Clock()
        self._number = 0
        self.at: float | None = None
        """When it goes on, None if it doesn't."""

    def plan(self, at: float, begin: Callable[[], None]) -> None:
        """Begin at that moment, instead of what was planned before."""
        self._number += 1
        self.at = at
        threading.Thread(target=self._wait, args=(self._number, at, begin), daemon=True).start()

    def cancel(self) -> None:
        self._number += 1
        self.at = None

    def _wait(self, number: int, at: float, begin: Callable[[], None]) -> None:
        while number == self._number and not self._closing.is_set():
            left = at - self._clock.now()
            if left <= 0 and self._begun(number, begin):
                return
            self._closing.wait(_LONGEST if left <= 0 else min(left, _LONGEST))

    def _begun(self, number: int, begin: Callable[[], None]) -> bool:
        """Whether it goes on; while something else is under way it waits for that."""
        with suppress(Busy):
            begin()
            if number == self._number:  # else what was begun has planned already when it goes on again
                self.at = None
            return True
        return False
