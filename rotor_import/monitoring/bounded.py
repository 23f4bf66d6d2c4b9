"""Work that is given up after a time, however slowly anybody answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence


class _Attempt(threading.Thread):
    """A daemon: one that was given up keeps nobody from ending."""

    def __init__(self, action: Callable[[], bool]) -> None:
        super().__init__(daemon=True)
        self._action = action
        self.succeeded = False

    def run(self) -> None:
        try:
            self.succeeded = bool(self._action())
        except Exception:  # noqa: BLE001 - a library of somebody else's; its words may repeat an address
            self.succeeded = False


def carried_out(actions: Sequence[Callable[[], bool]], seconds: float) -> list[bool]:
    """Carry out all at once; whether each succeeded within so many seconds. Nothing is raised."""
    attempts = [_Attempt(action) for action in actions]
    ends = time.monotonic() + seconds
    for attempt in attempts:
        attempt.start()
    for attempt in attempts:
        attempt.join(max(0.0, ends - time.monotonic()))
    return [not attempt.is_alive() and attempt.succeeded for attempt in attempts]
