"""The clock, handed in wherever time is needed, so that tests can set it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


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
    return f"{at:%b} {at.day}, {at.year}, {_time_of_day(at)}"


def soon_in_words(seconds: float, clock: Clock) -> str:
    """A time to wait for, seen from now: 2:32 PM PST tomorrow; 2:32 PM PST on Monday, Nov 30.

    Its seconds are left out, as in `in_words`, so that a pause has one time wherever it is told; a run that begins a
    few seconds early waits for them, within its patience.
    """
    at = moment(seconds).astimezone()
    today = clock.moment().astimezone().date()
    if at.date() == today:
        day = "today"
    elif at.date() == today + timedelta(days=1):
        day = "tomorrow"
    else:
        year = "" if at.year == today.year else f", {at.year}"
        day = f"on {at:%A}, {at:%b} {at.day}{year}"
    return f"{_time_of_day(at)} {day}"


def _time_of_day(at: datetime) -> str:
    return f"{at:%I:%M %p %Z}".removeprefix("0")


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
