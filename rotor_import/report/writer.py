"""Writes a report's files beside other work: polars and the disk leave the interpreter free meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from pathlib import Path
from queue import Queue
from types import TracebackType
from typing import Self

import polars as pl

from rotor_import.report.files import save_parts, write_text

_WAITING = 1
"""So many parts of a table wait for the one that is being written; more would only take memory."""


class _NotAll(Exception):
    """The maker of a table's parts failed: what there is of its file must not pass for the whole."""


_Part = pl.DataFrame | _NotAll | None
"""None comes after the last one."""


class Writer:
    """Writes files one after the other, in the order in which they are given; a context manager.

    At its end all of them are on the disk, or ReportError is raised. If its body fails, files that were not begun yet
    are left out.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="report")
        self._writing: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            self._refuse_failed()

    def save_text(self, path: Path, text: str) -> None:
        """Raises ReportError if an earlier file can't be written."""
        self._refuse_failed()
        self._writing.append(self._thread.submit(write_text, path, text))

    def save_parts(self, path: Path, frames: Iterable[pl.DataFrame]) -> None:
        """As `files.save_parts`; the frames are made here. Raises ReportError if an earlier file can't be written.

        What a table asks of others is written before it, so it must have asked by the time that its first part is made.
        """
        self._refuse_failed()
        made = iter(frames)
        first = next(made, None)
        parts: Queue[_Part] = Queue(_WAITING)
        self._writing.append(self._thread.submit(_write_parts, path, parts))
        last: _Part = _NotAll()
        try:
            for frame in chain([] if first is None else [first], made):
                parts.put(frame)
            last = None
        finally:
            parts.put(last)

    def _refuse_failed(self) -> None:
        while self._writing and self._writing[0].done():
            self._writing.popleft().result()


def _write_parts(path: Path, parts: Queue[_Part]) -> None:
    given = _until_end(parts)
    with suppress(_NotAll):  # whoever makes the parts hears of it
        try:
            save_parts(path, given)
        finally:
            deque(given, maxlen=0)  # their maker must not wait for a file that failed


def _until_end(parts: Queue[_Part]) -> Iterator[pl.DataFrame]:
    while (part := parts.get()) is not None:
        if isinstance(part, _NotAll):
            raise part
        yield part
