"""A full file is the whole truth: anyone no longer in it counts as missing, and active again when back."""

import pytest
from drops import Box
from rotor import opened

INACTIVE = "drop: full\nmissing: inactive"
PEOPLE = [{"key": f"k{at}", "phone": f"763-555-01{at:02}", "first_name": f"P{at}"} for at in range(10)]


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


def test_who_is_back_under_another_key_is_active_again(box_with):
    box = box_with(INACTIVE)
    mapping = box.office.mapping
    mapping.write_text(mapping.read_text().replace('tags: {column: tags, split: ","}', ""))
    box.put("1.csv", PEOPLE)
    box.night()
    box.put("2.csv", PEOPLE[1:])
    box.night()
    assert statuses(box)["P0"] == "inactive"
    box.put("3.csv", [PEOPLE[0] | {"key": "another"}, *PEOPLE[1:]])
    night = box.night()
    assert (night.posts, statuses(box)["P0"]) == (1, "active")


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


class TwoFeeds:
    """Two feeds that have customers in common, each with a folder and keys of its own."""

    def __init__(self, office, more):
        self.office, self._text = office, office.mapping.read_text() + f"{INACTIVE}\n{more}"
        self.boxes = {}
        for feed in ("one", "two"):
            self.boxes[feed] = Box(office, office.folder / feed)

    def night(self, feed, number, people, **more):
        self.office.mapping.write_text(self._text.replace("feed: nightly", f"feed: {feed}"))
        self.boxes[feed].put(f"{number}.csv", [one | {"key": f"{feed}-{one['key']}"} for one in people])
        return self.boxes[feed].night(**more)


@pytest.fixture
def two():
    with opened() as office:
        yield TwoFeeds(office, "on_both: file\n")


def test_who_is_gone_from_every_feed_is_inactive_and_active_again_when_back_in_either(two):
    for feed in ("one", "two"):
        two.night(feed, 1, PEOPLE)
    assert two.night("one", 2, PEOPLE[1:]).posts == 0, "the other feed has the customer"
    assert two.night("two", 2, PEOPLE[1:]).posts == 1
    assert statuses(two)["P0"] == "inactive"
    assert two.night("one", 3, [*PEOPLE, {"key": "n", "phone": "763-555-0190"}]).posts == 2
    assert statuses(two)["P0"] == "active"


def test_who_was_set_inactive_by_one_feed_and_active_by_hand_is_left_by_the_other(two):
    for feed in ("one", "two"):
        two.night(feed, 1, PEOPLE)
    two.night("one", 2, PEOPLE[1:])
    two.night("two", 2, PEOPLE[1:])
    [gone] = [one for one in two.office.rotor.customers() if one["first_name"] == "P0"]
    two.office.rotor.sandbox.edit(gone["id"], status="active")
    assert two.night("one", 3, [*PEOPLE[1:-1], PEOPLE[-1] | {"last_name": "Else"}]).posts == 1
    assert statuses(two)["P0"] == "active"


def test_who_is_missing_while_another_feeds_change_is_pending_waits_for_it(two):
    """There is one pending change for a customer: the second would take the first one's place."""
    for feed in ("one", "two"):
        two.night(feed, 1, PEOPLE)
    two.night("two", 2, PEOPLE[1:])
    paused = two.night("one", 2, PEOPLE[2:], max_requests=1)
    assert paused.summary["sent"]["pending"] == 1, "P0, whom no feed has any more"
    before = two.office.pending()
    night = two.night("two", 3, [PEOPLE[1] | {"last_name": "Else"}, *PEOPLE[2:]], max_requests=1)
    two.office.check_outbox()
    assert before.items() <= two.office.pending().items()
    missing = [line for line in night.table("reconcile.csv") if line["done"].startswith("missing")]
    assert [line["done"] for line in missing] == [
        "missing: left as is: another feed's change of this customer is pending"
    ]
    assert two.night("one", 3, [*PEOPLE[2:], {"key": "n", "phone": "763-555-0190"}]).report.error is None
    assert statuses(two)["P0"] == "inactive"
