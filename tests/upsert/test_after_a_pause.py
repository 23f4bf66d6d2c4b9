"""What a pause leaves of a change."""

import pytest

A, B = "(763) 555-0100", "(763) 555-0101"


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
