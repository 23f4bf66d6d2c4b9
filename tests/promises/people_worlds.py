"""Files and Rotors of a few people, and a plain oracle that knows whose each row is.

Everybody has names in several forms, an address and keys of their own. Families share a last name, an address and a
phone; two work in one office; some rows have a typo, blanks, names that were swapped, the office's phone, or an email
that is nobody's. No two people of different families are called anything alike.
"""

from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import strategies as st
from plain import PEOPLES_EMAILS, PEOPLES_PHONES, normal

NAME = ("first_name", "last_name")
ADDRESS = ("property_street1", "property_city", "property_state", "property_zip")
UNITS = (NAME, ADDRESS)
KEYS = ("phone", "email")
SHOWN = (*NAME, "company_name", *KEYS, *ADDRESS)


@dataclass(frozen=True)
class Family:
    last: tuple[str, ...]
    typo: str = field(repr=False)
    phone: str = field(repr=False)
    homes: tuple[tuple[tuple[str, ...], ...], ...] = field(repr=False)
    """Where they live, and where they lived before, each in several forms."""


@dataclass(frozen=True)
class Someone:
    who: str
    first: tuple[str, ...] = field(repr=False)
    family: Family = field(repr=False)
    phone: str = field(repr=False)
    company: str = field(default="", repr=False)

    @property
    def email(self):
        return f"{self.who}@example.com"


PHONE = tuple(PEOPLES_PHONES)
OFFICE, PLACEHOLDER, FRONTDESK = PHONE[10], "none@example.com", "frontdesk@example.com"
VANCE = Family(
    ("Vance", "VANCE"),
    "Vence",
    PHONE[6],
    (
        (("12 Elm St", "Blaine", "MN", "55434"), ("12 Elm Street", "Blaine", "Minnesota", "55434")),
        (("8 Birch Ln", "Ramsey", "MN", "55303"),),
    ),
)
NUNEZ = Family(
    ("Núñez", "Nunez"),
    "Nunes",
    PHONE[7],
    (
        (("400 Lake Rd", "Hudson", "WI", "54016"), ("400 Lake Road", "Hudson", "WI", "54016")),
        (("31 Cedar Dr", "Roseville", "MN", "55113"),),
    ),
)
TANNER = Family(
    ("Tanner",),
    "Taner",
    PHONE[8],
    ((("7 Oak Ave", "Fridley", "MN", "55432"), ("7 Oak Avenue", "Fridley", "MN", "55432")),),
)
REYES = Family(("Reyes",), "Reyez", PHONE[9], ((("91 Pine Ct", "Anoka", "MN", "55303"),),))
PEOPLE = (
    Someone("nora", ("Nora", "N.", "NORA"), VANCE, PHONE[0]),
    Someone("karl", ("Karl", "Carl"), VANCE, PHONE[1]),
    Someone("jose", ("José", "Jose"), NUNEZ, PHONE[2]),
    Someone("elena", ("Elena",), NUNEZ, PHONE[3]),
    Someone("robert", ("Robert", "Bob", "Rob"), TANNER, PHONE[4], "Acme Roofing LLC"),
    Someone("omar", ("Omar",), REYES, PHONE[5], "Acme Roofing"),
)


@dataclass(frozen=True, repr=False)
class Seen:
    """A row, or a customer whom Rotor holds: who it truly is, and what it shows."""

    truth: Someone
    values: dict
    plainly: bool
    """Whether it shows both names, each in a form that anybody reads as the person's."""
    full: bool = True
    """Whether it shows both names, if swapped or with a typo."""
    place: int = 0
    """Which of the family's addresses it shows, in whatever form; 0 where none."""

    def __repr__(self):
        return f"{self.truth.who}: {' | '.join(f'{name} {value}' for name, value in self.values.items() if value)}"

    def key(self, name):
        return normal(name, self.values.get(name))

    def shared(self, other):
        """The keys that both have."""
        same = {(name, self.key(name)) for name in KEYS if self.key(name) and self.key(name) == other.key(name)}
        source = self.values.get("key")
        return same | ({("key", source)} if source and source == other.values.get("key") else set())


def are_same(one, other):
    return one.plainly and other.plainly and one.truth is other.truth


