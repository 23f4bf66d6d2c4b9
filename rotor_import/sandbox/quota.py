"""Counts the requests of a key: over a rolling day, or since midnight in some time zone."""

from __future__ import annotations

import math
from datetime import datetime

from rotor_import.sandbox.options import Options
from rotor_import.sandbox.store import Store

DAY = 24 * 60 * 60


def spent(store: Store, options: Options, key: str, now: datetime) -> bool:
    return store.count(key, _since(options, now)) >= options.daily_limit


def counts(options: Options, carried_out: bool) -> bool:
    """Whether a request counts. One that is refused because the quota is used up never does."""
    return carried_out or options.count_failed


def _since(options: Options, now: datetime) -> float:
    """The moment after which requests count, in seconds since the epoch."""
    zone = options.reset_zone
    if zone is None:
        return now.timestamp() - DAY
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return math.nextafter(midnight.timestamp(), -math.inf)
