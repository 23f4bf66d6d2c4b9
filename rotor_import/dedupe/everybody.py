"""Everybody who is known to be one customer: what Rotor says of it, and the rows that joined it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.rows import Record
from rotor_import.people import Comparison, JoinedBy, Person, compare, compare_with_members, person_of
from rotor_import.people.names import readings
from rotor_import.people.spelling import plain, sound

_NUMBER = re.compile("[0-9]+")
_ALL = ("", "")
_FEW = 8
_MANY = 50
"""So many names are all looked at; of more, those that have a word in common with the row's, and so many others."""
_ALIKE = 2
"""How many people of one name are looked at where nothing else tells them apart: one beside the row itself."""

_Member = tuple[RowRef | None, Person]
_Name = tuple[str, str, str]


class Everybody:
    """The people of each customer of a replay."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._members: dict[str, _Members] = {}
        self._people: dict[RowRef, tuple[Record, Person]] = {}
        self._before: dict[str, str] = {}
        self._split: set[str] = set()

    def add(self, customer: str, record: Record) -> None:
        self._of(customer).add(record.ref, self._person(record))

    def follow(self, customer: str, before: str) -> None:
        """Let `customer` be who `before` was, whose record takes no more rows."""
        self._before[customer] = before
        self._split |= {customer, before}

    def is_split(self, customer: str) -> bool:
        """Whether the customer is several records."""
        return customer in self._split

    def root(self, customer: str) -> str:
        """The first record of a customer that had to be split into several."""
        while customer in self._before:
            customer = self._before[customer]
        return customer

    def compare(self, customer: str, record: Record, joined_by: JoinedBy) -> Comparison | None:
        """The row beside everybody else of the customer; None beside nobody."""
        return self._compared(record, joined_by, [person for _, person in self._others(customer, record)])

    def compare_with_rotor(self, customer: str, record: Record, joined_by: JoinedBy) -> Comparison | None:
        """The row beside what Rotor says of the customer."""
        return self._compared(record, joined_by, [person for ref, person in self._others(customer, record) if not ref])

    def compare_with_rows(self, customer: str, record: Record, joined_by: JoinedBy, first: Record) -> Comparison | None:
        """The row beside the other rows, where somebody else is among them; None if it surely is the `first`.

        Whoever is not the first is somebody, though a row of the same person may have joined before.
        """
        row = self._person(record)
        rows = list(dict.fromkeys(person for ref, person in self._others(customer, record) if ref))
        others = [person for person in rows if compare(row, person, joined_by).verdict != "same"]
        if not others:
            return None
        best = compare_with_members(row, rows, joined_by)
        if best.verdict == "same" and self._person(first) in others:
            return compare_with_members(row, others, joined_by)
        return best if best.verdict != "same" else None

    def are_namesakes(self, customer: str, records: Sequence[Record]) -> bool:
        """Whether the rows, and Rotor's customer, all have one and the same whole name."""
        people = [self._person(record) for record in records]
        people += [person for known in self._chain(customer) for person in self._of(known).in_rotor()]
        first, last = people[0].first_name, people[0].last_name
        alike = all(one.first_name == first and one.last_name == last for one in people)
        return alike and bool(first and last) and bool(readings(first, last))

    def _others(self, customer: str, record: Record) -> Iterator[_Member]:
        row = self._person(record)
        for known in self._chain(customer):
            yield from (member for member in self._of(known).near(row) if member[0] != record.ref)

    def _compared(self, record: Record, joined_by: JoinedBy, others: Sequence[Person]) -> Comparison | None:
        row = self._person(record)
        return compare_with_members(row, list(dict.fromkeys(others)), joined_by) if others else None

    def traits(self, source: Record | str) -> Sequence[tuple[str, str]]:
        """What can relate the row, or the people of the customer so far, to others."""
        people = self._of(source).people() if isinstance(source, str) else [self._person(source)]
        return [trait for person in people for trait in (*_traits(person), *_words(person)) if trait != _ALL]

    def count(self, customer: str) -> int:
        """How many people the customer has so far."""
        return sum(len(self._of(known)) for known in self._chain(customer))

    def _person(self, record: Record) -> Person:
        known = self._people.get(record.ref)
        if known is None or known[0] is not record:
            known = self._people[record.ref] = record, person_of(record)
        return known[1]

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
    """Few people as they are; many by what can relate them to a row, so that no row is compared with a thousand."""

    def __init__(self) -> None:
        self._every: list[_Member] = []
        self._rotor: list[_Member] = []
        self._by_trait: dict[tuple[str, str], _Names] = {}

    def __len__(self) -> int:
        return len(self._every)

    def people(self) -> Iterator[Person]:
        return (person for _, person in self._every)

    def in_rotor(self) -> Iterator[Person]:
        return (person for _, person in self._rotor)

    def add(self, ref: RowRef | None, person: Person) -> None:
        self._every.append((ref, person))
        if ref is None:
            self._rotor.append((ref, person))
        if len(self._every) == _FEW + 1:
            for known in self._every:
                self._index(known)
        elif len(self._every) > _FEW:
            self._index((ref, person))

    def _index(self, member: _Member) -> None:
        for trait in (*_traits(member[1]), *_words(member[1])):
            self._by_trait.setdefault(trait, _Names()).add(member)

    def near(self, row: Person) -> Sequence[_Member]:
        """One person of each name, and all who have a key or a number of the row's address.

        Of many names, those that have a word in common with the row's, and the first few in their order.
        """
        if len(self._every) <= _FEW:
            return self._every
        traits = [*_traits(row)]
        if self._by_trait[_ALL].is_cut:
            traits += _words(row)
        found = (member for trait in traits if trait in self._by_trait for member in self._by_trait[trait].members())
        return list({id(member): member for member in (*found, *self._rotor)}.values())


class _Names:
    """Who has a trait, by name: all of up to so many names, else the first of these in their order."""

    def __init__(self) -> None:
        self._by_name: dict[_Name, list[_Member]] = {}
        self._last: _Name | None = None
        self.is_cut = False

    def add(self, member: _Member) -> None:
        ref, person = member
        name = _name(person)
        alike = self._by_name.get(name)
        if alike is None:
            if len(self._by_name) == _MANY and not self._make_room(name):
                return
            alike = self._by_name[name] = []
        if len(alike) < _ALIKE or ref is None:
            alike.append(member)

    def _make_room(self, name: _Name) -> bool:
        """Whether the name comes before the last one, which then goes."""
        self.is_cut = True
        last = self._last = self._last or max(self._by_name)
        if name > last:
            return False
        del self._by_name[last]
        self._last = None
        return True

    def members(self) -> Iterator[_Member]:
        return (member for alike in self._by_name.values() for member in alike)


def _name(person: Person) -> _Name:
    return person.first_name.casefold(), person.last_name.casefold(), person.company.casefold()


def _traits(person: Person) -> Iterator[tuple[str, str]]:
    yield _ALL
    if person.phone:
        yield "phone", person.phone
    if person.email:
        yield "email", person.email.casefold()
    for number in _NUMBER.findall(f"{person.street1} {person.street2}"):
        yield "number", number


def _words(person: Person) -> Iterator[tuple[str, str]]:
    """The words of the name, and the whole of it, as they sound."""
    words = [
        sound(word) for text in (person.first_name, person.last_name, person.company) for word in plain(text).split()
    ]
    yield "name", " ".join(sorted(words))
    for word in words:
        yield "word", word
