"""A limit on requests, as Rotor sets it."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24 * 60 * 60.0
_HOUR = 60 * 60.0


@dataclass(frozen=True)
class QuotaWindow:
    """At most `limit` requests in any span of so many seconds.

    A request counts until a full window after its outcome, so the span may begin at any moment.
    """

    limit: int
    seconds: float

    @property
    def span(self) -> str:
        return f"{self.seconds / _HOUR:g} hours" if self.seconds >= _HOUR else f"{self.seconds:g} seconds"
