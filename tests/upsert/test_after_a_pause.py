"""What a pause leaves of a change."""

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
