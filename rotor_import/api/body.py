"""The body of an answer, unpacked, and no longer than any answer of Rotor's can be."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from rotor_import.api.attempt import ShapeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rotor_import.api.ways import Arriving

PACKED = "gzip"
"""How an answer may be packed, as we say to Rotor: the only packing whose size is known while it is unpacked."""
LONGEST = 8_000_000
"""The most bytes of an answer: a page of 1000 customers has about one million."""
_GZIP = zlib.MAX_WBITS | 16
_STEP = 1_000_000
"""The most bytes that are unpacked at once."""


def read_body(arriving: Arriving, left: Callable[[], float]) -> bytes:
    """The whole body. Raises ShapeError if it is too long or can't be unpacked, TimeoutError if no time is `left`."""
    parts, size = [], 0
    for part in _unpacked(arriving):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            raise ShapeError(f"it is longer than {LONGEST // 1_000_000} MB")
        if left() <= 0:
            raise TimeoutError
    return b"".join(parts)


def _unpacked(arriving: Arriving) -> Iterator[bytes]:
    match (arriving.header(b"content-encoding") or "").strip().casefold():
        case "identity" | "":
            yield from arriving.parts()
        case "gzip" | "x-gzip":
            yield from _unzipped(arriving.parts())
        case _:
            raise ShapeError("it is compressed in an unsupported way")


def _unzipped(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack step by step, so that a few bytes never become more than one step too many.

    What follows the end is read and left aside: only a connection that was read to its end can be used again.
    """
    unzip = zlib.decompressobj(_GZIP)
    try:
        for part in packed:
            rest = b"" if unzip.eof else part
            while rest:
                yield unzip.decompress(rest, _STEP)
                rest = unzip.unconsumed_tail
    except zlib.error:
        raise ShapeError("it can't be decompressed") from None
    if not unzip.eof:
        raise ShapeError("it is compressed, and ends too early")
