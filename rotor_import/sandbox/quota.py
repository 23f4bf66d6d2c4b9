"""How many requests a key may still make: in a rolling day, or since midnight in some zone."""

from __future__ import annotations

import math
from datetime import datetime

from rotor_import.sandbox.options import Options
from rotor_import.sandbox.store import Store

DAY = 24 * 60 * 60


def spent(store: Store, options: Options, key: str, now: datetime) -> bool:
    return store.count(key, _since(options, now)) >= options.daily_limit


def counts(options: Options, carried_out: bool) -> bool:
    """Whether a request that was let in counts; a refusal for want of quota never does."""
    return carried_out or options.count_failed


def _since(options: Options, now: datetime) -> float:
    """Requests after this moment count, in seconds since the epoch."""
    zone = options.reset_zone
    if zone is None:
        return now.timestamp() - DAY
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return math.nextafter(midnight.timestamp(), -math.inf)
