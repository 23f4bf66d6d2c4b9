"""Everybody who is known to be one customer: what Rotor says of it, and the rows that joined it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rotor_import.dedupe.people import Comparison, JoinedBy, Person, compare_with_members, person_of
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.rows import Record

_NUMBER = re.compile("[0-9]+")
_ALL = ("", "")
_ALIKE = 2
"""How many people of one name are looked at where nothing else tells them apart: one beside the row itself."""

_Member = tuple[RowRef | None, Person]
_Name = tuple[str, str, str]


class Everybody:
    """The people of each customer of a replay."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._members: dict[str, _Members] = {}
        self._before: dict[str, str] = {}

    def add(self, customer: str, record: Record) -> None:
        self._of(customer).add(record.ref, person_of(record))

    def follow(self, customer: str, before: str) -> None:
        """Let `customer` be who `before` was, whose record takes no more rows."""
        self._before[customer] = before

    def root(self, customer: str) -> str:
        """The first record of a customer that had to be split into several."""
        while customer in self._before:
            customer = self._before[customer]
        return customer

    def compare(
        self, customer: str, record: Record, joined_by: JoinedBy, *, rows: bool = True, rotor: bool = True
    ) -> Comparison | None:
        """The row beside everybody else of the customer: its `rows`, and what `rotor` says; None beside nobody."""
        row = person_of(record)
        others = [
            person
            for known in self._chain(customer)
            for ref, person in self._of(known).near(row)
            if ref != record.ref and (rotor if ref is None else rows)
        ]
        return compare_with_members(row, list(dict.fromkeys(others)), joined_by) if others else None

    def _chain(self, customer: str) -> Iterator[str]:
        yield customer
        while customer in self._before:
            customer = self._before[customer]
            yield customer

    def _of(self, customer: str) -> _Members:
        if customer not in self._members:
            members = self._members[customer] = _Members()
            known = self._directory.customers.get(customer)
            if known is not None:
                members.add(None, person_of(known))
        return self._members[customer]


class _Members:
    """People by what can relate them to a row, so that a customer of a thousand rows is not looked at row by row."""

    def __init__(self) -> None:
        self._by_trait: dict[tuple[str, str], dict[_Name, list[_Member]]] = {}

    def add(self, ref: RowRef | None, person: Person) -> None:
        name = (person.first_name.casefold(), person.last_name.casefold(), person.company.casefold())
        for trait in _traits(person):
            alike = self._by_trait.setdefault(trait, {}).setdefault(name, [])
            if len(alike) < _ALIKE or ref is None:
                alike.append((ref, person))

    def near(self, row: Person) -> Sequence[_Member]:
        """One person of each name, and all who have a key or a number of the row's address."""
        return list(
            dict.fromkeys(
                member for trait in _traits(row) for alike in self._by_trait.get(trait, {}).values() for member in alike
            )
        )


def _traits(person: Person) -> Iterator[tuple[str, str]]:
    yield _ALL
    if person.phone:
        yield "phone", person.phone
    if person.email:
        yield "email", person.email.casefold()
    for number in _NUMBER.findall(f"{person.street1} {person.street2}"):
        yield "number", number
