"""The clock, handed in wherever time is needed, so that tests can set it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    """`now` is in seconds since the epoch; `sleep` takes seconds; nobody sets the `monotonic` clock."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def moment(self) -> datetime:
        return moment(self.now())


def in_words(seconds: float) -> str:
    """A time as people read it, in their own time zone: Nov 28, 2026, 6:30 PM PST."""
    at = moment(seconds).astimezone()
    return f"{at:%b} {at.day}, {at.year}, {at:%I:%M %p %Z}".replace(" 0", " ")


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
