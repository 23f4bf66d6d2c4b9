"""What a person says about a field of which the file and Rotor say different things is done, once, and remembered."""

import csv

import pytest
from rotor import opened

from rotor_import.model.decision import field_question

PHONE, OTHER, THIRD = "763-555-0101", "763-555-0102", "763-555-0103"
PARTS = {"first_name": "property_street1", "last_name": "property_city", "company_name": "property_zip"}
ELM = {"key": "1", "phone": PHONE, "first_name": "12 Elm St", "last_name": "Blaine", "company_name": "55434"}
LAKE = {"key": "1", "phone": PHONE, "first_name": "400 Lake Rd", "last_name": "Hudson"}
ADDRESSES = ("property_address", "400 Lake Rd, Hudson", "12 Elm St, Blaine, 55434")


def given(office, word, *asked):
    """A file of one decision; what is asked about is a field, the file's value and Rotor's."""
    [customer] = office.rotor.customers()
    path = office.folder / "given.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [["question", "decision"], [field_question("nightly", customer["id"], *asked), word]]
        )
    return path


def in_rotor(office):
    [customer] = office.rotor.customers()
    return customer


def notes(outcome):
    return " ".join(outcome.summary["notes"])


class TestAPartialAddress:
    @pytest.fixture
    def office(self):
        """A customer moved, and the file lacks the new ZIP."""
        with opened() as office:
            text = office.mapping.read_text()
            for column, part in PARTS.items():
                text = text.replace(f"{column}: {column}", f"{part}: {column}")
            office.mapping.write_text(text)
            office.write([ELM])
            office.run().check()
            office.write([LAKE])
            yield office

    def address(self, office):
        return tuple(in_rotor(office)[part] for part in PARTS.values())

    def test_is_held_and_told(self, office):
        outcome = office.run().check()
        assert (outcome.posts, outcome.summary["held_fields"]) == (0, 1)
        [line] = outcome.table("rows.csv")
        assert line["reason"] == "not sent, because it would be mixed with Rotor's address: property_address"
        assert self.address(office) == ("12 Elm St", "Blaine", "55434")
        assert office.run().check().summary["held_fields"] == 1, "it is asked again until somebody answers"

    def test_is_sent_where_the_mapping_says_so(self, office):
        office.mapping.write_text(f"{office.mapping.read_text()}\non_partial: send\n")
        assert office.run().check().posts == 1
        assert self.address(office) == ("400 Lake Rd", "Hudson", "55434")

    @pytest.mark.parametrize(("word", "posts", "street"), [("file", 1, "400 Lake Rd"), ("rotor", 0, "12 Elm St")])
    def test_a_persons_word_counts_and_is_not_asked_for_again(self, office, word, posts, street):
        outcome = office.run(decisions=given(office, word, *ADDRESSES)).check()
        assert (outcome.posts, outcome.summary["held_fields"]) == (posts, 0)
        assert "Decisions applied: 1 of 1." in notes(outcome)
        again = office.run().check()
        assert (again.posts, again.summary["held_fields"]) == (0, 0)
        assert self.address(office)[0] == street

    def test_a_word_that_fits_no_more_is_answered(self, office):
        outcome = office.run(
            decisions=given(office, "file", "property_address", "400 Lake Rd, Hudson", "1 Oak")
        ).check()
        assert (outcome.posts, outcome.summary["held_fields"]) == (0, 1)
        assert "line 2 (file): the file and Rotor now agree about this field" in notes(outcome)


@pytest.mark.parametrize("word", ["file", "rotor"])
def test_of_a_phone_that_both_sides_changed(office, word):
    office.write([{"key": "1", "phone": PHONE, "email": "ann@example.com"}])
    office.run().check()
    office.rotor.sandbox.edit(in_rotor(office)["id"], phone=THIRD)
    office.write([{"key": "1", "phone": OTHER, "email": "ann@example.com"}])
    assert office.run().check().summary["held_fields"] == 1
    decided = given(office, word, "phone", "+17635550102", "+17635550103")
    outcome = office.run(decisions=decided).check()
    assert (outcome.posts, outcome.summary["held_fields"]) == (int(word == "file"), 0)
    assert "Decisions applied: 1 of 1." in notes(outcome)
    again = office.run().check()
    assert (again.posts, again.summary["held_fields"]) == (0, 0)
    assert in_rotor(office)["phone"] == ("+17635550102" if word == "file" else THIRD)


def test_of_a_name_that_both_sides_changed_even_if_it_cannot_be_sent_today(office):
    """The day's quota is used up: the next plan knows of the decision without being told again."""
    office.write([{"key": "1", "phone": PHONE, "last_name": "Ray"}])
    office.run().check()
    office.rotor.sandbox.edit(in_rotor(office)["id"], last_name="Roe")
    office.write([{"key": "1", "phone": PHONE, "last_name": "Rae"}])
    outcome = office.run(decisions=given(office, "file", "last_name", "Rae", "Roe"), max_requests=1)
    assert outcome.summary["sent"]["pending"] == 1
    office.write([{"key": "1", "phone": PHONE, "last_name": "Rae"}, {"key": "2", "phone": OTHER}])
    assert office.run().check().summary["held_fields"] == 0
    assert {one["last_name"] for one in office.rotor.customers()} == {"Rae", None}
