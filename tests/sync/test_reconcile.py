"""reconcile.csv: for each field that differs what was last sent, Rotor's value, the file's, and what was done."""

import pytest
from test_missing import INACTIVE

from rotor_import.ledger import snapshots
from rotor_import.report import sentence

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann", "last_name": "Lee"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}
UNREADABLE = "  service_type: {column: last_name, optional: true}"


def edited(box, row, **fields):
    [one] = [one for one in box.office.rotor.customers() if one["phone"].endswith(row["phone"][-4:])]
    box.office.rotor.sandbox.edit(one["id"], **fields)


def night(box, name, rows):
    """What the file of that night is found to differ in."""
    box.put(name, rows)
    outcome = box.night()
    assert outcome.summary["drop"]["taken"] == [name]
    return [
        tuple(line[column] for column in ("source_key", "field", "last_sent", "rotor", "file", "done"))
        for line in outcome.table("reconcile.csv")
    ]


@pytest.mark.parametrize(
    ("more", "in_rotor", "in_the_file", "done"),
    [
        ("", "Lee", "Low", "sent"),
        ("", "Law", "Lee", "Rotor's value was kept"),
        ("", "Law", "Low", "on hold: changed on both sides"),
        ("on_both: file", "Law", "Low", "sent"),
        ("on_both: rotor", "Law", "Low", "Rotor's value was kept"),
        ("write: {last_name: if_empty}", "Lee", "Low", "Rotor's value was kept"),
        ("write: {last_name: clear}", "Lee", "", "sent"),
    ],
)
def test_each_of_the_three_sides_is_named_and_what_was_done(box_with, more, in_rotor, in_the_file, done):
    box = box_with(more)
    assert night(box, "1.csv", [ANN]) == [], "of new customers every field is new"
    edited(box, ANN, last_name=in_rotor)
    found = night(box, "2.csv", [ANN | {"last_name": in_the_file}, BEN])
    assert found == [("1", "last_name", "Lee", in_rotor, in_the_file, done)]
    [one] = [one for one in box.office.rotor.customers() if one["first_name"] == "Ann"]
    assert (one["last_name"] or "") == (in_the_file if done == "sent" else in_rotor)


def test_a_field_that_both_sides_changed_needs_a_person_in_the_terminal_as_on_the_page(box):
    night(box, "1.csv", [ANN])
    edited(box, ANN, last_name="Law")
    box.put("2.csv", [ANN | {"last_name": "Low"}])
    outcome = box.night()
    assert outcome.summary["held_fields"] == outcome.summary["review"]["field"] == outcome.report.troubled == 1
    assert sentence(outcome.summary).endswith("1 field needs your attention.")
    assert "1 field needs your attention" in (outcome.folder / "report.html").read_text(encoding="utf-8")


def test_where_two_sides_have_come_to_agree_there_is_nothing_to_say(box):
    night(box, "1.csv", [ANN, BEN])
    edited(box, ANN, last_name="Low")
    assert night(box, "2.csv", [ANN | {"last_name": "Low"}, BEN]) == []
    assert night(box, "3.csv", [ANN | {"last_name": "Law"}, BEN]) == [("1", "last_name", "Low", "Low", "Law", "sent")]


def test_a_tag_that_went_with_another_row_of_the_customer_is_told(box):
    ann, again = ANN | {"tags": ["a"]}, ANN | {"key": "9", "tags": ["b"]}
    night(box, "1.csv", [ann, again, BEN])
    [told] = [line for line in night(box, "2.csv", [ann, BEN]) if line[1] == "tags"]
    assert told == ("1", "tags", "a, b", "a, b", "a", "not removed (Rotor's API can't remove tags): b")


def test_a_blank_cell_is_no_difference(box):
    night(box, "1.csv", [ANN, BEN])
    assert night(box, "2.csv", [ANN | {"last_name": ""}, BEN]) == []


def test_a_field_that_was_never_sent_has_no_last_one(box):
    box.office.rotor.seed([{"phone": "+17635550100", "first_name": "Anna"}])
    assert night(box, "1.csv", [ANN]) == [
        ("1", "first_name", "", "Anna", "Ann", "sent"),
        ("1", "last_name", "", "", "Lee", "sent"),
    ]


def test_a_phone_that_moves_on_and_one_that_both_sides_changed(box):
    night(box, "1.csv", [ANN | {"email": "ann@example.com"}, BEN | {"email": "ben@example.com"}])
    edited(box, BEN, phone="+17635550190")
    found = night(
        box,
        "2.csv",
        [
            ANN | {"email": "ann@example.com", "phone": "763-555-0150"},
            BEN | {"email": "ben@example.com", "phone": "763-555-0151"},
        ],
    )
    assert found == [
        ("1", "phone", "+17635550100", "+17635550100", "+17635550150", "sent"),
        ("2", "phone", "+17635550101", "+17635550190", "+17635550151", "on hold: changed on both sides"),
    ]


