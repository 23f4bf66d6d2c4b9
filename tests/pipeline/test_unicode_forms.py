"""A text in another Unicode form is the same text: the file's, Rotor's, and last night's."""

import unicodedata

import pytest
from rotor import opened

NORA = {"phone": "763-555-0101", "first_name": "Renée", "last_name": "Núñez", "tags": ["café", "vip"]}


def decomposed(row):
    return {
        name: [unicodedata.normalize("NFD", tag) for tag in cell]
        if isinstance(cell, list)
        else unicodedata.normalize("NFD", cell)
        for name, cell in row.items()
    }


@pytest.mark.parametrize("keyed", [True, False], ids=["with a source key", "without"])
@pytest.mark.parametrize("first", [dict, decomposed], ids=["composed", "decomposed"])
def test_a_file_whose_program_switched_forms_sends_nothing(keyed, first):
    rows = [
        {"key": "é1", **NORA},
        {"key": "é2", "first_name": "Zoë", "company_name": "Crème", "email": "z@example.com"},
    ]
    with opened(keyed=keyed) as office:
        office.write(map(first, rows))
        assert office.run().check().posts == 2
        office.write(map({dict: decomposed, decomposed: dict}[first], rows))
        again = office.run().check()
        assert again.posts == 0
        assert again.summary["changes"]["unchanged"] == 2


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_rotor_holds_in_another_form_is_unchanged(office, form):
    stored = {name: unicodedata.normalize(form, NORA[name]) for name in ("phone", "first_name", "last_name")}
    office.rotor.seed([stored | {"tags": [unicodedata.normalize(form, tag) for tag in NORA["tags"]]}])
    for rows in ([NORA], [decomposed(NORA)]):
        office.write([{"key": "1", **row} for row in rows])
        assert office.run().check().posts == 0


def test_somebody_who_retyped_a_name_in_another_form_has_edited_nothing(office):
    office.write([{"key": "1", **NORA}])
    office.run().check()
    [held] = office.rotor.customers()
    office.rotor.sandbox.store.update(held["id"], held | {"first_name": unicodedata.normalize("NFD", "Renée")})
    office.write([{"key": "1", **NORA, "first_name": "Renata"}])
    outcome = office.run().check()
    assert outcome.summary["held_fields"] == 0
    assert office.rotor.customers()[0]["first_name"] == "Renata"


def test_merged_rows_that_differ_only_in_form_lose_nothing(office):
    office.write([{"key": "1", **NORA}, {"key": "1", **decomposed(NORA)}])
    outcome = office.run().check()
    assert outcome.table("merges.csv") == []
    assert office.rotor.customers()[0]["tags"] == ["café", "vip"]
