"""What is sent for one customer, field by field."""

import pytest

from rotor_import.model.change import Group
from rotor_import.model.customer import Customer, Directory
from rotor_import.model.policy import Policy
from rotor_import.model.rows import Record
from rotor_import.model.three_way import Baseline
from rotor_import.plan import plan_changes

KEYS = {"phone": "P1", "email": ""}


def change(values, held=None, baseline=None, *, mapped=(), returned=(), complete=True, **policy):
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
        "left: Rotor's API cannot remove old",
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
