"""The sandbox's clock, which can be moved forward at /sandbox/clock, beside the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from werkzeug.wrappers import Request, Response

from rotor_import.sandbox import answers
from rotor_import.sandbox.store import Store

PATH = "/sandbox/clock"
_OFFSET = "clock_offset"
_FARTHEST = 100 * 366 * 86400
"""A century, so that the time stays within what a datetime can hold."""


def real_time() -> datetime:
    return datetime.now(UTC)


class MovedClock:
    """A clock that runs ahead of `now` (which gives aware datetimes). The store keeps how far it was moved."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._offset = float(store.meta(_OFFSET, "0"))

    def now(self) -> datetime:
        return self._now() + timedelta(seconds=self._offset)

    def respond(self, request: Request) -> Response:
        """GET tells the time, POST {"advance": seconds} moves the clock forward."""
        if request.method not in ("GET", "POST"):
            return answers.no_method("GET", "POST")
        with self._store.atomic():
            if request.method == "POST":
                seconds = _seconds_in(request)
                if seconds is None or seconds > _FARTHEST - self._offset:
                    return answers.invalid(("advance", f"Expected seconds, from 0 to {_FARTHEST} in all"))
                self._offset += seconds
                self._store.set_meta(_OFFSET, str(self._offset))
            return answers.answer({"now": self.now().isoformat()})


def _seconds_in(request: Request) -> float | None:
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return None
    seconds = body.get("advance") if isinstance(body, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return seconds if 0 <= seconds <= _FARTHEST else None
