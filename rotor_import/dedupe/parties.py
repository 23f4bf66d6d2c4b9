"""Tells which rows that share a key are one party: the same person, or one household."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from rotor_import.model.rows import Record
from rotor_import.people import JoinedBy, Person, compare_with_members, person_of
from rotor_import.people.spelling import plain, sound

_FEW = 150
"""So many parties are all looked at; of more, those that have a word, key or number in common."""
_NUMBER = re.compile("[0-9]+")


class _Party:
    def __init__(self) -> None:
        self.records: list[Record] = []
        self.people: dict[Person, None] = {}


def parties(records: Sequence[Record], joined_by: JoinedBy, *, households: bool) -> list[list[Record]]:
    """The parties, that of the first record first; with `households` all rows of a household are one party.

    Who says little about himself comes late, and who says nothing comes last, so that he is nobody's bridge.
    """
    found = _grouped(records, joined_by, households=households)
    order = {record.ref: at for at, record in enumerate(records)}
    groups = [sorted(party.records, key=lambda record: order[record.ref]) for party in found]
    return sorted(groups, key=lambda group: order[group[0].ref])


def are_one(records: Sequence[Record], joined_by: JoinedBy) -> bool:
    """Whether the rows are one person or household, without a look at more than the second of several parties."""
    return len(_grouped(records, joined_by, households=True, most=1)) == 1


def _grouped(
    records: Sequence[Record], joined_by: JoinedBy, *, households: bool, most: int | None = None
) -> list[_Party]:
    """The parties, as they are found; no further rows are looked at once there are more than `most`."""
    found: list[_Party] = []
    near: dict[str, list[_Party]] = defaultdict(list)
    for record in sorted(records, key=_count_names, reverse=True):
        person = person_of(record)
        traits = list(_traits(person, joined_by))
        candidates = found if len(found) <= _FEW else _near(found, near, traits)
        party = _best(person, candidates, joined_by, households=households)
        if party is None:
            party = _Party()
            found.append(party)
            if most is not None and len(found) > most:
                break
        party.records.append(record)
        party.people[person] = None
        for trait in traits:
            if party not in near[trait]:
                near[trait].append(party)
    return found


def _near(found: Sequence[_Party], near: dict[str, list[_Party]], traits: Collection[str]) -> Sequence[_Party]:
    return list(dict.fromkeys(party for trait in traits for party in near.get(trait, ()))) or found[:1]


def _best(person: Person, candidates: Sequence[_Party], joined_by: JoinedBy, *, households: bool) -> _Party | None:
    relatives = None
    for party in candidates:
        verdict = compare_with_members(person, list(party.people), joined_by).verdict
        if verdict == "same":
            return party
        if verdict == "household" and households:
            relatives = relatives or party
    return relatives


def _count_names(record: Record) -> int:
    """How much a row says of who it is: both names, one name or a company, or nothing."""
    names = sum(name in record.values for name in ("first_name", "last_name"))
    return names or int("company_name" in record.values)


def _traits(person: Person, joined_by: JoinedBy) -> Iterator[str]:
    """What can relate a person to others, beside the key that they all have."""
    for text in (person.first_name, person.last_name, person.company):
        yield from (sound(word) for word in plain(text).split())
    yield from (key for name, key in (("phone", person.phone), ("email", person.email)) if key and name != joined_by)
    yield from _NUMBER.findall(f"{person.street1} {person.street2}")