def test_tags_that_the_file_adds_are_added_and_those_that_it_drops_are_told(box):
    night(box, "1.csv", [ANN | {"tags": ["a", "b"]}, BEN])
    edited(box, ANN, tags=["a", "b", "theirs"])
    assert night(box, "2.csv", [ANN | {"tags": ["b", "c"]}, BEN]) == [
        ("1", "tags", "a, b", "a, b, theirs", "b, c", "not removed (Rotor's API can't remove tags): a"),
        ("1", "tags", "a, b", "a, b, theirs", "b, c", "added: c"),
    ]
    [ann] = [one for one in box.office.rotor.customers() if one["first_name"] == "Ann"]
    assert sorted(ann["tags"]) == ["a", "b", "c", "theirs"]
    assert night(box, "3.csv", [ANN | {"tags": ["b", "c"]}, BEN | {"last_name": "Bo"}]) == [
        ("2", "last_name", "", "", "Bo", "sent")
    ], "what was dropped is told once"


def test_a_tag_that_somebody_took_away_in_rotor_does_not_come_back(box):
    night(box, "1.csv", [ANN | {"tags": ["a", "b"]}, BEN])
    edited(box, ANN, tags=["b"])
    assert night(box, "2.csv", [ANN | {"tags": ["a", "b"], "last_name": "Low"}, BEN]) == [
        ("1", "last_name", "Lee", "Lee", "Low", "sent")
    ]
    [ann] = [one for one in box.office.rotor.customers() if one["first_name"] == "Ann"]
    assert ann["tags"] == ["b"]


def test_a_field_that_cannot_be_read_back_is_compared_with_what_was_last_sent(box_with):
    box = box_with(UNREADABLE)
    box.office.mapping.write_text(box.office.mapping.read_text().replace("  last_name: last_name\n", ""))
    night(box, "1.csv", [ANN, BEN])
    assert "service_type" in box.office.rotor.customers()[0]
    assert night(box, "2.csv", [ANN, BEN | {"first_name": "Benno"}]) == [
        ("2", "first_name", "Ben", "Ben", "Benno", "sent")
    ]
    assert night(box, "3.csv", [ANN | {"last_name": "Low"}, BEN | {"first_name": "Benno"}]) == [
        ("1", "service_type", "Lee", "Lee", "Low", "sent")
    ]


def test_a_field_that_cannot_be_read_back_and_was_never_sent_is_unknown_in_rotor(box_with):
    box = box_with(UNREADABLE)
    box.office.mapping.write_text(box.office.mapping.read_text().replace("  last_name: last_name\n", ""))
    box.office.rotor.seed([{"phone": "+17635550100", "first_name": "Ann", "service_type": "Their own"}])
    assert night(box, "1.csv", [ANN]) == [("1", "service_type", "", "", "Lee", "sent")]
    assert night(box, "2.csv", [ANN, BEN]) == []


@pytest.mark.parametrize("many", [0, snapshots.MANY])
def test_who_is_missing_is_named_with_what_was_done(many, box_with, monkeypatch):
    """In the same order where the ledger keeps pins as frames, and where it keeps them as rows."""
    monkeypatch.setattr(snapshots, "MANY", many)
    box = box_with(INACTIVE)
    rows = [{"key": f"k{at}", "phone": f"763-555-01{at:02}", "first_name": f"P{at}"} for at in range(10)]
    night(box, "1.csv", rows)
    edited(box, rows[1], status="inactive")
    assert night(box, "2.csv", rows[2:]) == [
        ("k0", "status", "", "active", "inactive", "missing: set inactive"),
        ("k1", "", "", "", "", "missing: already inactive"),
    ]
    edited(box, rows[0], status="active")
    assert night(box, "3.csv", [*rows[2:9], rows[9] | {"last_name": "Nine"}]) == [
        ("k9", "last_name", "", "", "Nine", "sent"),
        ("k0", "status", "inactive", "active", "inactive", "missing: left as is: its status was changed in Rotor"),
        ("k1", "", "", "", "", "missing: already inactive"),
    ]
    rejected = rows[2] | {"phone": "1", "key": ""}
    [zero, one, two] = night(box, "4.csv", [rejected, *rows[3:]])
    told = "missing: left as is: a rejected row could be this customer"
    assert {zero[-1], one[-1], two[-1]} == {told}
    assert two[0] == "k2"


def test_who_is_missing_is_only_reported_where_the_mapping_says_no_more(box):
    night(box, "1.csv", [ANN, BEN])
    assert night(box, "2.csv", [ANN]) == [("2", "", "", "", "", "missing: reported")]


def test_of_a_night_that_a_safeguard_stopped_the_reconciliation_is_there_to_look_at(box):
    rows = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": "A"} for at in range(30)]
    night(box, "1.csv", rows)
    box.put("2.csv", rows[:8])
    outcome = box.night()
    folder = str(outcome.report.error).partition("Review ")[2].partition(". If")[0]
    assert folder
    outcome.folder = box.office.folder / folder
    assert len(outcome.table("reconcile.csv")) == 22
