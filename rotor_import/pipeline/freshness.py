"""Whether a feed's file, or its nightly sync, is late, judged by how often files came before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from rotor_import.ledger.file_history import Known, Visit
from rotor_import.model.clock import in_words

HOUR, DAY = 60 * 60, 24 * 60 * 60
_TOGETHER = HOUR
"""Files that arrive within this many seconds count as one arrival."""
_LAST = 40
"""How many of the latest arrivals count."""
_ENOUGH = 7
"""How many pauses between arrivals are needed, so that a weekend is among them."""
_USUALLY = 0.9
_SLACK = 2 * HOUR
"""Room for a timer's delay, and for the hour by which a clock is put forward or back."""


def usual_pause(arrivals: Sequence[float]) -> float | None:
    """The pause, in seconds, that nine in ten of the latest did not exceed; None if there were too few to tell."""
    together: list[float] = []
    for at in sorted(arrivals):
        if not together or at - together[-1] >= _TOGETHER:
            together.append(at)
    recent = together[-_LAST:]
    pauses = sorted(after - before for before, after in pairwise(recent))
    if len(pauses) < _ENOUGH:
        return None
    return pauses[math.ceil(_USUALLY * (len(pauses) - 1))]


def late(known: Sequence[Known], visit: Visit, now: float, not_taken: Sequence[float] = ()) -> str:
    """What is late, in words, or '' if nothing is.

    `not_taken` is when files came that were refused or stopped: they say nothing of how often good ones come, but one
    that has come is not late.
    """
    taken = [file.at for file in known if file.state == "taken"]
    usual = usual_pause(taken)
    last = max([*taken, *not_taken], default=now)
    if usual is None or now - last <= usual + _SLACK:
        return ""
    since = f"No new file since {in_words(last)} ({_long(now - last)})"
    if now - visit.looked_at > usual + _SLACK:
        return f"{since}, and the last sync was {in_words(visit.looked_at)}. Check whether its timer still runs."
    return f"{since}; usually one comes within {_long(usual)}. Check the program that writes the files."


def _long(seconds: float) -> str:
    return f"{seconds / HOUR:.0f} hours" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"
