"""What columns say about many pairs is what is said of each pair."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rotor_import.people import Person, compare, compare_columns
from rotor_import.people.columns import VERDICTS

WORLDS = settings.get_profile("worlds")
FIELDS = {
    "first_name": [None, "Nora", "NORA", "nora ", "Bob", "Robert", "Omar", "Nora Vance", "-", "Unknown"],
    "last_name": [None, "Vance", "vance", "Vence", "Reyes", "Vance Jr", "Acme LLC", "Unknown"],
    "company_name": [None, "Acme LLC", "Acme", "Bolt"],
    "phone": [None, "+17635550101", "+17635550102"],
    "email": [None, "nora@example.com", "NORA@example.com", "omar@example.com"],
    "property_street1": [None, "12 Elm St", "12 Elm Street", "400 Lake Rd"],
    "property_zip": [None, "55434"],
}
lines = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in FIELDS.items()})


def person(line):
    known = {name: value or "" for name, value in line.items()}
    return Person(
        known["first_name"],
        known["last_name"],
        known["company_name"],
        known["phone"],
        known["email"],
        street1=known["property_street1"],
        zip=known["property_zip"],
    )


@settings(WORLDS)
@given(st.lists(st.tuples(lines, lines), max_size=12), st.sampled_from(["phone", "email", "link"]))
def test_columns_say_what_is_said_of_each_pair(pairs, joined_by):
    schema = dict.fromkeys(FIELDS, pl.String)
    rows, others = (pl.DataFrame([pair[side] for pair in pairs], schema=schema) for side in (0, 1))
    found = compare_columns(rows, others, joined_by)
    assert found.to_list() == [compare(person(one), person(other), joined_by).verdict for one, other in pairs]


def test_columns_that_a_file_lacks_are_blank():
    rows = pl.DataFrame({"first_name": ["Nora", "Nora"]})
    others = pl.DataFrame({"first_name": ["Nora", "Omar"], "last_name": ["Vance", None]})
    found = compare_columns(rows, others, "phone")
    assert found.to_list() == ["same", "stranger"]
    assert found.dtype == VERDICTS


def test_no_pairs_have_no_verdicts():
    none = pl.DataFrame(schema={"first_name": pl.String})
    assert compare_columns(none, none, "phone").to_list() == []
