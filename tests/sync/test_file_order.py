"""A full file that is older than the last one taken comes late: it is put away, and told."""

import os

import pytest

from rotor_import.sync import DropSettings

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
OLD = ANN | {"first_name": "Old"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}
BY_TIME = DropSettings(settle=0, order="time")


def put(box, name, rows, written):
    """`written` in seconds: the file's last change."""
    path = box.put(name, rows)
    os.utime(path, (written, written))
    return path


def names_in_rotor(box):
    return [one["first_name"] for one in box.office.rotor.customers()]


def came_late(box, night, older, newer):
    assert (night.posts, night.report.error) == (0, None)
    assert night.summary["drop"]["superseded"] == [older]
    [note] = night.summary["drop_notes"]
    assert note.startswith(f"{older} is older than {newer}, which is already imported")
    assert names_in_rotor(box) == ["Ann"]
    assert (box.names(), older in box.names("processed")) == ([], True)


def test_by_name_and_by_its_last_change_it_is_older(box):
    put(box, "export-10.csv", [ANN], 1_000)
    box.night()
    put(box, "export-9.csv", [OLD], 500)
    came_late(box, box.night(), "export-9.csv", "export-10.csv")


def test_by_the_days_in_the_names_it_is_older_whenever_it_was_written(box):
    put(box, "export 2026-11-25.csv", [ANN], 1_000)
    box.night()
    put(box, "people_20261124.csv", [OLD], 2_000)
    came_late(box, box.night(), "people_20261124.csv", "export 2026-11-25.csv")


def test_by_time_it_is_older_whatever_its_name(box):
    put(box, "a.csv", [ANN], 1_000)
    box.night(BY_TIME)
    put(box, "b.csv", [OLD], 999)
    came_late(box, box.night(BY_TIME), "b.csv", "a.csv")


@pytest.mark.parametrize(
    "names",
    [
        ("export-Thu.csv", "export-Fri.csv"),
        ("export 12-31-2026.csv", "export 01-01-2027.csv"),
        ("export-999.csv", "export-001.csv"),
        ("people.csv", "people.csv"),
        ("people 2026-11-24.csv", "clients 2026-11-25.csv"),
        ("people 2026-02-31.csv", "clients 2026-02-29.csv"),
    ],
)
def test_a_newer_file_whose_name_happens_to_sort_before_the_last_one_is_taken(box, names):
    put(box, names[0], [OLD], 1_000)
    box.night()
    put(box, names[1], [ANN], 2_000)
    night = box.night()
    assert (night.summary["drop"]["taken"], night.summary["drop_notes"]) == ([names[1]], [])
    assert names_in_rotor(box) == ["Ann"]


def test_a_file_of_the_same_time_is_not_older(box):
    put(box, "a.csv", [OLD], 1_000)
    box.night(BY_TIME)
    put(box, "b.csv", [ANN], 1_000)
    assert box.night(BY_TIME).summary["drop"]["taken"] == ["b.csv"]


def test_one_that_was_still_being_written_when_a_newer_one_was_taken_is_older(box):
    wait = DropSettings(done_file=True)
    put(box, "export-9.csv", [OLD], 5_000)
    put(box, "export-10.csv", [ANN], 1_000).with_name("export-10.csv.done").touch()
    assert box.night(wait).summary["drop"] == {
        "taken": ["export-10.csv"],
        "superseded": [],
        "known": [],
        "refused": [],
        "waiting": ["export-9.csv"],
    }
    (box.folder / "export-9.csv.done").touch()
    came_late(box, box.night(wait), "export-9.csv", "export-10.csv")


def test_one_that_was_still_being_written_after_the_one_that_was_taken_is_the_newer_one(box):
    wait = DropSettings(done_file=True)
    put(box, "export-9.csv", [OLD], 5_000).with_name("export-9.csv.done").touch()
    put(box, "export-10.csv", [ANN], 1_000)
    assert box.night(wait).summary["drop"]["waiting"] == ["export-10.csv"]
    (box.folder / "export-10.csv.done").touch()
    assert box.night(wait).summary["drop"]["taken"] == ["export-10.csv"]