def are_household(one, other):
    return one.plainly and other.plainly and one.truth.family is other.truth.family and one.truth is not other.truth


def are_strangers(one, other):
    """Of different families, which both show, and with no more than one key in common."""
    if not (one.full and other.full) or one.truth.family is other.truth.family:
        return False
    return len(one.shared(other)) == 1


WAYS = (*["plain"] * 8, "swapped", "typo", "no first", "no last", "nameless")


@st.composite
def seen(draw, among, *, keyed=False, blanks=True):
    """A row of somebody; with `blanks` it may say too little, or wrongly, who that is."""
    one = draw(st.sampled_from(among))
    first, last = draw(st.sampled_from(one.first)), draw(st.sampled_from(one.family.last))
    way = draw(st.sampled_from(WAYS)) if blanks else "plain"
    values = dict.fromkeys(SHOWN, "") | {"first_name": first, "last_name": last}
    if way == "swapped":
        values |= {"first_name": last, "last_name": one.first[0]}
    elif way == "typo":
        values["last_name"] = one.family.typo
    elif way == "no first":
        values["first_name"] = ""
    elif way == "no last":
        values["last_name"] = ""
    elif way == "nameless":
        values |= {"first_name": "", "last_name": ""}
    phone = draw(st.sampled_from([one.phone, one.phone, *[one.family.phone] * 3, OFFICE, OFFICE, ""]))
    email = draw(st.sampled_from([one.email, one.email, PLACEHOLDER, PLACEHOLDER, FRONTDESK, "", "", ""]))
    values["phone"] = draw(st.sampled_from(PEOPLES_PHONES[phone])) if phone else ""
    values["email"] = draw(st.sampled_from(PEOPLES_EMAILS[email])) if email else ""
    place = draw(st.sampled_from([0, 0, *range(1, len(one.family.homes) + 1)]))
    if place:
        values |= dict(zip(ADDRESS, draw(st.sampled_from(one.family.homes[place - 1])), strict=True))
        if blanks and draw(st.integers(0, 3)) == 0:
            values[draw(st.sampled_from(ADDRESS[1:]))] = ""
    values["company_name"] = draw(st.sampled_from(["", one.company]))
    if keyed:
        values["key"] = draw(st.sampled_from([*[one.who] * 6, "", PEOPLE[0].who]))
    return Seen(one, values, plainly=way == "plain", full=way in ("plain", "swapped", "typo"), place=place)


def rows(*, keyed=False, most=6):
    """Of two or more of the people, so that rows of one person and strangers with one key are both usual."""
    return st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=len(PEOPLE), unique=True).flatmap(
        lambda among: st.lists(seen(among, keyed=keyed), min_size=1, max_size=most)
    )


def customers(most=3):
    """Whom Rotor holds before: nobody there has a key of anybody else."""
    some = st.lists(seen(PEOPLE, blanks=False), max_size=most)
    return some.map(lambda found: [one for at, one in enumerate(found) if not any(map(one.shared, found[:at]))])


def components(everybody, are_joined):
    """Numbers of those who are joined, at once or through others."""
    group = list(range(len(everybody)))
    for one, other in combinations(range(len(everybody)), 2):
        if are_joined(everybody[one], everybody[other]):
            group = [group[one] if found == group[other] else found for found in group]
    return group


def who_could_be_one(everybody, *, households=True):
    """Numbers of those who could be one customer without two strangers' being joined, or two of a household's."""

    def are_joined(one, other):
        apart = are_strangers(one, other) or (are_household(one, other) and not households)
        return bool(one.shared(other)) and not apart

    return components(everybody, are_joined)


def clusters(everybody):
    """Those whom keys join, by their numbers, whoever they are."""
    found = {}
    for at, group in enumerate(components(everybody, lambda one, other: one.shared(other))):
        found.setdefault(group, []).append(at)
    return list(found.values())


def certain_star(members):
    """The one key that all of them have, where it is certain of each two who they are to each other; else None.

    Whatever else two of them share, they are one person.
    """
    common = set.intersection(*({(name, one.key(name)) for name in KEYS if one.key(name)} for one in members))
    if len(common) != 1:
        return None
    for one, other in combinations(members, 2):
        if not (are_same(one, other) or (one.shared(other) == common and one.plainly and other.plainly)):
            return None
    return common.pop()
