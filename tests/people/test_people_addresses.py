"""Which addresses are one place."""

from dataclasses import replace

import pytest

from rotor_import.people import Person, compare

NORA = Person("Nora", "Vance", city="Blaine", state="MN", zip="55434")
OMAR = Person("Omar", "Reyes", city="Blaine", state="Minnesota", zip="55434-1234")


def at(who, street, **parts):
    street1, _, street2 = street.partition(" / ")
    return replace(who, street1=street1, street2=street2, **parts)


def is_one_place(one, other):
    found = {compare(*pair, "phone").verdict for pair in ((one, other), (other, one))}
    assert len(found) == 1
    return found == {"household"}


ONE = [
    ("12 Elm St", "12 ELM STREET."),
    ("12 Elm St", "12 Elm"),
    ("12 Elm Street Apt 4", "12 Elm St / #4"),
    ("12 Elm St / Unit B", "12 Elm St"),
    ("12 N. Elm St", "12 North Elm Street"),
    ("12 N Elm St", "12 Elm St"),
    ("1 5th Ave", "1 Fifth Avenue"),
    ("9 Saint Paul Ave", "9 St. Paul Avenue"),
    ("PO Box 4", "P.O. Box 4"),
    ("RR 2 Box 5", "Rural Route 2, Box 5"),
    ("400 State Hwy 61 N", "400 Highway 61 North"),
    ("N6543 Cty Rd K", "N6543 County Road K"),
    ("12 Elm Stret", "12 Elm St"),
    ("12 Lakeveiw Dr", "12 Lakeview Drive"),
    ("13 Longmor ecrescent", "13 Longmore Crescent"),
]
TWO = [
    ("12 Elm St", "14 Elm St"),
    ("12 Elm St", "12 Oak St"),
    ("12 Elm St", "12 Elm Ave"),
    ("12 Elm St Apt 4", "12 Elm St Apt 5"),
    ("12 N Elm St", "12 S Elm St"),
    ("1 5th Ave", "1 6th Ave"),
    ("PO Box 4", "4 Box St"),
    ("12 Elm St", "Elm St"),
    ("Elm St", "Elm St"),
    ("", "12 Elm St"),
]


@pytest.mark.parametrize(("one", "other"), ONE)
def test_an_address_is_found_in_whatever_way_it_is_written(one, other):
    assert is_one_place(at(NORA, one), at(OMAR, other))


@pytest.mark.parametrize(("one", "other"), TWO)
def test_other_addresses_and_unknown_ones_are_no_household(one, other):
    assert not is_one_place(at(NORA, one), at(OMAR, other))


@pytest.mark.parametrize(
    ("parts", "one"),
    [
        ({"zip": "55449"}, True),
        ({"zip": "55449", "city": "Fridley"}, False),
        ({"zip": "", "city": ""}, True),
        ({"zip": "", "city": "Fridley"}, False),
        ({"zip": "", "state": "WI"}, False),
        ({"city": "Fridley"}, True),
    ],
)
def test_the_zip_or_else_the_city_tells_two_streets_of_one_name_apart(parts, one):
    assert is_one_place(at(NORA, "12 Elm St"), at(OMAR, "12 Elm St", **parts)) is one


def test_the_boxes_of_two_post_offices_of_one_city_are_two():
    assert not is_one_place(at(NORA, "PO Box 4"), at(OMAR, "PO Box 4", zip="55449"))


@pytest.mark.parametrize(
    "street", ["1 " * 50_000, "\ud800 12", "(" * 5000, "\x00 12", "🏠 12 Elm", "٣ Elm", ".", "a" * 10**6]
)
def test_no_text_makes_a_comparison_fail_or_slow(street):
    one = Person(street, street, street, street1=street, street2=street, city=street, state=street, zip=street)
    assert compare(one, replace(one, first_name="Omar", last_name="Reyes"), "phone").verdict in (
        "household",
        "stranger",
        "same",
    )
    assert compare(one, one, "phone").verdict == "same"


@pytest.mark.parametrize("state", ["MN", "mn", "Minnesota", "Minn.", "Minn"])
def test_a_state_is_the_same_in_any_spelling(state):
    nora = replace(at(NORA, "12 Elm St"), zip="")
    omar = replace(at(OMAR, "12 Elm St"), zip="")
    assert is_one_place(nora, replace(omar, state=state))
    assert not is_one_place(nora, replace(omar, state="Wis."))
    assert is_one_place(replace(nora, state="PA"), replace(omar, state="Penna."))
