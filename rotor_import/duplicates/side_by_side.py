"""Work that is done side by side: polars lets the interpreter go, and most steps here are short."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")
_AT_ONCE = 2
"""Each has its own memory, so no more than what two processors are worth."""


def side_by_side(work: Callable[[_T], _R], parts: Iterable[_T]) -> list[_R]:
    """What `work` makes of each part, in their order."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(work, parts))