def test_a_name_that_was_passed_over_once_is_not_so_for_ever(box):
    """`export-9` comes again next year, after `export-10` was followed by others."""
    wait = DropSettings(done_file=True)
    put(box, "export-9.csv", [OLD], 5_000)
    put(box, "export-10.csv", [OLD, BEN], 1_000).with_name("export-10.csv.done").touch()
    box.night(wait)
    (box.folder / "export-9.csv").unlink()
    put(box, "export-11.csv", [OLD], 1_000).with_name("export-11.csv.done").touch()
    box.night(wait)
    put(box, "export-9.csv", [ANN, BEN], 6_000).with_name("export-9.csv.done").touch()
    assert box.night(wait).summary["drop"]["taken"] == ["export-9.csv"]


def test_it_stays_superseded_and_of_left_files_nobody_hears_twice(box):
    leave = DropSettings(settle=0, leave=True)
    put(box, "export-10.csv", [ANN], 1_000)
    box.night(leave)
    put(box, "export-9.csv", [OLD], 500)
    assert box.night(leave).summary["drop"]["superseded"] == ["export-9.csv"]
    put(box, "export-11.csv", [ANN, BEN], 2_000)
    box.night(leave)
    night = box.night(leave)
    assert (night.posts, night.summary["drop_notes"]) == (0, [])
    assert night.summary["drop"]["known"] == ["export-11.csv", "export-10.csv", "export-9.csv"]


def test_a_delta_that_comes_late_is_taken_and_told(box_with):
    box = box_with("drop: delta")
    put(box, "2026-11-25.csv", [ANN], 1_000)
    box.night()
    put(box, "2026-11-24.csv", [OLD], 500)
    night = box.night()
    assert night.summary["drop"]["taken"] == ["2026-11-24.csv"]
    assert night.summary["drop_notes"] == [
        (
            "2026-11-24.csv was imported after 2026-11-25.csv, though that one is newer. "
            "The values of 2026-11-24.csv count now."
        )
    ]


def test_of_deltas_that_wait_together_none_comes_late(box_with):
    box = box_with("drop: delta")
    put(box, "1.csv", [OLD], 1_000)
    put(box, "2.csv", [ANN], 500)
    night = box.night()
    assert (night.summary["drop"]["taken"], night.summary["drop_notes"]) == (["1.csv", "2.csv"], [])


