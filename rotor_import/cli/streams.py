"""stdout and stderr that never fail a command: a full disk, a closed stream or a reader who has gone loses only text.

A write that fails raises nothing, neither in the command nor when the interpreter flushes its streams at the end.
Python itself would end with a traceback, or with exit code 120.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

_CLOSED = "it is closed"
_STANDARD = (0, 1, 2)


class Outlet(io.RawIOBase):
    """Writes to a raw stream as long as that works, and from the first failure on to nowhere.

    `tell` is called with the reason of the first failure, but not if the reader has gone (`| head`): then somebody has
    read enough. Without a raw stream, everything fails.
    """

    def __init__(self, raw: io.RawIOBase | None, tell: Callable[[str], None]) -> None:
        self._raw = raw
        self._tell = tell
        self._failed = False
        self.lost = False
        """Whether text was lost that somebody may have waited for."""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        if self._raw is None:
            raise io.UnsupportedOperation("fileno")
        return self._raw.fileno()

    def write(self, text: Buffer, /) -> int:
        size = memoryview(text).nbytes
        if self._failed:
            return size
        try:
            self._write_all(text)
        except BrokenPipeError:
            self._failed = True
        except (OSError, ValueError) as error:
            self._failed = self.lost = True
            self._tell(getattr(error, "strerror", None) or _CLOSED)
        return size

    def _write_all(self, text: Buffer) -> None:
        if self._raw is None:
            raise ValueError(_CLOSED)
        left = memoryview(text).cast("B")
        while left:
            count = self._raw.write(left)
            if count is None:  # it does not block, and is not ready yet
                select.select([], [self._raw], [])
            left = left[count or 0 :]


def protect() -> Outlet | None:
    """Put outlets under stdout and stderr; the one of stdout comes back, None if a test reads what is printed."""
    _take_standard_numbers()
    if _is_protectable(sys.stderr):
        sys.stderr = _stream(sys.stderr, Outlet(_raw(sys.stderr), lambda _why: None))
    if not _is_protectable(sys.stdout):
        return None
    outlet = Outlet(_raw(sys.stdout), _say_lost)
    sys.stdout = _stream(sys.stdout, outlet)
    return outlet


def _take_standard_numbers() -> None:
    """A file that is opened later must not get the number of a closed stream, where libraries would write into it."""
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one


def _is_protectable(stream: object) -> bool:
    """Whether it is closed, or a real file that is not protected yet."""
    return stream is None or ((raw := _raw(stream)) is not None and not isinstance(raw, Outlet))


def _raw(stream: object) -> io.RawIOBase | None:
    """What a text stream writes to in the end; PYTHONUNBUFFERED leaves no buffer between."""
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)
    return raw if isinstance(raw, io.RawIOBase) else None


def _stream(old: object, outlet: Outlet) -> io.TextIOWrapper:
    """A text stream like the old one; characters that it can't show appear by their numbers."""
    unbuffered = isinstance(getattr(old, "buffer", None), io.RawIOBase)
    return io.TextIOWrapper(
        outlet if unbuffered else io.BufferedWriter(outlet),  # type: ignore[arg-type]  # as Python itself does it
        encoding=getattr(old, "encoding", "utf-8"),
        errors="backslashreplace",
        line_buffering=getattr(old, "line_buffering", True),
        write_through=getattr(old, "write_through", False),
    )


def _say_lost(why: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"Error: The result can't be written to standard output: {why}.\n")
        sys.stderr.flush()
