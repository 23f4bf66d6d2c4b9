"""What a quota is counted from, for a ledger that is there and for one that is not.

Nothing here needs a database, which takes long to load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rotor_import.errors import Defect
from rotor_import.model.location import database_of
from rotor_import.model.quota_window import QuotaWindow


@dataclass(frozen=True)
class Request:
    """One request that is about to be sent. `change` is the customer that a POST is for."""

    key_hash: str
    run: str
    method: str
    path: str
    change: str = ""


@dataclass(frozen=True)
class Usage:
    """The requests of a key that count at a moment.

    `ends` are the times at which they ended, oldest first; one without an outcome counts as ending when its answer
    could no longer come. `blocked_until` is what Rotor said with a 429.

    Of the ends, `recounted` had a time to come, and count from when that was noticed; `far` says that of the 429.
    """

    ends: tuple[float, ...]
    blocked_until: float | None
    recounted: int = 0
    far: bool = False


def is_there(location: str) -> bool:
    """Whether there may be a ledger at this file's path or database's URL: only a file can be seen to be missing.

    Raises LedgerError if the location is neither.
    """
    try:
        return database_of(location) is not None or Path(location).exists()
    except OSError:  # opening it will say what is wrong with the path
        return True


class NoRequests:
    """The requests in a ledger that is not there: none so far, and none may be sent."""

    def usage(self, _key_hash: str, _now: float, _longest: float) -> Usage:
        return Usage((), None)

    def count_by_method(self, _run: str) -> dict[str, int]:
        return {}

    def log(self, _run: str) -> list[tuple[float, str, str, str]]:
        return []

    def reserve(
        self, _requests: Sequence[Request], _now: float, *, timeout: float, windows: Sequence[QuotaWindow]
    ) -> list[int | Usage]:
        raise Defect(f"A request without a ledger ({windows}, {timeout} seconds).")

    def settle(self, _attempt: int, _now: float, _result: str) -> None:
        raise Defect("A request without a ledger ended.")

    def block(self, _key_hash: str, _until: float) -> None:
        raise Defect("A request without a ledger was refused.")
