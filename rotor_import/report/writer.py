"""Writes a report's files beside other work: polars and the disk leave the interpreter free meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl

from rotor_import.report.files import save_parts, write_text


class Writer:
    """Writes files one after the other, in the order in which they are given; a context manager.

    At its end all of them are on the disk, or the first error is raised: ReportError for one that can't be written. If
    its body fails, files that were not begun yet are left out.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="report")
        self._writing: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=error is not None)
        if error is None:
            self._raise_failures()

    def save_text(self, path: Path, text: str) -> None:
        """Raises what an earlier file failed with."""
        self._raise_failures()
        self._writing.append(self._thread.submit(write_text, path, text))

    def save_parts(self, path: Path, frames: Iterable[pl.DataFrame]) -> None:
        """As `files.save_parts`; the frames are made when it is their turn. Raises what an earlier file failed with."""
        self._raise_failures()
        self._writing.append(self._thread.submit(save_parts, path, frames))

    def _raise_failures(self) -> None:
        while self._writing and self._writing[0].done():
            self._writing.popleft().result()
