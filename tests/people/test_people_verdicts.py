"""The law of strangers and households, and the words in which it is told."""

from dataclasses import replace

import pytest
from people_cases import person, verdict

from rotor_import.model.customer import Customer
from rotor_import.model.rows import Record
from rotor_import.people import Person, compare, compare_with_members, person_of

SHARED = [
    ("Karl|||||", "|Strand||||", "phone", "stranger", "same phone, and nothing else to compare"),
    ("Karl|||||12 Elm St", "|Strand||||12 Elm Street", "phone", "household", "same phone and address"),
    ("Nora|Vance||+17635550101", "Omar|Reyes||+17635550101", "phone", "stranger", "same phone, but different names"),
    (
        "Nora|Vance|||vances@example.com",
        "Karl|Vance|||vances@example.com",
        "email",
        "household",
        "same email and last name, but different first names",
    ),
    (
        "Nora|Vance||||12 Elm St",
        "Omar|Reyes||||400 Lake Rd",
        "phone",
        "stranger",
        "same phone, but different names and addresses",
    ),
    (
        "Nora|Vance||||12 Elm St",
        "Omar|Reyes||||12 Elm Street",
        "phone",
        "household",
        "same phone and address, but different names",
    ),
    (
        "Nora|Vance|||nora@example.com",
        "Omar|Reyes|||NORA@example.com",
        "phone",
        "household",
        "same phone and email, but different names",
    ),
    (
        "Nora|Vance|||nora@example.com",
        "Nora|Reyes|||nora@example.com",
        "phone",
        "same",
        "same phone, first name and email, but different last names",
    ),
    (
        "Nora|Vance||+17635550101|nora@example.com",
        "Omar|Reyes||+17635550102|omar@example.com",
        "source_key",
        "stranger",
        "same legacy ID, but different names, phones and emails",
    ),
    ("Nora|Vance", "Bob|Reyes", "id", "stranger", "same Rotor ID, but different names"),
    (
        "Nora|Vance",
        "Bob|Vance",
        "link",
        "household",
        "linked by an earlier import, same last name, but different first names",
    ),
    ("Nora|Vance|Acme", "Omar|Reyes|Acme Inc.", "phone", "stranger", "same phone and company, but different names"),
    ("||Acme LLC", "||Bolt Inc", "phone", "stranger", "same phone, but different companies"),
    ("||Acme LLC", "||ACME, Inc.", "phone", "same", "same phone and company"),
    ("||Bolt & Sons", "||Bolt and Sons, L.L.C.", "phone", "same", "same phone and company"),
    ("||Acme LLC", "|Acme Plumbing LLC", "phone", "same", "same phone and company"),
    (
        "||Acme LLC|||12 Elm St",
        "||Bolt Inc|||12 Elm Street",
        "phone",
        "household",
        "same phone and address, but different companies",
    ),
    ("||Acme LLC", "Nora|Vance", "phone", "same", "same phone, and nothing else to compare"),
    ("Nora|Vance", "", "phone", "same", "same phone, and nothing else to compare"),
]


@pytest.mark.parametrize(("one", "other", "joined_by", "expected", "words"), SHARED)
def test_what_agrees_beside_the_key_decides(one, other, joined_by, expected, words):
    assert verdict(one, other, joined_by) == expected
    assert compare(person(one), person(other), joined_by).words == words


def test_a_last_name_that_is_also_a_legal_form_is_a_person():
    assert verdict("Andrew|Co", "Bea|Lind") == "stranger"


def test_a_row_and_a_customer_are_read_alike():
    values = {"first_name": "Nora", "last_name": "Vance", "property_street1": "12 Elm St", "property_zip": "55434"}
    row = Record(0, 2, "", "", "+17635550101", "", values, "")
    customer = Customer("c1", values, "+17635550101")
    expected = Person("Nora", "Vance", phone="+17635550101", street1="12 Elm St", zip="55434")
    assert person_of(row) == person_of(customer) == expected


def test_a_billing_address_counts_only_where_there_is_no_other():
    billing = {"billing_street1": "400 Lake Rd", "billing_city": "Hudson"}
    assert person_of(Customer("c1", billing)).street1 == "400 Lake Rd"
    property_too = billing | {"property_street1": "12 Elm St"}
    found = person_of(Customer("c1", property_too))
    assert (found.street1, found.city) == ("12 Elm St", "")


def members(row, *others):
    return compare_with_members(person(row), [person(other) for other in others], "phone")


def test_the_best_verdict_of_a_customers_members_counts():
    assert members("Nora|Vance", "Omar|Reyes", "Nora|Vance").verdict == "same"
    assert members("Nora|Vance", "Omar|Reyes", "Karl|Vance").verdict == "household"
    assert members("Nora|Vance", "Omar|Reyes", "Pia|Strand").verdict == "stranger"


def test_of_a_customers_two_keys_one_member_has_one_and_another_the_other():
    """Karl shares the office's phone with one row of Robert's, and a placeholder with another: he is no relative."""
    karl = Person("Karl", "Vance", phone="+17635550110", email="none@example.com")
    robert = Person("Robert", "Tanner", phone="+17635550110"), Person("Rob", "Tanner", email="none@example.com")
    assert compare_with_members(karl, robert, "phone").verdict == "stranger"
    both = Person("Robert", "Tanner", phone="+17635550110", email="none@example.com")
    assert compare_with_members(karl, [both], "phone").verdict == "household"


def test_a_member_without_a_name_makes_no_strangers_one():
    assert members("Nora|Vance", "", "Omar|Reyes").verdict == "stranger"
    assert members("Nora|Vance", "").verdict == "same"


def test_a_member_without_a_name_makes_no_colleagues_one():
    assert members("Nora|Vance|Acme", "||Acme LLC", "Omar|Reyes|Acme").verdict == "household"
    assert members("Nora|Vance|Acme", "||Acme LLC").verdict == "same"
    assert members("||Acme", "||Acme LLC", "||Bolt").verdict == "same"


def test_a_member_without_a_first_name_makes_no_household_one_person():
    found = members("Nora|Vance", "|Vance", "Karl|Reyes")
    assert found.verdict == "household"
    assert found.words == "same phone and last name, though this customer has other names too"
    assert members("Nora|Vance", "|Vance", "Karl|Vance").verdict == "household"
    assert members("Nora|Vance", "|Vance").verdict == "same"


def test_the_order_of_members_changes_nothing():
    others = [person(line) for line in ("|Vance", "Karl|Reyes", "", "Karl|Vance")]
    row = person("Nora|Vance")
    found = {compare_with_members(row, order, "phone").verdict for order in (others, others[::-1])}
    assert found == {"household"}


def test_the_key_that_joins_two_people_says_nothing_more_about_them():
    one, other = person("Nora|Vance||+1|a@example.com"), person("Omar|Reyes||+1|b@example.com")
    assert compare(one, other, "phone").agreed == ()
    assert compare(one, replace(other, email="a@example.com"), "email").agreed == ("phone",)
