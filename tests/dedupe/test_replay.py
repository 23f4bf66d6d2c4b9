"""The clauses of the matching rule, each with the case that it stands for."""

import pytest
from one_by_one import groups, held, known, rotor, row, run


def test_a_chain_comes_out_as_the_server_would_make_it():
    result = run([row(2, "P1", "E1"), row(3, "P2", "E1"), row(4, "P1", "E3")])
    assert groups(result) == {"new:1": [2, 3], "new:2": [4]}
    assert result.groups[0].keys == {"phone": "P2", "email": "E1"}
    assert result.groups[1].keys == {"phone": "P1", "email": "E3"}


def test_the_phone_decides_before_the_email():
    result = run([row(2, "P1"), row(3, "P1", "E1")], rotor(known("X", "P1", "E9")))
    assert groups(result) == {"X": [2, 3]}
    assert result.groups[0].keys == {"phone": "P1", "email": "E1"}


@pytest.mark.parametrize(
    ("rows", "directory"),
    [
        ([row(2, "P1", "E1")], rotor(known("X", "P1"), known("Y", "", "E1"))),
        ([row(2, "P1"), row(3, "", "E1"), row(4, "P1", "E1")], rotor()),
        ([row(2, "P1"), row(3, "P1", "E1")], rotor(known("Y", "", "E1"))),
    ],
    ids=["both in Rotor", "both of this file", "one of each"],
)
def test_a_row_between_two_customers_is_held_and_names_both(rows, directory):
    hold = held(run(rows, directory))[rows[-1].row]
    assert len(hold.named) == 2
    assert hold.field == "email"


def test_a_row_between_two_customers_follows_the_server_where_the_mapping_says_so():
    directory = rotor(known("X", "P1"), known("Y", "", "E1"))
    result = run([row(2, "P1", "E1")], directory, on_conflict="server")
    assert groups(result) == {"X": [2]}
    assert result.groups[0].keys == {"phone": "P1", "email": "E1"}


def test_a_key_that_several_customers_share_decides_nothing():
    result = run([row(2, "P1", "E1")], rotor(known("X", "P1"), known("Y", "P1")))
    assert set(held(result)[2].named) == {"X", "Y"}


def test_an_id_that_rotor_does_not_know_is_held():
    assert 2 in held(run([row(2, "P1", id_="Z")], rotor(known("X", "P2"))))


def test_an_id_that_disagrees_with_the_phone_is_held():
    assert 2 in held(run([row(2, "P1", id_="Y")], rotor(known("X", "P1"), known("Y"))))


def test_rows_of_one_source_key_are_one_customer_whatever_their_keys():
    result = run([row(2, "P1", key="7"), row(3, "P2", "E2", key="7")])
    assert groups(result) == {"new:1": [2, 3]}


def test_a_source_key_that_disagrees_with_the_phone_is_held():
    result = run([row(2, "P1", key="7"), row(3, "P2", key="8"), row(4, "P2", key="7")])
    assert list(held(result)) == [4]


def test_a_row_without_keys_joins_the_customer_of_its_source_key_wherever_it_stands():
    result = run([row(2, key="7", last_name="Ray"), row(3, "P1", key="7")])
    assert groups(result) == {"new:1": [2, 3]}


def test_a_row_without_any_key_is_rejected_unless_asked_for():
    assert [reject.row for reject in run([row(2, last_name="Ray")]).rejects] == [2]
    assert groups(run([row(2, last_name="Ray")], allow_keyless=True)) == {"new:1": [2]}


class TestSuspiciousMerges:
    rows = (
        row(2, "P1", "E1", last_name="Ray"),
        row(3, "P1", "E2", last_name="Roe"),
        row(4, "P1", "E3", last_name="Ray"),
    )

    def test_are_merged_by_the_rule_and_named(self):
        result = run(self.rows, on_stranger="merge")
        assert groups(result) == {"new:1": [2, 3, 4]}
        assert result.groups[0].suspicious == ((0, 3),)  # the third is called as the first

    def test_are_held_where_asked_and_nobody_knows_whose_the_phone_is(self):
        result = run(self.rows[:2], on_stranger="merge", hold_suspicious=True)
        assert groups(result) == {}
        assert list(held(result)) == [2, 3]

    def test_are_seen_against_a_customer_of_rotors(self):
        result = run(self.rows[:1], rotor(known("X", "P1", "E9", last_name="Roe")), hold_suspicious=True)
        assert list(held(result)) == [2]


class TestWithoutAWholeDirectory:
    def test_rows_collapse_while_their_record_carries_every_key(self):
        result = run([row(2, "", "E1"), row(3, "P1", "E1"), row(4, "P1")], rotor(complete=False))
        assert groups(result) == {"new:1": [2, 3, 4]}

    def test_rows_go_one_after_another_where_a_key_would_be_lost(self):
        rows = [row(2, "P1", "E1"), row(3, "P2", "E1"), row(4, "P1", "E3")]
        result = run(rows, rotor(complete=False))
        assert groups(result) == {"new:1": [2], "new:2": [3], "new:3": [4]}
        assert result.groups[0].keys == {"phone": "P1", "email": "E1"}
