"""Lines whose quotes were written without doubling them: the only way to read them, where there is one."""

from __future__ import annotations

from collections.abc import Iterator

_MOST_QUOTES = 200
_MOST_STEPS = 100_000
"""How many steps the search for all ways to read a line may take: a line of 16,384 plain cells takes two for each."""
_SEVERAL = 2
"""Ways are counted up to this number: one that isn't the only one doesn't count."""

_Ways = dict[int, dict[int, int]]
"""By the place of a cell's beginning: of how many cells the rest may be, each number with the number of ways."""


def cells_of(line: str, delimiter: str, width: int) -> list[str] | None:
    """The line as that many cells; None if no way or more than one way of reading it gives them, or nobody knows.

    A cell's quotes are its first and its last character. Within it, quotes come in pairs. Where a cell would hold a
    quote and the delimiter, nobody can be sure that it is one cell; nor where a quote is opened and closed in another
    cell, or where there are more ways than can be looked at.
    """
    if line.count('"') > _MOST_QUOTES:
        return None
    ways = _ways(line, delimiter, width)
    if ways is None or ways[0].get(width) != 1:
        return None
    cells: list[str] = []
    at = 0
    for left in reversed(range(width)):
        cell, at = next(one for one in first_cells(line, at, delimiter) if left in ways[one[1]])
        cells.append(cell)
    return None if any('"' in cell and delimiter in cell for cell in cells) else cells


def _ways(line: str, delimiter: str, width: int) -> _Ways | None:
    """Every way that may give that many cells; None if there are too many. They are counted from the last cell on."""
    following = _beginnings(line, delimiter)
    if following is None:
        return None
    end = len(line) + len(delimiter)
    ways: _Ways = {end: {0: 1}}
    before, last, steps = line.count(delimiter), len(line), 0
    for at in sorted(following, reverse=True):
        before -= line.count(delimiter, at, last)
        last = at
        counts = ways[at] = {}
        for after in following[at]:
            steps += len(ways[after]) + 1
            for many, number in ways[after].items():
                if width - before <= many + 1 <= width:  # no more cells than delimiters come before
                    counts[many + 1] = min(counts.get(many + 1, 0) + number, _SEVERAL)
        if steps > _MOST_STEPS:
            return None
    return ways


def _beginnings(line: str, delimiter: str) -> dict[int, list[int]] | None:
    """Where cells may begin, each with where the next one then may; None if there are too many."""
    following: dict[int, list[int]] = {}
    waiting = [0]
    while waiting:
        at = waiting.pop()
        if at in following or at > len(line):
            continue
        following[at] = [after for _, after in first_cells(line, at, delimiter)]
        waiting += following[at]
        if len(following) > _MOST_STEPS:
            return None
    return following


def first_cells(line: str, at: int, delimiter: str) -> Iterator[tuple[str, int]]:
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
    if not line.startswith('"', at) or line.count('"', at, end) % 2 == 0:
        yield line[at:end], end + len(delimiter)


def _closing(line: str, start: int, delimiter: str) -> Iterator[int]:
    """The quotes that may close a cell: those before a delimiter, with an even number of others before them."""
    is_even, at = True, line.find('"', start)
    while at >= 0:
        if is_even and (at + 1 == len(line) or line.startswith(delimiter, at + 1)):
            yield at
        is_even = not is_even
        at = line.find('"', at + 1)
