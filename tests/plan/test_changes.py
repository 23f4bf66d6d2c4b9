"""What is sent for one customer, field by field."""

import pytest

from rotor_import.model.change import Group
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.decision import Answer, Decision, field_question
from rotor_import.model.field_decisions import NOT_ASKED, OTHER_WORD, FieldDecisions, not_asked
from rotor_import.model.policy import Policy
from rotor_import.model.rows import Record
from rotor_import.model.three_way import Baseline
from rotor_import.plan import plan_changes

KEYS = {"phone": "P1", "email": ""}


def change(values, held=None, baseline=None, *, mapped=(), returned=(), complete=True, decisions=None, **policy):
    """The change of X, who is new where Rotor holds nothing; `baseline` is by field."""
    before = None if held is None else Customer("X", {"phone": "P1", **held}, "P1")
    customer = "new:1" if held is None else "X"
    record = Record(0, 2, "7", "", "P1", "", values, "digest")
    group = Group(customer, (record,), values, KEYS, before)
    directory = Directory({"X": before} if before else {}, "api", complete)
    known = {} if baseline is None else baseline
    (planned,) = plan_changes(
        [group],
        directory,
        lambda _customer, name: known.get(name),
        Policy(**policy),
        [*values, *mapped],
        returned,
        numbers=[1],
        decisions=decisions,
    )
    return planned


def sent(planned):
    return {field.field: field.after for field in planned.fields}


@pytest.mark.parametrize(("complete", "kind"), [(True, "create"), (False, "undecided")])
def test_a_new_customer_is_sent_whole_and_undecided_where_rotor_may_know_it(complete, kind):
    planned = change({"last_name": "Ada", "tags": ("vip",)}, complete=complete)
    assert (planned.kind, sent(planned)) == (kind, {"phone": "P1", "last_name": "Ada", "tags": ("vip",)})
    assert planned.differences == ()


def test_only_fields_that_differ_are_sent_and_the_others_are_remembered():
    planned = change({"last_name": "Ada", "notes": "new"}, {"last_name": " Ada", "notes": "old"})
    assert (planned.kind, sent(planned)) == ("update", {"notes": "new"})
    assert planned.equal == {"last_name": Baseline("Ada", " Ada")}


def test_a_field_that_both_sides_changed_is_held_and_the_rest_is_sent():
    planned = change(
        {"last_name": "Ada", "notes": "new"}, {"last_name": "Eve", "notes": "old"}, {"last_name": Baseline("A", "A")}
    )
    assert sent(planned) == {"notes": "new"}
    assert [(held.field, held.file_value, held.rotor_value) for held in planned.held_fields] == [
        ("last_name", "Ada", "Eve")
    ]


def test_a_blank_cell_empties_a_field_only_where_the_mapping_clears_it():
    assert sent(change({}, {"notes": "old"}, mapped=["notes"])) == {}
    assert sent(change({}, {"notes": "old"}, mapped=["notes"], write={"notes": "clear"})) == {"notes": ""}
    assert sent(change({}, {"notes": "old"}, write={"notes": "clear"})) == {}


def test_only_tags_that_rotor_lacks_are_sent_and_one_that_the_file_dropped_is_told():
    planned = change({"tags": ("vip", "new")}, {"tags": ("vip", "old")}, {"tags": Baseline(("old",), ("old",))})
    assert sent(planned) == {"tags": ("new",)}
    assert planned.fields[0].sent == ("vip", "new")
    assert [difference.done for difference in planned.differences] == [
        "not removed (Rotor's API can't remove tags): old",
        "added: new",
    ]


def test_tags_for_blanks_are_sent_only_where_rotor_has_none():
    assert sent(change({"tags": ("new",)}, {"tags": ("old",)}, write={"tags": "if_empty"})) == {}
    assert sent(change({"tags": ("new",)}, {}, write={"tags": "if_empty"})) == {"tags": ("new",)}


def test_a_field_that_rotor_does_not_return_counts_as_it_was_acknowledged():
    known = {"billing_city": Baseline("Fargo", "Fargo")}
    assert sent(change({"billing_city": "Fargo"}, {}, known)) == {}
    assert sent(change({"billing_city": "Minot"}, {}, known)) == {"billing_city": "Minot"}


