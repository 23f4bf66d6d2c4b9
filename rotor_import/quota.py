"""How many requests a key may still make: at most the limit in any window, for all machines that share a ledger."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.ledger.group_commit import GroupCommit
from rotor_import.ledger.quota_usage import Request, Usage
from rotor_import.model.clock import Clock, moment, soon_in_words
from rotor_import.model.quota_window import DAY, QuotaWindow
from rotor_import.model.summary import RequestForecast

UNKNOWN_RESET = 3600.0
"""Seconds until the next try after a 429 that does not say when: the reset time is not documented."""
_AGAIN = 2
"""A second 429 in a row has not kept its word, or gave none that can be kept: then at least an hour is waited."""


@dataclass(frozen=True)
class Limits:
    """What bounds the requests of a run: the windows that Rotor sets, and the `Settings` max_requests to timeout.

    `way_out` tells people what else they can do than wait.
    """

    windows: tuple[QuotaWindow, ...]
    max_requests: int | None = None
    patience: float = 900.0
    timeout: float = 30.0
    way_out: str = ""

    @property
    def longest(self) -> QuotaWindow:
        """The window in which people count; shorter ones only slow a run down."""
        return max(self.windows, key=lambda window: window.seconds)


@dataclass(frozen=True)
class QuotaState:
    """What is used of the longest window. `free_at` is when the next slot is free, in seconds since the epoch.

    `notes` are for people: what was recorded while the clock was wrong.
    """

    used: int
    limit: int
    free_at: float
    notes: tuple[str, ...] = ()

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True)
class Forecast:
    """When so many requests will be through: the last of them at `finish_at`, which is on the day `finish` in UTC.

    `days` are those of the computer's time zone, from the first request to the last.
    """

    requests: int
    days: int
    finish_at: datetime
    reading: int = 0
    """Requests that each further day spends on reading Rotor's list, beside these."""

    @property
    def finish(self) -> date:
        return self.finish_at.date()

    def as_json(self) -> RequestForecast:
        """The contract's `forecast`, and the time of its end."""
        return {
            "requests": self.requests,
            "days": self.days,
            "finish": self.finish.isoformat(),
            "finish_at": self.finish_at.isoformat(timespec="seconds"),
            "reading": self.reading,
        }


class Requests(Protocol):
    """Those in the ledger, or in one that is not there."""

    def usage(self, key_hash: str, now: float, longest: float, /) -> Usage: ...

    def reserve(
        self, requests: Sequence[Request], now: float, /, *, timeout: float, windows: Sequence[QuotaWindow]
    ) -> list[int | Usage]: ...

    def settle(self, attempt: int, now: float, result: str, /) -> None: ...

    def block(self, key_hash: str, until: float, /) -> None: ...


