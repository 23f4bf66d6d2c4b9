"""A full file is the whole truth: who is no more in it is missing, and active again when back."""

import pytest

INACTIVE = "drop: full\nmissing: inactive"
PEOPLE = [{"key": str(at), "phone": f"763-555-01{at:02}", "first_name": f"P{at}"} for at in range(10)]


def statuses(box):
    return {one["first_name"]: one.get("status") or "active" for one in box.office.rotor.customers()}


def test_who_is_gone_from_a_full_file_is_reported(box):
    box.put("1.csv", PEOPLE)
    box.night()
    box.put("2.csv", PEOPLE[1:])
    night = box.night()
    assert night.summary["missing"] == {"customers": 1, "new": 1, "inactive": 0}
    assert night.posts == 0


def test_who_is_gone_is_set_inactive_once_and_active_when_back(box_with):
    box = box_with(INACTIVE)
    box.put("1.csv", PEOPLE)
    box.night()
    box.put("2.csv", PEOPLE[1:])
    night = box.night()
    assert (night.posts, night.summary["missing"]) == (1, {"customers": 1, "new": 1, "inactive": 1})
    assert statuses(box)["P0"] == "inactive"
    box.put("3.csv", [*PEOPLE[1:9], PEOPLE[9] | {"first_name": "P9"}, {"key": "77", "phone": "763-555-0177"}])
    night = box.night()
    assert (night.posts, night.summary["missing"]["new"]) == (1, 0), "only the new customer"
    box.put("4.csv", [*PEOPLE, {"key": "77", "phone": "763-555-0177"}])
    night = box.night()
    assert (night.posts, statuses(box)["P0"]) == (1, "active")
    box.put("5.csv", PEOPLE[2:])
    assert box.night().posts == 3, "three are gone now"


def test_who_was_set_active_by_hand_stays_so(box_with):
    box = box_with(INACTIVE)
    box.put("1.csv", PEOPLE)
    box.night()
    box.put("2.csv", PEOPLE[1:])
    box.night()
    [gone] = [one for one in box.office.rotor.customers() if one["first_name"] == "P0"]
    box.office.rotor.sandbox.edit(gone["id"], status="active")
    box.put("3.csv", [*PEOPLE[1:], {"key": "77", "phone": "763-555-0177"}])
    assert box.night().posts == 1
    assert statuses(box)["P0"] == "active"


def test_a_delta_says_nothing_of_others(box_with):
    box = box_with("drop: delta\nmissing: inactive")
    box.put("1.csv", PEOPLE)
    box.night()
    box.put("2.csv", PEOPLE[:1])
    night = box.night()
    assert (night.posts, night.summary["missing"]["customers"]) == (0, 0)


def test_who_another_feed_has_is_not_set_inactive(box_with):
    box = box_with(INACTIVE)
    box.put("1.csv", PEOPLE)
    box.night()
    mapping = box.office.mapping.read_text()
    box.office.mapping.write_text(mapping.replace("feed: nightly", "feed: other"))
    box.office.write(PEOPLE[:1])
    box.office.run()
    box.office.mapping.write_text(mapping)
    box.put("2.csv", PEOPLE[1:])
    assert box.night().posts == 0


@pytest.mark.parametrize("rejected", [PEOPLE[0] | {"phone": "123"}, PEOPLE[0] | {"phone": "", "email": "nothing"}])
def test_a_row_that_is_rejected_tonight_is_not_missing(box_with, rejected):
    box = box_with(INACTIVE)
    box.put("1.csv", PEOPLE)
    box.night()
    box.put("2.csv", [rejected, *PEOPLE[1:]])
    night = box.night()
    assert (night.posts, night.summary["missing"]["customers"]) == (0, 0)


def test_who_is_deleted_in_rotor_is_nobodys_loss(box_with):
    box = box_with(INACTIVE)
    box.put("1.csv", PEOPLE)
    box.night()
    [gone] = [one for one in box.office.rotor.customers() if one["first_name"] == "P0"]
    box.office.rotor.sandbox.store.delete(gone["id"])
    box.put("2.csv", PEOPLE[1:])
    assert box.night().summary["missing"]["customers"] == 0


def test_who_is_missing_is_not_passed_over_for_ever_by_those_who_are_new(box_with):
    """More people come each night than the quota carries: who waited goes first, whatever is to be done for him."""
    box = box_with(f"{INACTIVE}\norder: [-first_name]")
    box.put("1.csv", PEOPLE)
    box.night()
    rows = PEOPLE[1:]
    inactive_on = None
    for night in range(2, 9):
        rows = [*rows, *({"key": f"{night}-{at}", "phone": f"763-555-1{night}0{at}"} for at in range(4))]
        box.put(f"{night}.csv", rows)
        box.night(max_requests=4, concurrency=1)
        if statuses(box)["P0"] == "inactive":
            inactive_on = inactive_on or night
    assert inactive_on == 3
