"""What is counted of requests, and a ledger that is not there yet: without a database, which takes long to load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rotor_import.errors import Defect

DAY = 24 * 60 * 60.0


@dataclass(frozen=True)
class Request:
    """`change` is the customer that a POST is for."""

    key_hash: str
    run: str
    method: str
    path: str
    change: str = ""


@dataclass(frozen=True)
class Used:
    """Slots of the rolling day: `ends` are the times at which they were used up, oldest first."""

    ends: tuple[float, ...]
    blocked_until: float | None


def is_there(location: str) -> bool:
    """Whether there may be a ledger at a file's path or a database's URL; only a file can be seen to be missing."""
    try:
        return "://" in location or Path(location).exists()
    except OSError:  # whoever opens it says what is wrong with the place
        return True


class NoRequests:
    """The requests of a ledger that is not there: none so far, and none may be made."""

    def used(self, _key_hash: str, _now: float) -> Used:
        return Used((), None)

    def of_run(self, _run: str) -> dict[str, int]:
        return {}

    def told_of_run(self, _run: str) -> list[tuple[float, str, str, str]]:
        return []

    def reserve(self, _request: Request, _now: float, *, timeout: float, limit: int) -> int | Used:
        raise Defect(f"A request without a ledger ({limit} a day, {timeout} seconds).")

    def settle(self, _attempt: int, _now: float, _result: str) -> None:
        raise Defect("A request without a ledger ended.")

    def block(self, _key_hash: str, _until: float) -> None:
        raise Defect("A request without a ledger was refused.")
