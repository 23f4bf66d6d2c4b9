"""A night of the file drop, taken back: what it sent, whom it set inactive, and the file that it took."""

from drops import Box
from rotor import opened

from rotor_import.sync import DropSettings

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}
CY = {"key": "3", "phone": "763-555-0102", "first_name": "Cy"}
LEAVE = DropSettings(settle=0, leave=True)


def statuses(office):
    return {one["first_name"]: one["status"] or "active" for one in office.rotor.customers()}


def test_the_file_of_a_night_that_was_undone_is_taken_again_if_it_comes_again(box):
    office = box.office
    box.put("one.csv", [ANN])
    box.night()
    box.put("two.csv", [ANN | {"first_name": "Wrong"}, BEN])
    night = box.night()
    undone = office.undo()
    assert undone.summary["undoes"] == [night.summary["run"]]
    assert statuses(office) == {"Ann": "active", "Ben": "inactive"}
    assert box.night().summary["drop"]["taken"] == []
    box.put("two.csv", [ANN | {"first_name": "Wrong"}, BEN])
    again = box.night().check()
    assert again.summary["drop"]["taken"] == ["two.csv"]
    assert statuses(office) == {"Wrong": "active", "Ben": "active"}
    assert box.night().posts == 0


def test_a_file_that_is_left_in_the_folder_is_not_taken_again_by_itself(box):
    box.put("one.csv", [ANN])
    box.night(LEAVE)
    box.office.undo()
    night = box.night(LEAVE)
    assert night.posts == 0
    assert night.summary["drop"]["known"] == ["one.csv"]
    box.put("two.csv", [ANN, BEN])
    assert box.night(LEAVE).summary["sent"] == {"created": 1, "updated": 1, "failed": 0, "unknown": 0, "pending": 0}


def test_whoever_was_missing_is_active_again_and_missing_anew():
    with opened(more="drop: full\nmissing: inactive") as office:
        box = Box(office)
        box.put("one.csv", [ANN, BEN, CY])
        box.night()
        box.put("two.csv", [ANN, CY])
        night = box.night(force=True)
        assert night.summary["missing"] == {"customers": 1, "new": 1, "inactive": 1}
        assert statuses(office) == {"Ann": "active", "Ben": "inactive", "Cy": "active"}
        undone = office.undo()
        assert undone.summary["undone"]["restored"] == 1
        assert set(statuses(office).values()) == {"active"}
        box.put("three.csv", [ANN | {"first_name": "Anna"}, CY])
        again = box.night(force=True)
        assert again.summary["missing"] == {"customers": 1, "new": 1, "inactive": 1}
        assert statuses(office) == {"Anna": "active", "Ben": "inactive", "Cy": "active"}


def test_the_next_night_is_compared_with_the_last_one_that_counts():
    """A night that was undone, with few rows, is no measure of the next one."""
    people = [{"key": str(at), "phone": f"763-555-{at:04}", "first_name": f"P{at}"} for at in range(100, 140)]
    with opened(more="drop: full") as office:
        full = Box(office)
        full.put("one.csv", people)
        full.night()
        full.put("two.csv", people[:2])
        full.night(force=True)
        office.undo()
        full.put("three.csv", [*people[:2], ANN])
        stopped = full.night()
        assert stopped.summary["drop"]["waiting"] == ["three.csv"]
