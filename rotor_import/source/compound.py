"""The compound file (OLE) around an .xls: sectors in chains, and a folder of streams."""

from __future__ import annotations

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE = 0xFFFFFFFA
_SHIFTS = (9, 12)
_ENTRY = 128
_IN_HEADER = 109


def workbook_stream(data: bytes) -> bytes:
    """The stream `Workbook`. Raises struct.error, IndexError or ValueError where the container is broken."""
    container = _Container(data)
    entries = container.chain(struct.unpack_from("<I", data, 48)[0])
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        name = entries[at : at + struct.unpack_from("<H", entries, at + 64)[0]].decode("utf-16-le", "replace")
        if name.rstrip("\0") in ("Workbook", "Book"):
            start, length = struct.unpack_from("<II", entries, at + 116)
            if length >= struct.unpack_from("<I", data, 56)[0]:
                return container.chain(start)[:length]
    raise ValueError("there is no workbook in it")


class _Container:
    def __init__(self, data: bytes) -> None:
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in _SHIFTS:
            raise ValueError("its sectors have an impossible size")
        self._data = data
        self._size = 1 << shift
        self._most = len(data) // self._size + 1
        self._next = [one for number in self._tables() for one in self._numbers(number)]

    def chain(self, start: int) -> bytes:
        parts: list[bytes] = []
        while start < _FREE:
            if len(parts) > self._most:
                raise ValueError("its sectors run in a circle")
            parts.append(self._sector(start))
            start = self._next[start]
        return b"".join(parts)

    def _tables(self) -> list[int]:
        """The sectors that say which sector follows which: the first in the header, others in a chain."""
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        following, extra = struct.unpack_from("<II", self._data, 68)
        for _ in range(min(extra, self._most)):
            if following >= _FREE:
                break
            *numbers, following = self._numbers(following)
            found += numbers
        return [number for number in found if number < _FREE][: self._most]

    def _numbers(self, sector: int) -> tuple[int, ...]:
        data = self._sector(sector)
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]
