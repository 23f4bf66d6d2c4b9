"""Whether two addresses are one place, in whatever way people write it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rotor_import.model.us_states import state_code
from rotor_import.people.person import Person
from rotor_import.people.spelling import are_near, plain

_LONGEST = 150
"""Signs of a line that are looked at: the parser's time grows with their square."""
_NUMBER = re.compile("[0-9]+")
_DOOR = re.compile("[1-9][0-9]{0,5} +[A-Za-z]{3}")
_SPELLED = {
    **{word: str(at) for at, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), start=1)},
    **{word: str(at) for at, word in enumerate(("seventh", "eighth", "ninth", "tenth"), start=7)},
    "saint": "st",
    "mount": "mt",
    "fort": "ft",
}
_BOX = "po box"
_ROAD_OWNERS = ("state ", "us ", "u s ")


class Address(NamedTuple):
    """An address in the postal service's forms, '' where a part is blank.

    `place` finds the door in the street: a house number, or a box. `line` is the whole street, spelled out, without
    spaces. `kind` (`ST`, `AVE`), `directions` and `unit` are often left out.
    """

    place: str
    street: str
    line: str
    kind: str
    directions: frozenset[str]
    unit: str
    city: str
    state: str
    zip: str


def same_address(one: Person, other: Person) -> bool | None:
    """None where one of them has no street with a number, so that nothing can be said."""
    if _have_other_numbers(one, other):
        return False
    if _are_written_alike(one, other):
        return True
    ours, theirs = address_of(one), address_of(other)
    if ours is None or theirs is None:
        return None
    return _same_door(ours, theirs) and _same_town(ours, theirs)


def _have_other_numbers(one: Person, other: Person) -> bool:
    """Nearly all strangers have, and to see it costs a hundredth of parsing two addresses."""
    ours, theirs = (
        set(_NUMBER.findall(f"{side.street1[:_LONGEST]} {side.street2[:_LONGEST]}")) for side in (one, other)
    )
    return bool(ours and theirs) and ours.isdisjoint(theirs)


def _are_written_alike(one: Person, other: Person) -> bool:
    """Whether both have one street with a number and one town, letter for letter, which needs no parsing."""
    return (
        one.street1 == other.street1
        and one.street2 == other.street2
        and (bool(one.zip) or bool(one.city))
        and (one.city, one.state, one.zip) == (other.city, other.state, other.zip)
        and _DOOR.match(one.street1) is not None
    )


def address_of(person: Person) -> Address | None:
    if not (person.street1 or person.street2):
        return None
    return _parsed(*(getattr(person, part)[:_LONGEST] for part in ("street1", "street2", "city", "state", "zip")))


@lru_cache(maxsize=1 << 15)
def _parsed(street1: str, street2: str, city: str, state: str, zip_code: str) -> Address | None:
    import doorplate  # noqa: PLC0415 - only people whose names differ have their addresses compared

    line1, line2, town, region, code = (
        part.encode("utf-8", "replace").decode() for part in (street1, street2, city, state, zip_code)
    )
    try:
        found = doorplate.parse_fields(line1=line1, line2=line2, city=town, state=region, zip=code)
    except ValueError:  # it holds no letter and no digit
        return None
    place, street = found.street_number or "", found.street_name or ""
    if found.highway:
        street = found.highway["name"]
    elif found.po_box and not (place and street):
        place, street = found.po_box, _BOX
    elif found.rural_route:
        route = found.rural_route
        place, street = route["box"] or "", f"{route['kind']} {route['route']}"
    elif found.military:
        base = found.military
        place, street = base["box"] or "", f"{base['kind']} {base['number']}"
    if not (place and street):
        return None
    units = (found.unit_number, found.second_unit_number)
    return Address(
        plain(place).replace(" ", ""),
        _street(street),
        _spelled_out(found.to_long()["line1"] or "", place),
        found.street_suffix or "",
        frozenset(filter(None, (found.street_dir_prefix, found.street_dir_suffix))),
        " ".join(plain(unit) for unit in units if unit),
        plain(found.city or town),
        found.state or state_code(region) or plain(region),
        found.zip5 or plain(code),
    )


def _street(name: str) -> str:
    words = [_SPELLED.get(word, word) for word in plain(name).split()]
    street = " ".join(word[:-2] if word[:1].isdigit() and not word[-1].isdigit() else word for word in words)
    return next((street.removeprefix(owner) for owner in _ROAD_OWNERS if street.startswith(owner)), street)


def _spelled_out(line: str, place: str) -> str:
    """Where the parser knows no kind of street, such as `Stret`, it stands in the name and may be a typo there."""
    return plain(line.removeprefix(place)).replace(" ", "")


def _same_door(one: Address, other: Address) -> bool:
    """What both say must agree; what one leaves out says nothing."""
    return (
        one.place == other.place
        and _same_street(one, other)
        and (not one.directions or not other.directions or one.directions == other.directions)
        and (not one.unit or not other.unit or one.unit == other.unit)
    )


def _same_street(one: Address, other: Address) -> bool:
    if one.kind and other.kind and one.kind != other.kind:
        return False
    if any(sign.isdigit() for sign in one.street + other.street):
        return one.street == other.street
    if are_near(one.street.replace(" ", ""), other.street.replace(" ", "")):
        return True
    return not (one.kind and other.kind) and are_near(one.line, other.line)


def _same_town(one: Address, other: Address) -> bool:
    """A ZIP with a typo in it weighs less than a city; a town's boxes are numbered in each of its post offices."""
    if one.zip and one.zip == other.zip:
        return True
    both_zips, both_cities = bool(one.zip and other.zip), bool(one.city and other.city)
    if both_cities and not (both_zips and one.street == _BOX):
        return are_near(one.city, other.city) and (not one.state or not other.state or one.state == other.state)
    return not (both_zips or both_cities)
