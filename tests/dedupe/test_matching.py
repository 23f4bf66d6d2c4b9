"""The clauses of the matching rule, each with the case that it stands for."""

import itertools

import pytest

from rotor_import.dedupe import Background, PendingElsewhere, PendingKeys, dedupe_records
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.policy import MatchingPolicy, Policy
from rotor_import.model.row_link import RowLink
from rotor_import.model.rows import Record
from rotor_import.model.three_way import Baseline


def row(number, phone="", email="", *, key="", id_="", **values):
    content = f"{key}|{id_}|{phone}|{email}|{sorted(values.items())}"
    return Record(0, number, key, id_, phone, email, values, content)


def rotor(*customers, complete=True):
    return Directory({one.id: one for one in customers}, "api" if complete else "none", complete)


def known(id_, phone="", email="", **values):
    return Customer(
        id_,
        {**values, **({"phone": phone} if phone else {}), **({"email": email} if email else {})},
        phone,
        email,
    )


def run(rows, directory=None, background=None, *, links=(), on_both="hold", **matching):
    counter = itertools.count(1)
    return dedupe_records(
        rows,
        directory or rotor(),
        background or Background(),
        links,
        Policy(on_both=on_both, matching=MatchingPolicy(**matching)),
        new_customer=lambda: f"new:{next(counter)}",
        mapped=("phone", "email", "last_name"),
    )


def again(rows, first, directory, **matching):
    """The same account one run later: `directory` is what Rotor then holds."""
    return run(rows, directory, links=[LinkUpdate(update.link) for update in first.links], **matching)


def groups(result):
    return {group.customer: [record.row for record in group.records] for group in result.groups}


def held(result):
    return {hold.record.row: hold for hold in result.holds}


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


def test_a_second_import_of_a_chain_that_left_a_key_behind_creates_nobody():
    rows = [row(2, "", "E1"), row(3, "P1", "E1"), row(4, "P1", "E2")]
    first = run(rows)
    assert groups(first) == {"new:1": [2, 3, 4]}
    links = [LinkUpdate(RowLink(**{**vars(one.link), "customer": "X"})) for one in first.links]
    second = run(rows, rotor(known("X", "P1", "E2")), links=links)
    assert groups(second) == {"X": [2, 3, 4]}
    assert second.groups[0].keys == {"phone": "P1", "email": "E2"}


def test_an_unchanged_row_moves_no_key_back():
    rows = [row(2, "P1", "E1", key="7")]
    links = [LinkUpdate(RowLink("k:7", 0, "X", rows[0].digest, "", "P1", "E1"))]
    result = run(rows, rotor(known("X", "P9", "E1"), known("Y", "P1")), links=links)
    assert result.groups[0].keys == {"phone": "P9", "email": "E1"}
    assert not result.holds


def test_a_changed_cell_of_a_known_row_moves_its_key():
    links = [LinkUpdate(RowLink("k:7", 0, "X", "old", "", "P1", "E1"))]
    result = run([row(2, "P2", "E1", key="7")], rotor(known("X", "P1", "E1")), links=links)
    assert result.groups[0].keys == {"phone": "P2", "email": "E1"}


def test_a_row_that_changed_its_name_is_known_by_its_keys():
    links = [LinkUpdate(RowLink("h:old", 0, "X", "old", "", "P1", "E1"))]
    directory = rotor(known("X", "P9", "E9"), known("Y", "P1"))
    result = run([row(2, "P1", "E1", last_name="Ray")], directory, links=links)
    assert groups(result) == {"X": [2]}


def test_a_row_whose_customer_is_gone_from_rotor_is_held():
    links = [LinkUpdate(RowLink("k:7", 0, "X", "old", "", "P1", "E1"))]
    assert 2 in held(run([row(2, "P1", "E1", key="7")], rotor(known("Y")), links=links))


def test_content_comes_before_occurrence_where_a_source_key_repeats():
    rows = [row(2, "P1", key="7", last_name="Ray"), row(3, "P1", key="7", last_name="Roe")]
    swapped = [row(2, "P1", key="7", last_name="Roe"), row(3, "P1", key="7", last_name="Ray")]
    links = [LinkUpdate(RowLink("k:7", at, "X", one.digest, "", "P1", "")) for at, one in enumerate(rows)]
    result = run(swapped, rotor(known("X", "P5")), links=links)
    assert result.groups[0].keys["phone"] == "P5"