SET_INACTIVE = {"status": Baseline("inactive", "inactive")}


class TestACustomerThatIsBack:
    def test_is_active_again(self):
        assert sent(change({}, {"status": "inactive"}, SET_INACTIVE, returned=["X"])) == {"status": "active"}

    def test_has_the_status_that_the_file_says(self):
        planned = change({"status": "inactive"}, {"status": "inactive"}, SET_INACTIVE, returned=["X"])
        assert planned.kind == "unchanged"

    def test_is_left_alone_where_this_feed_did_not_set_it_inactive(self):
        assert sent(change({}, {"status": "inactive"}, returned=["X"])) == {}


PARTS = ("property_street1", "property_street2", "property_city", "property_state", "property_zip")
BILLING = tuple(name.replace("property", "billing") for name in PARTS)


def address(*cells, parts=PARTS):
    return {name: cell for name, cell in zip(parts, cells, strict=True) if cell}


ELM = address("12 Elm St", "", "Blaine", "MN", "55434")
LAKE = address("400 Lake Rd", "", "Hudson", "WI", "")
ASKED = ("property_address", "400 Lake Rd, Hudson, WI", "12 Elm St, Blaine, MN 55434")


def held_fields(planned):
    return [(held.kind, held.field, held.file_value, held.rotor_value) for held in planned.held_fields]


class TestAPartialAddress:
    """Sent part by part, it would stand in Rotor beside what is left of the old one."""

    def test_is_held_as_a_whole_and_the_other_fields_are_sent(self):
        planned = change({**LAKE, "notes": "new"}, ELM, mapped=PARTS)
        assert sent(planned) == {"notes": "new"}
        assert held_fields(planned) == [("partial", *ASKED)]
        assert {one.field for one in planned.differences if "mixed" in one.done} == LAKE.keys()

    def test_is_sent_where_the_mapping_says_so(self):
        assert sent(change(LAKE, ELM, mapped=PARTS, on_partial="send")) == LAKE

    def test_that_both_sides_changed_is_one_question(self):
        known = {"property_street1": Baseline("1 Oak", "1 Oak")}
        planned = change(LAKE, ELM, known, mapped=PARTS)
        assert (sent(planned), held_fields(planned)) == ({}, [("partial", *ASKED)])

    def test_is_one_too_where_only_the_file_changed_since_the_last_sync(self):
        known = {name: Baseline(value, value) for name, value in ELM.items()}
        moved = {name: value for name, value in {**ELM, "property_street1": "14 Elm St"}.items() if "zip" not in name}
        assert held_fields(change(moved, ELM, known, mapped=PARTS))[0][:2] == ("partial", "property_address")

    @pytest.mark.parametrize(
        ("values", "held"),
        [
            pytest.param(address("400 Lake Rd", "", "Hudson", "WI", "54016"), ELM, id="all parts are filled"),
            pytest.param(address("", "", "", "", "55434"), address("12 Elm St", "", "", "", ""), id="no part differs"),
            pytest.param(LAKE, address("12 Elm St", "", "Blaine", "MN", ""), id="Rotor lacks the part too"),
        ],
    )
    def test_is_none_where_nothing_would_be_mixed(self, values, held):
        planned = change(values, held, mapped=PARTS)
        assert planned.held_fields == ()
        assert sent(planned) == values

    def test_is_none_where_the_mapping_does_not_fill_the_part(self):
        assert sent(change(LAKE, ELM, mapped=LAKE)) == LAKE

    def test_is_none_where_the_blank_clears(self):
        planned = change(LAKE, ELM, mapped=PARTS, write={"property_zip": "clear"})
        assert sent(planned) == {**LAKE, "property_zip": ""}

    def test_is_none_where_only_rotor_changed(self):
        known = {name: Baseline(value, value) for name, value in LAKE.items()}
        planned = change(LAKE, ELM, known, mapped=PARTS)
        assert (sent(planned), planned.held_fields) == ({}, ())

    def test_is_none_of_a_new_customer(self):
        assert change(LAKE, mapped=PARTS).held_fields == ()

    def test_of_billing_is_measured_by_what_rotor_last_acknowledged(self):
        elm, lake = (address(*cells, parts=BILLING) for cells in (("12 Elm St", *[""] * 3, "1"), ("2 Oak", *[""] * 4)))
        known = {name: Baseline(value, value) for name, value in elm.items()}
        assert held_fields(change(lake, {}, known, mapped=BILLING)) == [
            ("partial", "billing_address", "2 Oak", "12 Elm St, 1")
        ]
        assert sent(change(lake, {}, mapped=BILLING)) == lake, "nobody knows of another"


