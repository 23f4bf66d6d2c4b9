"""A call, and the possible results of one attempt of it.

Results are values, not exceptions. So no error that leaves the package has an exception of httpx behind it, whose
text might repeat a header or a URL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rotor_import.errors import ApiError

T = TypeVar("T")


class ShapeError(ValueError):
    """An answer whose body does not have the documented shape. Its text holds nothing of the body."""


@dataclass(frozen=True)
class Reply:
    """An HTTP answer. `body` is None where it can't be read, as `why` says; `retry_after` is in seconds."""

    status: int
    body: bytes | None
    retry_after: float | None
    why: str = ""


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request to make. `read` turns a good reply into its value, or raises ValueError (ShapeError).

    `name` is the endpoint as messages call it, without an id; `absent` says that a 404 is a good reply
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
    """A failure that may pass. `reached` is False only where Rotor certainly never saw the request."""

    words: str
    result: str
    reached: bool = True
    retry_after: float | None = None


@dataclass(frozen=True)
class Throttled:
    retry_after: float | None
    result: str = "429"


@dataclass(frozen=True)
class FinalError:
    """An error that trying again cannot change."""

    error: ApiError
    result: str


AttemptResult: TypeAlias = Answer[T] | Failure | Throttled | FinalError
