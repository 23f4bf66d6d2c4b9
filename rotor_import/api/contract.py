"""What goes in and out of the client."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from rotor_import.model.item_columns import item_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_TIMEOUTS = 4


def longest_attempt(timeout: float) -> float:
    """The most seconds that one attempt takes, from the connection to the last byte, if each wait has `timeout`."""
    return _TIMEOUTS * timeout


class Meter(Protocol):
    """Counts every attempt; several threads call it at once."""

    def admit(self, method: str, path: str, change: str | None) -> int:
        """Charge one attempt before it is sent; may wait for a free slot, or raise QuotaExhausted."""

    def settle(self, ticket: int, result: str) -> None:
        """Note what became of an attempt: exactly once for each ticket.

        `result` is the HTTP status; else `timeout` or `dropped` (it may have been carried out),
        `unreadable` (a 2xx answer that makes no sense), `not sent` (no connection came about), or
        `interrupted` (the program was stopped meanwhile).
        """


@dataclass(frozen=True)
class RetryPolicy:
    """How often and how long a call is tried. Times are in seconds; `total` leaves out waiting for quota."""

    attempts: int = 5
    base: float = 0.5
    cap: float = 30.0
    total: float = 300.0


@dataclass(frozen=True)
class Identity:
    company_id: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Page:
    items: tuple[Mapping[str, Any], ...]
    total: int
    has_more: bool

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        """The items' cells by name, made once: a million customers are looked at several times."""
        return item_columns(self.items)


@dataclass(frozen=True)
class Upserted:
    """What an upsert returned. `lost_reply` says that an earlier attempt of the call may have been carried out.

    `created` is then False even where that earlier attempt created the customer. `odd` are fields that the answer had
    in another shape than documented: they are left out of `customer`.
    """

    customer: Mapping[str, Any]
    created: bool
    attempts: int
    lost_reply: bool
    odd: tuple[str, ...] = ()
