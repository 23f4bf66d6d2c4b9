"""Keys that are nobody's: placeholders that the mapping ignores, and words that mean blank."""

import pytest
from rotor import opened

from rotor_import.model.null_words import NULL_WORDS

IGNORE = 'ignore: {email: [none@example.com], phone: ["763-555-0000"]}'
NAMES = ("Nora", "Omar", "Pia", "Quinn", "Rosa", "Sam")


def named(office):
    return sorted(customer["first_name"] for customer in office.rotor.customers())


def test_people_who_share_an_ignored_key_are_customers_of_their_own():
    with opened(keyed=False, more=IGNORE) as office:
        office.write(
            [
                *(
                    {"phone": f"763-555-010{at}", "email": "None@example.com", "first_name": NAMES[at]}
                    for at in (0, 1, 2)
                ),
                *(
                    {"phone": "(763) 555-0000", "email": f"{at}@example.com", "first_name": NAMES[at]}
                    for at in (3, 4, 5)
                ),
            ]
        )
        outcome = office.run().check()
        assert named(office) == sorted(NAMES)
        assert {line["field"] for line in outcome.table("warnings.csv")} == {"phone", "email"}
        assert len(outcome.table("warnings.csv")) == outcome.summary["warnings"] == 6
        assert not any(
            customer["email"] == "none@example.com" or customer["phone"] == "+17635550000"
            for customer in office.rotor.customers()
        )
        assert office.run().check().posts == 0


def test_a_customer_in_rotor_is_not_matched_by_an_ignored_key():
    with opened(keyed=False, more=IGNORE) as office:
        office.rotor.seed([{"email": "none@example.com", "first_name": "Yan"}])
        office.write([{"phone": "763-555-0100", "email": "none@example.com", "first_name": "Nora"}])
        assert office.run().check().summary["changes"]["create"] == 1
        assert named(office) == ["Nora", "Yan"]


def test_a_row_that_has_nothing_but_an_ignored_key_is_rejected_and_named():
    with opened(keyed=False, more=IGNORE) as office:
        office.write([{"email": "none@example.com", "first_name": "Nora"}])
        outcome = office.run().check()
        assert outcome.posts == 0
        assert [line["_value"] for line in outcome.table("rejects.csv")] == ["none@example.com"]


@pytest.mark.parametrize("word", ["N/A", "0", "none", "#N/A", "-"])
def test_rows_whose_source_key_means_blank_are_customers_of_their_own(office, word):
    office.write([{"key": word, "phone": f"763-555-010{at}", "first_name": NAMES[at]} for at in range(4)])
    assert office.run().check().summary["changes"]["create"] == 4
    assert named(office) == sorted(NAMES[:4])
    assert office.run().check().posts == 0


@pytest.mark.parametrize("key", ["00", "100", "-1", "n", "A0"])
def test_a_source_key_that_only_looks_odd_is_one(office, key):
    office.write([{"key": key, "phone": "763-555-0100"}, {"key": key, "phone": "763-555-0101"}])
    assert office.run().check().summary["changes"]["create"] == 1


def test_a_word_that_means_blank_in_place_of_rotors_id_is_blank(office):
    office.write([{"key": "1", "id": "N/A", "phone": "763-555-0100"}])
    assert office.run().check().summary["sent"]["created"] == 1


def test_null_words_are_written_as_they_are_compared():
    assert all(word == word.lower().strip() for word in NULL_WORDS)
