"""A call, and what one attempt of it can come to.

Outcomes are values, not exceptions: so no error that leaves the package has an exception of httpx's
behind it, whose text might repeat a header or a URL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rotor_import.errors import ApiError

T = TypeVar("T")


class ShapeError(ValueError):
    """A good answer that does not look like one."""


@dataclass(frozen=True)
class Reply:
    """`body` is None where it broke off; `retry_after` in seconds."""

    status: int
    body: bytes | None
    retry_after: float | None


@dataclass(frozen=True)
class Call(Generic[T]):
    """`read` turns a good reply into the value, or raises ValueError (ShapeError).

    `name` is the endpoint for messages, without anybody's id; `absent` says that a 404 is a good reply
    too; `repeatable` is False where sending it twice would make two customers.
    """

    method: str
    path: str
    name: str
    read: Callable[[Reply], T]
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    change: str | None = None
    absent: bool = False
    repeatable: bool = True


@dataclass(frozen=True)
class Answer(Generic[T]):
    value: T
    result: str


@dataclass(frozen=True)
class Failure:
    """It may pass. `reached` is False only where Rotor certainly never saw the request."""

    words: str
    result: str
    reached: bool = True
    retry_after: float | None = None


@dataclass(frozen=True)
class Throttled:
    retry_after: float | None
    result: str = "429"


@dataclass(frozen=True)
class Verdict:
    """Final, however often it is tried."""

    error: ApiError
    result: str


Outcome: TypeAlias = Answer[T] | Failure | Throttled | Verdict