class TestAContentThatComesAgain:
    """The newest full file is the truth, also where an earlier one said the same."""

    def after(self, box, *files, drop=None):
        """The night of each file, by its name, what it says and when it was written."""
        return [box.night(drop) if put(box, *file) else None for file in files]

    @pytest.mark.parametrize(
        "names",
        [("c-2026-11-01.csv", "c-2026-11-02.csv", "c-2026-11-03.csv"), ("1.csv", "2.csv", "3.csv"), ("a.csv",) * 3],
        ids=["days", "numbers", "one name"],
    )
    def test_the_newest_file_counts(self, box, names):
        *_, last = self.after(
            box, *((name, [who], at) for name, who, at in zip(names, (ANN, OLD, ANN), (1e3, 2e3, 3e3), strict=True))
        )
        assert last.summary["drop"]["taken"] == [names[-1]]
        assert last.summary["drop_notes"] == []
        assert names_in_rotor(box) == ["Ann"]
        assert box.night().posts == 0

    def test_by_day_it_counts_whenever_it_was_written(self, box):
        self.after(box, ("2026-11-01.csv", [ANN], 3e3), ("2026-11-02.csv", [OLD], 2e3), ("2026-11-03.csv", [ANN], 1e3))
        assert names_in_rotor(box) == ["Ann"]

    def test_a_content_that_a_newer_file_superseded_counts_too(self, box):
        put(box, "1.csv", [ANN], 1e3)
        self.after(box, ("2.csv", [OLD], 2e3), ("3.csv", [ANN], 3e3))
        assert names_in_rotor(box) == ["Ann"]

    def test_one_that_says_what_the_last_one_said_is_nothing_new(self, box):
        *_, last = self.after(box, ("1.csv", [ANN], 1e3), ("2.csv", [ANN], 2e3))
        assert (last.summary["drop"]["taken"], last.summary["drop"]["known"]) == ([], ["2.csv"])

    def test_one_between_it_and_the_last_one_is_superseded(self, box):
        self.after(box, ("1.csv", [ANN], 1e3))
        put(box, "2.csv", [OLD], 2e3)
        put(box, "3.csv", [ANN], 3e3)
        night = box.night()
        assert (night.posts, night.summary["drop"]["superseded"]) == (0, ["2.csv"])
        assert names_in_rotor(box) == ["Ann"]

    def test_files_that_were_left_are_not_taken_again(self, box):
        leave = DropSettings(settle=0, leave=True)
        self.after(box, ("1.csv", [ANN], 1e3), ("2.csv", [OLD], 2e3), ("3.csv", [ANN], 3e3), drop=leave)
        assert names_in_rotor(box) == ["Ann"]
        self.after(box, ("4.csv", [OLD | {"last_name": "Lee"}], 4e3), drop=leave)
        night = box.night(leave)
        assert (night.posts, night.summary["drop"]["taken"], night.summary["drop_notes"]) == (0, [], [])
        assert names_in_rotor(box) == ["Old"]

    def test_an_old_file_that_somebody_puts_back_is_not_taken(self, box):
        *_, last = self.after(
            box, ("2026-11-01.csv", [OLD], 1e3), ("2026-11-02.csv", [ANN], 2e3), ("2026-11-01.csv", [OLD], 3e3)
        )
        assert last.summary["drop"]["taken"] == []
        assert len(last.summary["drop_notes"]) == 1
        assert names_in_rotor(box) == ["Ann"]

    def test_of_deltas_none_is_taken_twice(self, box_with):
        box = box_with("drop: delta")
        self.after(box, ("1.csv", [ANN], 1e3), ("2.csv", [OLD], 2e3), ("3.csv", [ANN], 3e3))
        assert names_in_rotor(box) == ["Old"]

    def test_by_name_it_counts_whenever_it_was_written(self, box):
        """The file was copied with the time of its last change, as some systems do."""
        *_, last = self.after(box, ("1.csv", [ANN], 1e3), ("2.csv", [OLD], 2e3), ("3.csv", [ANN], 1e3))
        assert (last.summary["drop"]["taken"], names_in_rotor(box)) == (["3.csv"], ["Ann"])
        assert box.night().posts == 0

    def test_the_same_file_copied_again_with_its_name_is_not_taken_twice(self, box):
        *_, last = self.after(box, ("1.csv", [OLD], 1e3), ("2.csv", [ANN], 2e3), ("2.csv", [ANN], 3e3))
        assert (last.posts, last.summary["drop"]["known"]) == (0, ["2.csv"])

    def test_a_left_file_whose_name_sorts_last_neither_counts_again_nor_hides_another(self, box):
        """Its content was taken under two names since: it was seen with each."""
        leave = DropSettings(settle=0, leave=True)
        *_, third = self.after(box, ("z.csv", [OLD], 1e3), ("1.csv", [ANN], 2e3), ("2.csv", [OLD], 3e3), drop=leave)
        assert (third.summary["drop"]["taken"], names_in_rotor(box)) == (["2.csv"], ["Old"])
        self.after(box, ("3.csv", [ANN], 4e3), drop=leave)
        for _ in range(2):
            night = box.night(leave)
            assert (night.posts, night.summary["drop"]["taken"], night.summary["drop_notes"]) == (0, [], [])
        assert names_in_rotor(box) == ["Ann"]
