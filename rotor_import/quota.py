"""How many requests are left, counted by key in any rolling 24 hours."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from rotor_import.errors import QuotaExhausted, QuotaSpent
from rotor_import.ledger.quota_usage import DAY, Request, Used
from rotor_import.model.clock import Clock, moment

UNKNOWN_RESET = 3600.0
"""Seconds until the next careful try after a 429 that does not say when: the reset time is not documented."""


@dataclass(frozen=True)
class Limits:
    """`daily` requests in 24 hours, of which `reserve` are for others; the rest are `Settings` of that name."""

    daily: int = 1000
    reserve: int = 0
    most: int | None = None
    patience: float = 900.0
    timeout: float = 30.0

    @property
    def own(self) -> int:
        return self.daily - self.reserve


@dataclass(frozen=True)
class QuotaWindow:
    """`free_at` is when the next slot is free, in seconds since the epoch."""

    used: int
    limit: int
    free_at: float

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


@dataclass(frozen=True)
class Forecast:
    """`days` counts today where anything is sent today."""

    requests: int
    days: int
    finish: date

    def as_json(self) -> dict[str, Any]:
        """The contract's `forecast`."""
        return {"requests": self.requests, "days": self.days, "finish": self.finish.isoformat()}


class Requests(Protocol):
    """The ledger's, or those of a ledger that is not there."""

    def used(self, key_hash: str, now: float, /) -> Used: ...

    def reserve(self, request: Request, now: float, /, *, timeout: float, limit: int) -> int | Used: ...

    def settle(self, attempt: int, now: float, result: str, /) -> None: ...

    def block(self, key_hash: str, until: float, /) -> None: ...


class Quota:
    """Charges every request to the ledger before it is sent; threads share one."""

    def __init__(self, attempts: Requests, key_hash: str, limits: Limits, clock: Clock, run: str) -> None:
        self._attempts = attempts
        self._key_hash = key_hash
        self._limits = limits
        self._clock = clock
        self._run = run
        self._used_here = 0
        self._lock = threading.Lock()

    def charge_to(self, run: str) -> None:
        """From now on requests are those of this run."""
        self._run = run

    def admit(self, method: str, path: str, change: str | None) -> int:
        """One slot for one attempt; waits within the patience, else raises QuotaExhausted."""
        with self._lock:
            self._check_own_bound()
            request = Request(self._key_hash, self._run, method, path, change or "")
            while True:
                slot = self._attempts.reserve(
                    request, self._clock.now(), timeout=self._limits.timeout, limit=self._limits.own
                )
                if isinstance(slot, int):
                    self._used_here += 1
                    return slot
                self._wait_for(slot)

    def settle(self, ticket: int, result: str) -> None:
        self._attempts.settle(ticket, self._clock.now(), result)

    def refused(self, error: QuotaExhausted) -> QuotaExhausted:
        """Rotor itself says that nothing is left, whatever the count: nothing is sent until then."""
        until = error.until.timestamp() if error.until else self._clock.now() + UNKNOWN_RESET
        self._attempts.block(self._key_hash, until)
        return QuotaExhausted(str(error), moment(until))

    def window(self) -> QuotaWindow:
        now = self._clock.now()
        used = self._attempts.used(self._key_hash, now)
        return QuotaWindow(len(used.ends), self._limits.own, self._free_at(used, now))

    def forecast(self, requests: int, daily_overhead: int) -> Forecast:
        """When `requests` more will be through; each further day first spends `daily_overhead` on reading."""
        window = self.window()
        now = self._clock.now()
        today = moment(now).date()
        if requests == 0:
            return Forecast(0, 0, today)
        left = requests - (window.remaining if window.free_at <= now else 0)
        if left <= 0:
            return Forecast(requests, 1, today)
        each = max(1, self._limits.own - daily_overhead)
        further = math.ceil(left / each)
        sends_today = left < requests
        return Forecast(requests, further + sends_today, today + timedelta(days=further))

    def _check_own_bound(self) -> None:
        if self._limits.most is not None and self._used_here >= self._limits.most:
            raise QuotaSpent(f"The {self._limits.most} requests of --max-requests are used.")

    def _wait_for(self, used: Used) -> None:
        now = self._clock.now()
        until = self._free_at(used, now)
        if until - now > self._limits.patience:
            if len(used.ends) >= self._limits.own:
                raise QuotaSpent(f"All {self._limits.own} requests of the last 24 hours are used.", moment(until))
            raise QuotaSpent(
                f"Rotor took no more requests (429), so none is sent before {moment(until):%Y-%m-%d %H:%M} UTC.",
                moment(until),
            )
        self._clock.sleep(max(until - now, 0.001))

    def _free_at(self, used: Used, now: float) -> float:
        over = len(used.ends) - self._limits.own
        counted = used.ends[over] + DAY if over >= 0 else now
        return max(counted, used.blocked_until or 0.0, now)
