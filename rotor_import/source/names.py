"""The cells of the header → unique column names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rotor_import.model.column_names import loose_name


def column_names(cells: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Unique names, and notes about them: a nameless column gets its position, a repeated name gets ` (2)`."""
    wanted = [(cell or "").strip() or f"column_{at}" for at, cell in enumerate(cells, start=1)]
    taken, named = set[str](), set(wanted)
    names: list[str] = []
    twice: list[str] = []
    for name in wanted:
        number, free = 2, name
        while free in taken or (free != name and free in named):
            free = f"{name} ({number})"
            number += 1
        if free != name:
            twice.append(f"{free!r}")
        names.append(free)
        taken.add(free)
    return names, [f"columns with the same name were renamed {', '.join(twice)}"] if twice else []


def hits(cells: Iterable[str | None], wanted: Iterable[str]) -> int:
    """How many of the wanted columns a line names."""
    return len({loose_name(cell) for cell in cells if cell} & _loosened(tuple(wanted)))


@lru_cache(maxsize=8)
def _loosened(names: tuple[str, ...]) -> set[str]:
    """The wanted columns in loose form, cached because every line at the top of a file is compared with them."""
    return {loose_name(name) for name in names} - {""}
