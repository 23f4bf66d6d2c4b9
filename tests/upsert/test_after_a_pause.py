"""What a pause leaves of a change."""

import pytest
from rotor import opened

from rotor_import.ledger.checkup import check

A, B, C = "(763) 555-0100", "(763) 555-0101", "(763) 555-0102"


def test_a_key_that_its_holder_is_about_to_give_up_is_still_taken_after_a_pause(office):
    """Both are in Rotor: Ann gives up the email that Bo takes, and both changes waited."""
    office.rotor.seed([{"phone": A, "email": "office@example.com"}, {"phone": B}])
    office.write(
        [
            {"key": "1", "phone": A, "email": "ann@example.com"},
            {"key": "2", "phone": B, "email": "office@example.com"},
        ]
    )
    paused = office.run(max_requests=2)
    assert (paused.posts, paused.summary["sent"]["pending"]) == (0, 2)
    outcome = office.run().check()
    assert outcome.summary["run"] == paused.summary["run"]
    assert (outcome.fates(), outcome.posts) == ({2: "update", 3: "update"}, 2)
    assert [one["email"] for one in office.rotor.customers()] == ["ann@example.com", "office@example.com"]


@pytest.mark.parametrize("first", range(1, 6))
def test_further_records_of_new_rows_that_became_one_customer_find_it(office, first):
    """By Rotor's rule three rows are one customer, and two of them go on with a record that has no key of before."""
    office.write(
        [
            {"key": "2", "phone": B, "email": "bob@example.com"},
            {"phone": A, "email": "bob@example.com"},
            {"key": "4", "phone": A, "email": "ann@example.com"},
            {"key": "2"},
            {"key": "4", "email": "cat@example.com"},
        ]
    )
    paused = office.run(directory="none", max_requests=1 + first)  # one asks Rotor whether it knows the key
    assert (paused.posts, paused.summary["sent"]["pending"]) == (first, 5 - first)
    outcome = office.run(directory="none").check() if first < 5 else paused
    sent = outcome.summary["sent"]
    assert (sent["created"] + sent["updated"], sent["pending"]) == (5, 0)
    assert [one["email"] for one in office.rotor.customers()] == ["cat@example.com"]
    assert office.run(directory="none").check().posts == 0


STEPS = [
    {"key": "1", "phone": A, "first_name": "Ann"},
    {"key": "1", "phone": B, "last_name": "Lee"},
    {"key": "1", "phone": C, "company_name": "Harbor"},
]


@pytest.mark.parametrize("meanwhile", [{}, {"first_name": "Ann"}, {"first_name": "Zed"}])
@pytest.mark.parametrize("then", ["api", "none"])
def test_further_records_go_to_the_customer_that_rotor_has_by_now(office, meanwhile, then):
    """Somebody else made the customer while its records waited: none of them becomes another one."""
    office.write(STEPS)
    paused = office.run(directory="none", max_requests=1)
    assert (paused.posts, paused.summary["sent"]["pending"]) == (0, 3)
    office.rotor.seed([{"phone": A, **meanwhile}])
    outcome = office.run(directory=then).check()
    assert outcome.summary["sent"]["created"] == 0
    [one] = office.rotor.customers()
    assert (one["phone"], one["last_name"], one["company_name"]) == ("+17635550102", "Lee", "Harbor")
    assert one["first_name"] == ("Zed" if meanwhile == {"first_name": "Zed"} and then == "api" else "Ann")
    assert {line["id"] for line in outcome.table("results.csv")} == {one["id"]}
    assert (office.pending(), check(office.settings.ledger).problems) == ({}, [])
    assert office.run().check().posts == 0


@pytest.mark.parametrize("then", ["api", "none"])
def test_a_further_record_is_nobody_who_has_its_phone(office, then):
    office.write(STEPS[:2])
    office.run(directory="none", max_requests=1)
    office.rotor.seed([{"phone": B}])
    office.run(directory=then).check()
    [bo, ann] = sorted(office.rotor.customers(), key=lambda one: one["first_name"] or "")
    assert (bo["last_name"], ann["first_name"]) == (None, "Ann")
    assert (office.pending(), check(office.settings.ledger).problems) == ({}, [])


def test_a_further_record_goes_after_both_parts_of_the_first():
    """Others have the first record's keys by now, so it is sent without them, and then with them by its id."""
    with opened(more="on_conflict: server") as office:
        office.write([STEPS[0] | {"email": "ann@example.com"}, STEPS[1]])
        office.run(directory="none", max_requests=1)
        office.rotor.seed([{"phone": A, "first_name": "Bo"}, {"email": "ann@example.com", "first_name": "Cy"}])
        outcome = office.run().check()
        assert (outcome.posts, outcome.summary["sent"]["created"], office.pending()) == (3, 1, {})
        [ann] = [one for one in office.rotor.customers() if one["first_name"] == "Ann"]
        assert (ann["phone"], ann["email"], ann["last_name"]) == ("+17635550101", "ann@example.com", "Lee")
