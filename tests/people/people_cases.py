"""People in one line each: `First|Last|Company|phone|email|street`, blank ones left out."""

from rotor_import.people import Person, compare


def person(line):
    first, last, company, phone, email, street = (part.strip() for part in f"{line}|||||".split("|")[:6])
    return Person(first, last, company, phone, email, street1=street)


def verdict(one, other, joined_by="phone"):
    """The same from both sides."""
    found = compare(person(one), person(other), joined_by).verdict
    assert compare(person(other), person(one), joined_by).verdict == found
    return found
