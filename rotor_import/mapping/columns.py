"""Columns by their loose names: case, spaces and punctuation do not matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rotor_import.errors import MappingError
from rotor_import.mapping.rules import GROUP
from rotor_import.model.column_names import loose_name
from rotor_import.model.header import NO_HEADER, is_customer

_LISTED = 15
Slot = int | None
"""The number of a repeated column's group; None for a column that stands alone."""


class Columns:
    """The columns that a file has."""

    def __init__(self, names: Sequence[str], file: str) -> None:
        self._names = tuple(names)
        self._file = file
        self._loose: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._loose[loose_name(name)].append(name)

    def find(self, name: str, where: str, *, optional: bool = False) -> str | None:
        """The file's own spelling; None where an optional one is absent. Raises MappingError."""
        if name in self._names:
            return name
        found = self._loose.get(loose_name(name), [])
        if len(found) == 1:
            return found[0]
        if found:
            listed = " and ".join(repr(one) for one in found)
            raise MappingError(f"{where}: {name!r} could be {listed} of {self._file}. Spell it exactly.")
        if optional:
            return None
        raise MappingError(
            f"{where}: {self._file} has no column {name!r}. It has: {self._listed(name)}. "
            "If the column may be absent, add optional: true."
        )

    def in_sql(self, name: str, where: str, *, optional: bool = False) -> str | None:
        """The file's spelling of a column of an SQL expression; None where an optional one is absent.

        Raises MappingError.
        """
        try:
            return self.find(name, where, optional=optional)
        except MappingError as error:
            raise MappingError(
                f"{error} In SQL a column with spaces stands in double quotes, and a text in single ones."
            ) from None

    def group(self, name: str, where: str, *, optional: bool = False) -> dict[Slot, str]:
        """The file's columns that a name with `*` or `N+` stands for, by their numbers; else the one it names.

        Raises MappingError where there is none and none is not allowed.
        """
        star = GROUP.search(name)
        if star is None or name in self._names:
            found = self.find(name, where, optional=optional)
            return {} if found is None else {None: found}
        least = int(star[1] or 0)
        before, after = (re.escape(loose_name(part)) for part in (name[: star.start()], name[star.end() :]))
        numbered: dict[Slot, str] = {}
        any_number = False
        for text, names in self._loose.items():
            fits = re.fullmatch(f"{before}([0-9]+){after}", text)
            if fits is None:
                continue
            any_number, number = True, int(fits[1])
            if number < least:
                continue
            if len(names) > 1 or number in numbered:
                both = " and ".join(repr(one) for one in (numbered.get(number), *names) if one)
                raise MappingError(f"{where}: {name!r} could be {both} of {self._file}: both have number {number}.")
            numbered[number] = names[0]
        if not any_number and not optional:
            raise MappingError(
                f"{where}: {self._file} has no column {name!r} with any number. It has: {self._listed(name)}. "
                "If the columns may be absent, add optional: true."
            )
        return {number: numbered[number] for number in sorted(numbered, key=lambda one: one or 0)}

    def _listed(self, name: str) -> str:
        if is_customer(self._names):
            return NO_HEADER
        from rapidfuzz import process  # noqa: PLC0415 - only an error needs it

        ranked = process.extract(name, self._names, limit=len(self._names))
        listed = ", ".join(one for one, _, _ in ranked[:_LISTED])
        return f"{listed} and {len(ranked) - _LISTED} more" if len(ranked) > _LISTED else listed