class TestAHoldKeeps:
    rows = (row(2, "P1", "E1"), row(3, "P1", "E2", last_name="Ray"), row(4, "", "E9"))
    directory = rotor(known("X", "P1"), known("Y", "", "E1"))

    def test_while_nothing_that_it_depends_on_changes(self):
        first = run(self.rows, self.directory)
        assert list(held(first)) == [2]
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E1"), known("new:1", "", "E9"))
        assert list(held(again(self.rows, first, later))) == [2]

    def test_until_a_named_customer_has_other_keys(self):
        first = run(self.rows, self.directory)
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E7"), known("new:1", "", "E9"))
        assert not held(again(self.rows, first, later))

    def test_until_one_of_its_own_cells_changes(self):
        first = run(self.rows, self.directory)
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E1"), known("new:1", "", "E9"))
        mended = [row(2, "P1", "E7"), *self.rows[1:]]
        assert not held(again(mended, first, later))

    def test_until_the_policy_is_another(self):
        first = run(self.rows, self.directory)
        later = rotor(known("X", "P1", "E2"), known("Y", "", "E1"), known("new:1", "", "E9"))
        assert not held(again(self.rows, first, later, on_conflict="server"))


class TestSuspiciousMerges:
    rows = (
        row(2, "P1", "E1", last_name="Ray"),
        row(3, "P1", "E2", last_name="Roe"),
        row(4, "P1", "E3", last_name="Ray"),
    )

    def test_are_merged_by_the_rule_and_named(self):
        result = run(self.rows)
        assert groups(result) == {"new:1": [2, 3, 4]}
        assert result.groups[0].suspicious == ((0, 3), (0, 4))

    def test_are_held_where_asked(self):
        result = run(self.rows[:2], hold_suspicious=True)
        assert groups(result) == {"new:1": [2]}
        assert list(held(result)) == [3]

    def test_are_seen_against_a_customer_of_rotors(self):
        result = run(self.rows[:1], rotor(known("X", "P1", "E9", last_name="Roe")), hold_suspicious=True)
        assert list(held(result)) == [2]


class TestThreeWayKeys:
    links = (LinkUpdate(RowLink("k:7", 0, "X", "old", "", "P1", "E1")),)

    def run(self, on_both="hold"):
        """The file moved the phone from P1 to P2, somebody in Rotor to P3."""
        background = Background(
            baseline=lambda _customer, name: Baseline("P1", "P1") if name == "phone" else Baseline("E1", "E1"),
        )
        return run(
            [row(2, "P2", "E1", key="7")], rotor(known("X", "P3", "E1")), background, links=self.links, on_both=on_both
        )

    def test_a_key_changed_on_both_sides_is_held_alone(self):
        result = self.run()
        assert result.groups[0].keys["phone"] == "P3"
        assert [field.field for field in result.groups[0].held_keys] == ["phone"]

    def test_it_is_asked_about_again_next_time(self):
        assert self.run().links[0].link.phone == "P1"

    def test_the_file_wins_where_the_mapping_says_so(self):
        assert self.run("file").groups[0].keys["phone"] == "P2"

    def test_rotor_wins_where_the_mapping_says_so(self):
        result = self.run("rotor")
        assert result.groups[0].keys["phone"] == "P3"
        assert not result.groups[0].held_keys


class TestWithoutAWholeDirectory:
    def test_rows_collapse_while_their_record_carries_every_key(self):
        result = run([row(2, "", "E1"), row(3, "P1", "E1"), row(4, "P1")], rotor(complete=False))
        assert groups(result) == {"new:1": [2, 3, 4]}

    def test_rows_go_one_after_another_where_a_key_would_be_lost(self):
        rows = [row(2, "P1", "E1"), row(3, "P2", "E1"), row(4, "P1", "E3")]
        result = run(rows, rotor(complete=False))
        assert groups(result) == {"new:1": [2], "new:2": [3], "new:3": [4]}
        assert result.groups[0].keys == {"phone": "P1", "email": "E1"}


class TestPendingChanges:
    def test_of_another_feed_are_waited_for(self):
        elsewhere = PendingElsewhere(keys={("phone", "P1"): "web"})
        hold = held(run([row(2, "P1")], background=Background(elsewhere=elsewhere)))[2]
        assert "web" in hold.reason
        assert not hold.sticky

    def test_of_the_own_feed_count_as_sent(self):
        """r1 and r2 are one planned customer, unsent; r3 took P1 and is in Rotor: r1 must not join it."""
        rows = [row(2, "P1", "E1"), row(3, "P2", "E1"), row(4, "P1", "E3")]
        links = [
            LinkUpdate(RowLink(f"h:{rows[0].digest}", 0, "new:9", rows[0].digest, "", "P1", "E1")),
            LinkUpdate(RowLink(f"h:{rows[1].digest}", 0, "new:9", rows[1].digest, "", "P2", "E1")),
            LinkUpdate(RowLink(f"h:{rows[2].digest}", 0, "M", rows[2].digest, "", "P1", "E3")),
        ]
        blank = {"phone": "", "email": ""}
        pending = [PendingKeys("new:9", blank, {"phone": "P2", "email": "E1"})]
        result = run(rows, rotor(known("M", "P1", "E3")), Background(pending=pending), links=links)
        assert groups(result) == {"new:9": [2, 3], "M": [4]}
        assert result.groups[0].keys == {"phone": "P2", "email": "E1"}
