"""What a Parquet file says of its own size, read before anything is unpacked.

The end of the file describes it in Thrift's compact protocol: numbers of seven bits a byte, and fields by their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rotor_import.errors import SourceError
from rotor_import.source.payload import Payload

MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_ROWS, _SCHEMA, _GROUPS = 3, 2, 4
_CHILDREN, _UNPACKED = 5, 2
_STOP, _TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 11, 12
_DEEPEST = 32
_MOST_VALUES = 2**22
"""How many values describe a file: about twenty for each column of each of its groups of rows."""
_LONGEST_NUMBER = 10
"""The bytes of one of 64 bits."""
_TAIL = 8


@dataclass(frozen=True)
class Footer:
    """`columns` are those that hold values, the inner ones of nested columns among them; `unpacked` is in bytes."""

    rows: int
    columns: int
    unpacked: int


def read_footer(payload: Payload) -> Footer:
    """Raises SourceError with what to do."""
    data = payload.data
    if data.endswith(_ENCRYPTED) or data.startswith(_ENCRYPTED):
        raise SourceError(f"{payload.path} is encrypted. Export it without a password.")
    size = int.from_bytes(data[-_TAIL:-4], "little")
    if not data.endswith(MAGIC) or size + _TAIL + len(MAGIC) > len(data):
        raise broken(payload)
    try:
        fields = _Compact(data[-_TAIL - size : -_TAIL]).struct()
        groups = fields.get(_GROUPS, [])
        schema = fields.get(_SCHEMA, [])
        unpacked = sum(_count(group, _UNPACKED) for group in groups)
        columns = sum(not _count(element, _CHILDREN) for element in schema)
        return Footer(_count(fields, _ROWS), columns, unpacked)
    except _TooManyError:
        raise SourceError(
            f"{payload.path} has too many row groups. Export it again with larger ones, or as CSV."
        ) from None
    except (IndexError, ValueError, AttributeError, TypeError):
        raise broken(payload) from None


def broken(payload: Payload) -> SourceError:
    return SourceError(f"{payload.path} is damaged or incomplete. Copy or export it again.")


def _count(fields: dict[int, Any], number: int) -> int:
    found = fields.get(number, 0)
    if type(found) is not int:  # nor a bool
        raise TypeError("no number")
    return max(found, 0)


class _TooManyError(Exception):
    """More values than would be read in a few seconds."""


class _Compact:
    """Reads within bounds, so that no bytes whatever take long. Raises IndexError or ValueError if they are damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._values = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        number = 0
        while kind := self._byte():
            step = kind >> 4
            number = number + step if step else self._zigzag()
            fields[number] = self._value(kind & 0x0F, depth, in_field=True)
        return fields

    def _value(self, kind: int, depth: int, *, in_field: bool) -> Any:
        self._check_bounds(depth)
        if kind in (_TRUE, _FALSE):
            return kind == _TRUE if in_field else self._byte() == _TRUE
        if kind == _BYTE:
            return self._byte()
        if kind < _DOUBLE:
            return self._zigzag()
        if kind == _DOUBLE:
            return self._bytes(8)
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind in (_LIST, _SET):
            return self._list(depth + 1)
        if kind == _MAP:
            return self._map(depth + 1)
        if kind == _STRUCT:
            return self.struct(depth + 1)
        raise ValueError("no kind of Thrift's")

    def _check_bounds(self, depth: int) -> None:
        self._values += 1
        if self._values > _MOST_VALUES:
            raise _TooManyError
        if depth > _DEEPEST:
            raise ValueError("nested too deeply")

    def _list(self, depth: int) -> list[Any]:
        head = self._byte()
        size = head >> 4
        size = self._varint() if size == 0x0F else size  # noqa: PLR2004 - the size follows
        if size > len(self._data) - self._at:  # each takes a byte at least
            raise ValueError("longer than the file")
        return [self._value(head & 0x0F, depth, in_field=False) for _ in range(size)]

    def _map(self, depth: int) -> None:
        size = self._varint()
        kinds = self._byte() if size else 0
        for _ in range(size):  # the bytes end before a number that is too large
            self._value(kinds >> 4, depth, in_field=False)
            self._value(kinds & 0x0F, depth, in_field=False)

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _bytes(self, size: int) -> bytes:
        if size > len(self._data) - self._at:
            raise ValueError("longer than the file")
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        value = 0
        for at in range(_LONGEST_NUMBER):
            byte = self._byte()
            value |= (byte & 0x7F) << 7 * at
            if byte < 0x80:  # noqa: PLR2004 - the eighth bit says that more follow
                return value
        raise ValueError("a number that is too long")

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
