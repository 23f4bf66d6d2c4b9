"""Columns by their loose names: case, spaces and punctuation do not matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rapidfuzz import process

from rotor_import.errors import MappingError


def loose(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


_LISTED = 15


class Columns:
    """The columns that a file has."""

    def __init__(self, names: Sequence[str], file: str) -> None:
        self._names = tuple(names)
        self._file = file
        self._loose: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._loose[loose(name)].append(name)

    def find(self, name: str, where: str, *, optional: bool = False) -> str | None:
        """The file's own spelling; None where an optional one is absent. Raises MappingError."""
        if name in self._names:
            return name
        found = self._loose.get(loose(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            listed = " and ".join(repr(one) for one in found)
            raise MappingError(f"{where}: {name!r} could be {listed} of {self._file}. Spell it exactly.")
        if optional:
            return None
        ranked = process.extract(name, self._names, limit=len(self._names))
        listed = ", ".join(one for one, _, _ in ranked[:_LISTED])
        more = f" and {len(ranked) - _LISTED} more" if len(ranked) > _LISTED else ""
        raise MappingError(
            f"{where}: {self._file} has no column {name!r}. It has: {listed}{more}. "
            "If the column may be absent, add optional: true."
        )