class Quota:
    """Charges every request to the ledger before it is sent. Threads may share it."""

    def __init__(self, requests: Requests, key_hash: str, limits: Limits, clock: Clock, run: str) -> None:
        self._requests = requests
        self._key_hash = key_hash
        self._limits = limits
        self._clock = clock
        self._run = run
        self._used_here = 0
        self._refusals = 0
        """How many 429s came with no POST that succeeded in between."""
        self._posts: set[int] = set()
        self._group: GroupCommit[Request, int | Usage | None] = GroupCommit(self._reserve)
        self._waiting = threading.Lock()

    def charge_to(self, run: str) -> None:
        """From now on, requests count as those of this run."""
        self._run = run

    def admit(self, method: str, path: str, change: str | None) -> int:
        """One slot for one attempt: waits for it within the patience, else raises QuotaExhausted."""
        request = Request(self._key_hash, self._run, method, path, change or "")
        while True:
            slot = self._group.ask(request)
            if isinstance(slot, int):
                if method == "POST":
                    self._posts.add(slot)
                return slot
            if slot is None:
                most = self._limits.max_requests
                raise QuotaSpent(f"The {most} requests of --max-requests are used up. Run the same command to go on.")
            with self._waiting:  # one sleeps, then the others see that its time is over
                self._wait_for(slot)

    def _reserve(self, requests: Sequence[Request]) -> list[int | Usage | None]:
        """One slot for each, or what stands in its way; None of what the run's own bound leaves no room for.

        No two threads are here at a time.
        """
        limits, room = self._limits, len(requests)
        if limits.max_requests is not None:
            room = max(0, min(room, limits.max_requests - self._used_here))
        slots: list[int | Usage | None] = [None] * (len(requests) - room)
        if room:
            granted = self._requests.reserve(
                requests[:room], self._clock.now(), timeout=limits.timeout, windows=limits.windows
            )
            self._used_here += sum(isinstance(slot, int) for slot in granted)
            slots = [*granted, *slots]
        return slots

    def settle(self, ticket: int, result: str) -> None:
        if ticket in self._posts:
            self._posts.remove(ticket)
            if result.startswith("2"):
                self._refusals = 0
        self._requests.settle(ticket, self._clock.now(), result)

    def refused(self, error: QuotaExhausted) -> QuotaExhausted:
        """Rotor itself says that nothing is left, whatever was counted: nothing is sent until it says.

        The quota is a day's, so a later time than that is not believed; then one request goes first, alone.
        """
        now = self._clock.now()
        self._refusals += 1
        wait = error.until.timestamp() - now if error.until else UNKNOWN_RESET
        least = UNKNOWN_RESET if self._refusals >= _AGAIN else 0.0
        until = now + min(max(wait, least), DAY)
        self._requests.block(self._key_hash, until)
        return QuotaExhausted(f"{error} {self._again(until)}", moment(until))

    def state(self) -> QuotaState:
        now, longest = self._clock.now(), self._limits.longest
        usage = self._usage(now)
        return QuotaState(len(usage.ends), longest.limit, self._free_at(usage, now), tuple(_notes(usage)))

    def forecast(self, requests: int, daily_overhead: int, *, reads_first: bool = False) -> Forecast:
        """When `requests` more will be through; each further day first spends `daily_overhead` on reading.

        If it `reads_first`, the first day's reading is among the requests.
        """
        longest, now = self._limits.longest, self._clock.now()
        if requests == 0:
            return Forecast(0, 0, moment(now))
        usage = self._usage(now)
        start = max(now, usage.blocked_until or 0.0)
        free = self._left_at(start, usage)
        left = requests - free
        if reads_first and not free:  # what is read on the first day is read a day later
            left -= daily_overhead
        if left <= 0:
            return Forecast(requests, 1, moment(start))
        further = math.ceil(left / max(1, longest.limit - daily_overhead))
        # The slot of each later request is the one of a request that ends a window earlier.
        ends = [*usage.ends, *[start] * free][-longest.limit :] or [start]
        at = left + further * daily_overhead - 1
        end = max(ends[at % len(ends)], start - longest.seconds) + (1 + at // longest.limit) * longest.seconds
        first = start if free else self._free_at(usage, start)
        return Forecast(requests, (_day(end) - _day(first)).days + 1, moment(end), daily_overhead)

    def _usage(self, now: float) -> Usage:
        return self._requests.usage(self._key_hash, now, self._limits.longest.seconds)

    def _left_at(self, start: float, usage: Usage) -> int:
        """How many slots of the longest window are free then; none where another window lets nothing out."""
        if max(_free_at(window, usage) for window in self._limits.windows) > start:
            return 0
        longest = self._limits.longest
        return max(0, longest.limit - sum(end > start - longest.seconds for end in usage.ends))

    def _wait_for(self, usage: Usage) -> None:
        now = self._clock.now()
        until = self._free_at(usage, now)
        if until - now <= self._limits.patience:
            self._clock.sleep(max(until - now, 0.001))
            return
        full = [window for window in self._limits.windows if len(usage.ends) >= window.limit]
        if full:
            window = max(full, key=lambda window: _free_at(window, usage))
            used = f"Today's {window.limit} requests"
            if window.seconds != DAY:
                used = f"The {window.limit} requests of the last {window.span}"
            raise QuotaSpent(f"{used} are used up. {self._again(until)}", moment(until))
        raise QuotaSpent(
            f"Rotor takes no more requests from this API key for now (429). {self._again(until)}", moment(until)
        )

    def _again(self, until: float) -> str:
        """What to do about a pause: when to go on, and by which command."""
        words = f"Run the same command after {soon_in_words(until, self._clock)}."
        return f"{words} {self._limits.way_out}" if self._limits.way_out else words

    def _free_at(self, usage: Usage, now: float) -> float:
        """When every window has a free slot, and Rotor takes requests again."""
        windows = (_free_at(window, usage) for window in self._limits.windows)
        return max(now, usage.blocked_until or 0.0, *windows)


def _day(seconds: float) -> date:
    """As people count days: in the computer's time zone."""
    return moment(seconds).astimezone().date()


def _free_at(window: QuotaWindow, usage: Usage) -> float:
    """When the window has a free slot: one window after the first of its last `limit` requests ended."""
    return usage.ends[-window.limit] + window.seconds if len(usage.ends) >= window.limit else 0.0


def _notes(usage: Usage) -> Iterator[str]:
    """What people are told of a clock that was wrong."""
    why = "this computer's clock was wrong then, or is wrong now. Check the clock."
    if usage.recounted:
        one = usage.recounted == 1
        yield (
            f"{usage.recounted} request{'' if one else 's'} in the ledger {'has' if one else 'have'} a time in the "
            f"future: {why} {'It uses' if one else 'They use'} up quota for 24 hours from when this was first noticed."
        )
    if usage.far:
        yield (
            f"The ledger says that Rotor takes no requests (429) for more than 24 hours: {why} "
            "rotor-import tries one request 24 hours after this was first noticed."
        )