def said(word, field, file_value, rotor_value):
    asked = field_question("feed", "X", field, file_value, rotor_value)
    return FieldDecisions("feed", [Decision(2, asked, word)])


class TestAPersonsWord:
    """About a field that both sides changed, or a partial address."""

    known = {"last_name": Baseline("A", "A")}  # noqa: RUF012  # nobody changes it

    def change(self, word, *, field="last_name", file_value="Ada", rotor_value="Eve"):
        decisions = said(word, field, file_value, rotor_value)
        return change({"last_name": "Ada"}, {"last_name": "Eve"}, self.known, decisions=decisions), decisions

    def test_file_sends_the_files_value_and_is_remembered_until_it_is_sent(self):
        planned, decisions = self.change("file")
        assert (sent(planned), planned.held_fields) == ({"last_name": "Ada"}, ())
        assert [answer.why for answer in decisions.answers.values()] == [""]
        again = change({"last_name": "Ada"}, {"last_name": "Eve"}, planned.equal)
        assert (sent(again), again.held_fields) == ({"last_name": "Ada"}, ())

    def test_rotor_leaves_it_and_is_remembered_until_a_side_changes(self):
        planned, decisions = self.change("rotor")
        assert (sent(planned), planned.held_fields) == ({}, ())
        assert [answer.why for answer in decisions.answers.values()] == [""]
        again = change({"last_name": "Ada"}, {"last_name": "Eve"}, planned.equal)
        assert (sent(again), again.held_fields) == ({}, ())
        assert sent(change({"last_name": "Bea"}, {"last_name": "Eve"}, planned.equal)) == {"last_name": "Bea"}
        assert held_fields(change({"last_name": "Bea"}, {"last_name": "Eva"}, planned.equal)) == [
            ("both", "last_name", "Bea", "Eva")
        ]

    @pytest.mark.parametrize("changed", [{"file_value": "Adda"}, {"rotor_value": "Eva"}, {"field": "first_name"}])
    def test_about_another_question_changes_nothing_and_is_answered(self, changed):
        planned, decisions = self.change("file", **changed)
        assert len(planned.held_fields) == 1
        given = [Decision(2, "feed-1", "file"), Decision(3, "feed-2", "skip"), Decision(4, "feed-3", "rotor")]
        assert decisions.answers == {}
        assert list(not_asked(given, [Answer("feed-3")])) == [Answer("feed-1", NOT_ASKED)]

    def test_of_another_kind_is_refused(self):
        planned, decisions = self.change("skip")
        assert len(planned.held_fields) == 1
        assert [answer.why for answer in decisions.answers.values()] == [OTHER_WORD]

    def test_file_sends_an_address_beside_what_rotor_has(self):
        planned = change(LAKE, ELM, mapped=PARTS, decisions=said("file", *ASKED))
        assert (sent(planned), planned.held_fields) == (LAKE, ())

    def test_rotor_leaves_an_address_whole_and_is_remembered(self):
        planned = change(LAKE, ELM, mapped=PARTS, decisions=said("rotor", *ASKED))
        assert (sent(planned), planned.held_fields) == ({}, ())
        again = change(LAKE, ELM, planned.equal, mapped=PARTS)
        assert (sent(again), again.held_fields) == ({}, ())
        moved = change({**LAKE, "property_street1": "9 Lake Rd"}, ELM, planned.equal, mapped=PARTS)
        assert held_fields(moved)[0][:2] == ("partial", "property_address")
