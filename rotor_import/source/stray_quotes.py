"""Lines whose quotes were written without doubling them: the only way to read them, where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

_MOST_WAYS = 200
"""How many ways to read a line are tried."""
_MOST_QUOTES = 60


def cells_of(line: str, delimiter: str, width: int) -> list[str] | None:
    """The line as that many cells, None if no way or more than one way of reading it gives them.

    A cell's quotes are its first and its last character. Within it, quotes come in pairs. Where a cell would hold a
    quote and the delimiter, nobody can be sure that it is one cell.
    """
    if line.count('"') > _MOST_QUOTES:
        return None
    found = [cells for cells in islice(_ways(line, delimiter), _MOST_WAYS) if len(cells) == width]
    if len(found) != 1 or any('"' in cell and delimiter in cell for cell in found[0]):
        return None
    return found[0]


def _ways(line: str, delimiter: str) -> Iterator[list[str]]:
    """Each way to read a line. The number of ways may double with each quote, so take only some."""
    waiting: list[tuple[int, list[str]]] = [(0, [])]
    while waiting:
        at, before = waiting.pop()
        for cell, after in _first_cells(line, at, delimiter):
            if after > len(line):
                yield [*before, cell]
            else:
                waiting.append((after, [*before, cell]))


def _first_cells(line: str, at: int, delimiter: str) -> Iterator[tuple[str, int]]:
    """The cell that begins here, in each way that it may end, and where the next one begins."""
    if line.startswith('"', at):
        is_quoted = False
        for end in _closing(line, at + 1, delimiter):
            is_quoted = True
            yield line[at + 1 : end].replace('""', '"'), end + 1 + len(delimiter)
        if is_quoted:
            return
    end = line.find(delimiter, at)
    end = len(line) if end < 0 else end
    yield line[at:end], end + len(delimiter)


def _closing(line: str, start: int, delimiter: str) -> Iterator[int]:
    """The quotes that may close a cell: those before a delimiter, with an even number of others before them."""
    is_even, at = True, line.find('"', start)
    while at >= 0:
        if is_even and (at + 1 == len(line) or line.startswith(delimiter, at + 1)):
            yield at
        is_even = not is_even
        at = line.find('"', at + 1)
