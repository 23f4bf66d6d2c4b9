"""How a sandbox behaves: each point that the API's document leaves open is an option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import phonenumbers

from rotor_import.sandbox.faults import Fault

SCOPES = frozenset({"customers:read", "customers:write"})

Compare = Literal["normal", "exact"]


class BadOptions(ValueError):
    """An option has a value that is not allowed."""


@dataclass(frozen=True)
class Options:
    """The options of one sandbox. Raises BadOptions.

    `keys` gives the scopes of each API key; with None, any key has all scopes. `quota_reset` is `rolling`, or the time
    zone at whose midnight the count starts again. `shift_pages` is how many times a page after the first comes one
    customer late, as if a customer had been edited while the list was read. `seed` is for faults that strike by chance.
    """

    keys: Mapping[str, frozenset[str]] | None = None
    daily_limit: int = 1000
    region: str = "US"
    phones: Compare = "normal"
    emails: Compare = "normal"
    created_status: Literal[201, 200] = 201
    quota_reset: str = "rolling"
    count_failed: bool = True
    empty: Literal["clears", "ignored"] = "clears"
    archived: Literal["match", "ignored"] = "match"
    unknown_id: Literal[404, 400] = 404
    shift_pages: int = 0
    faults: tuple[Fault, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if self.daily_limit < 1:
            raise BadOptions("The daily limit must be at least 1.")
        if self.shift_pages < 0:
            raise BadOptions("The number of shifted pages must be at least 0.")
        if self.region not in phonenumbers.SUPPORTED_REGIONS:
            raise BadOptions(f"There is no region {self.region!r}. Use two capital letters, such as US.")
        if self.quota_reset != "rolling":
            _zone(self.quota_reset)
        for scope in sorted(frozenset().union(*(self.keys or {}).values()) - SCOPES):
            raise BadOptions(f"There is no scope {scope!r}. Choose from {', '.join(sorted(SCOPES))}.")

    @property
    def comparing(self) -> str:
        """A name for the way in which phones and emails are compared."""
        return f"{self.phones} {self.region} {self.emails}"

    @property
    def reset_zone(self) -> ZoneInfo | None:
        return None if self.quota_reset == "rolling" else _zone(self.quota_reset)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise BadOptions(f"{name!r} is not a time zone. Use one such as America/New_York, or rolling.") from None
