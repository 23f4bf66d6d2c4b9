"""Two people whom one key joins: the same, a household, or strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple, assert_never

from rotor_import.people.addresses import same_address
from rotor_import.people.agreement import UNNAMED, Names, State, compare_names
from rotor_import.people.companies import is_surely_company, same_company
from rotor_import.people.person import Person
from rotor_import.people.spelling import plain
from rotor_import.people.wording import Feature, JoinedBy, describe

Verdict = Literal["same", "household", "stranger"]


@dataclass(frozen=True)
class Comparison:
    """What is known of two people beside the key that joins them.

    `same` without anything that agreed means that nothing could be compared.
    """

    verdict: Verdict
    joined_by: JoinedBy
    agreed: tuple[Feature, ...] = ()
    differed: tuple[Feature, ...] = ()
    beside_others: bool = False
    """Whether the customer has members whose names are others."""

    @property
    def words(self) -> str:
        words = describe(self.joined_by, self.agreed, self.differed)
        return f"{words}, though this customer has other names too" if self.beside_others else words


class _Found(NamedTuple):
    """What agrees: True, False, or None where one side is blank."""

    names: Names
    both_named: bool
    company: State
    address: State
    keys: tuple[tuple[Feature, State], ...]

    @property
    def verdict(self) -> Verdict:
        related = bool(self.address) or any(state for _, state in self.keys)
        apart: Verdict = "household" if related else "stranger"
        match self.names:
            case (None, None):  # of two who are named, a first name beside a last name tells nothing
                return apart if self.both_named or self.company is False else "same"
            case (True, last):
                return "same" if related or last is not False else "stranger"
            case (None, last):
                return "same" if last else apart
            case (_, last):
                return "household" if last else apart


def compare(row: Person, other: Person, joined_by: JoinedBy) -> Comparison:
    """The verdict is the same whichever of them is the row."""
    return _compare(row, other, joined_by)


@lru_cache(maxsize=1 << 14)
def _compare(row: Person, other: Person, joined_by: JoinedBy) -> Comparison:
    row, other = _companies_apart(row, other)
    company = same_company(row.company, other.company)
    keys = tuple((key, _same_key(row, other, key)) for key in _other_keys(joined_by))
    names = compare_names(row.first_name, row.last_name, other.first_name, other.last_name)
    found = _best(names, company, None, keys)
    if found.verdict != "same" or found.names == UNNAMED:  # an address costs the most; known names need none
        found = _best(names, company, same_address(row, other), keys)
    agreed, differed = _features(found)
    return Comparison(found.verdict, joined_by, agreed, differed)


def _best(names: Sequence[Names], company: State, address: State, keys: tuple[tuple[Feature, State], ...]) -> _Found:
    found = [_Found(one, bool(names), company, address, keys) for one in names or (UNNAMED,)]
    return found[0] if len(found) == 1 else max(found, key=_order)


def compare_with_members(row: Person, members: Sequence[Person], joined_by: JoinedBy) -> Comparison:
    """A row beside everybody who is one customer already: the best verdict counts.

    A member who says too little is no bridge: one without a name is the same as anybody, or as anybody of its
    company, one without a first name as everybody of that family, and `J. Smith` as John and as Jane. Where another
    member is known to be somebody else, such a member makes the row no more than one of the household.
    """
    found = sorted(
        ((compare(row, member, _joining(row, member, joined_by)), member) for member in members),
        key=lambda one: _RANKS[one[0].verdict],
    )
    others = [member for one, member in found if one.verdict != "same"]
    if not others:
        return max((one for one, _ in found), key=lambda one: len(one.agreed))
    differ = any(not _NAMES.isdisjoint(one.differed) for one, _ in found if one.verdict != "same")
    certain = _FIRST_NAMES if differ else _FIRST_NAMES | {"company"}
    same = [(one, member) for one, member in found if one.verdict == "same"]
    sure = [
        one
        for one, member in same
        if not certain.isdisjoint(one.agreed)
        and not any(compare(member, other, joined_by).verdict == "same" for other in others)
    ]
    if sure:
        return max(sure, key=lambda one: len(one.agreed))
    relatives = [replace(one, verdict="household", beside_others=True) for one, _ in same if one.agreed]
    return max([*relatives, *(one for one, _ in found if one.verdict != "same")], key=lambda one: _RANKS[one.verdict])


def _joining(row: Person, member: Person, joined_by: JoinedBy) -> JoinedBy:
    """The key that makes the two meet: of a customer with several keys, a member may have only another one of them.

    Then that one says nothing more of the two than the key by which the row came.
    """
    if joined_by not in ("phone", "email") or _same_key(row, member, joined_by):
        return joined_by
    others = [key for key in _other_keys(joined_by) if _same_key(row, member, key)]
    return others[0] if others else joined_by


_FIRST_NAMES: frozenset[Feature] = frozenset({"name", "first name"})
_NAMES: frozenset[Feature] = _FIRST_NAMES | {"last name"}
_RANKS: dict[Verdict, int] = {"stranger": 0, "household": 1, "same": 2}


def _order(found: _Found) -> tuple[object, ...]:
    """Of two readings with one verdict, that which agrees in more; of these, always the same, whoever is the row."""
    agreed = [state is True for state in found.names]
    return _RANKS[found.verdict], sum(agreed), agreed, [state is None for state in found.names]


def _companies_apart(row: Person, other: Person) -> tuple[Person, Person]:
    """A company that stands where a person's name should is a company, if nobody else is called so."""
    if _plain_name(row) == _plain_name(other):
        return row, other
    return _company_apart(row), _company_apart(other)


def _plain_name(person: Person) -> tuple[str, str]:
    return plain(person.first_name), plain(person.last_name)


def _company_apart(person: Person) -> Person:
    name = f"{person.first_name} {person.last_name}"
    if not person.company and is_surely_company(name):
        return replace(person, company=name, first_name="", last_name="")
    return person


def _other_keys(joined_by: JoinedBy) -> tuple[Literal["phone", "email"], ...]:
    match joined_by:
        case "phone":
            return ("email",)
        case "email":
            return ("phone",)
        case "source_key" | "id" | "link":
            return ("phone", "email")
        case _:
            assert_never(joined_by)


def _same_key(row: Person, other: Person, key: Literal["phone", "email"]) -> State:
    one, another = (row.phone, other.phone) if key == "phone" else (row.email, other.email)
    return one.casefold() == another.casefold() if one and another else None


def _features(found: _Found) -> tuple[tuple[Feature, ...], tuple[Feature, ...]]:
    """What agreed and what did not, in the order in which people look at it."""
    first, last = found.names
    states: list[tuple[Feature, State]] = [("first name", first), ("last name", last)]
    if first is last and first is not None:
        states = [("name", first)]
    states += [("company", found.company), ("address", found.address), *found.keys]
    agreed = tuple(feature for feature, state in states if state is True)
    return agreed, tuple(feature for feature, state in states if state is False)
