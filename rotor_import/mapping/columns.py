"""Finds the columns of a file by loose names: case, spaces and punctuation do not matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from rotor_import.errors import MappingError
from rotor_import.mapping.rules import GROUP
from rotor_import.model.column_names import loose_name
from rotor_import.model.header import NO_HEADER, is_customer

_MOST_LISTED = 15

GroupNumber = int | None
"""The number in the name of a column that comes in numbered groups; None for a column that stands alone."""


class Columns:
    """The columns that a file has."""

    def __init__(self, names: Sequence[str], file: str) -> None:
        self._names = tuple(names)
        self._file = file
        self._by_loose_name: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self._by_loose_name[loose_name(name)].append(name)

    def find(self, name: str, where: str, *, optional: bool = False) -> str | None:
        """The column in the file's own spelling; None if an optional column is absent. Raises MappingError."""
        if name in self._names:
            return name
        matches = self._by_loose_name.get(loose_name(name), [])
        if len(matches) == 1:
            return matches[0]
        if matches:
            listed = " and ".join(map(repr, matches))
            raise MappingError(f"{where}: {name!r} could be {listed} in {self._file}. Spell it exactly as in the file.")
        if optional:
            return None
        raise MappingError(
            f"{where}: {self._file} has no column {name!r}. It has: {self._listed(name)}. "
            "If some files don't have this column, add `optional: true`."
        )

    def find_in_sql(self, name: str, where: str, *, optional: bool = False) -> str | None:
        """Like `find`, for a column that an SQL expression names. Raises MappingError."""
        try:
            return self.find(name, where, optional=optional)
        except MappingError as error:
            raise MappingError(
                f"{error} In SQL, put double quotes around a column name that contains spaces, and single quotes "
                "around text."
            ) from None

    def group(self, name: str, where: str, *, optional: bool = False) -> dict[GroupNumber, str]:
        """The columns that a name with `*` or `N+` stands for, by their numbers; for another name, its one column.

        Raises MappingError if there is none, unless it is optional.
        """
        star = GROUP.search(name)
        if star is None or name in self._names:
            column = self.find(name, where, optional=optional)
            return {} if column is None else {None: column}
        lowest = int(star[1] or 0)
        before, after = (re.escape(loose_name(part)) for part in (name[: star.start()], name[star.end() :]))
        numbered: dict[int, str] = {}
        any_number = False
        for text, names in self._by_loose_name.items():
            match = re.fullmatch(f"{before}([0-9]+){after}", text)
            if match is None:
                continue
            any_number, number = True, int(match[1])
            if number < lowest:
                continue
            if len(names) > 1 or number in numbered:
                both = " and ".join(repr(column) for column in (numbered.get(number), *names) if column)
                raise MappingError(
                    f"{where}: {name!r} could be {both} in {self._file}: both have the number {number}. "
                    "Rename one of them."
                )
            numbered[number] = names[0]
        if not any_number and not optional:
            raise MappingError(
                f"{where}: {self._file} has no column {name!r} with any number in place of *. It has: "
                f"{self._listed(name)}. If some files don't have these columns, add `optional: true`."
            )
        return {number: numbered[number] for number in sorted(numbered)}

    def _listed(self, name: str) -> str:
        """The file's columns, the most similar first."""
        if is_customer(self._names):
            return NO_HEADER
        from rapidfuzz import process  # noqa: PLC0415 - only an error needs it

        ranked = process.extract(name, self._names, limit=len(self._names))
        listed = ", ".join(column for column, _, _ in ranked[:_MOST_LISTED])
        return f"{listed} and {len(ranked) - _MOST_LISTED} more" if len(ranked) > _MOST_LISTED else listed
