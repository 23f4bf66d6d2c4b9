"""What arrives in the folder is taken once, in order, and goes where it belongs."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

from rotor_import.errors import MappingError, SettingsError, SourceError
from rotor_import.mapping import load_mapping
from rotor_import.pipeline.inspect import status
from rotor_import.report import sync_line
from rotor_import.sync import DropSettings, sync
from rotor_import.sync import night as night_module
from rotor_import.sync.drop_folder import natural

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}


def test_a_file_is_taken_and_put_away(box):
    box.put("people.csv", [ANN, BEN])
    night = box.night().check()
    assert night.summary["mode"] == "sync"
    assert night.summary["sent"]["created"] == 2
    assert night.summary["drop"]["taken"] == ["people.csv"]
    assert (box.names(), box.names("processed")) == ([], ["people.csv"])


def test_contacts_and_parquet_files_are_taken_like_any_other(box):
    card = "BEGIN:VCARD\nVERSION:3.0\nUID:1\nN:Ray;Ann;;;\nTEL;TYPE=CELL:763-555-0100\nEND:VCARD\n"
    for name, content in (("a.vcf", card.encode()), ("b.parquet", b"PAR1 and no more")):
        (box.folder / name).write_bytes(content)
    office = box.office
    report = sync(box.folder, load_mapping("vcard"), office.settings, DropSettings(settle=0), office.world)
    assert report.summary["drop"]["taken"] == ["a.vcf"]
    assert report.summary["sent"]["created"] == 1
    assert box.names("failed") == ["b.parquet", "b.parquet.error.txt"]


def test_the_same_content_is_never_taken_twice_whatever_its_name(box):
    box.put("people.csv", [ANN])
    box.night()
    box.put("again.csv", [ANN])
    night = box.night()
    assert night.summary["drop"]["known"] == ["again.csv"]
    assert night.posts == 0
    assert box.names("processed") == ["again.csv", "people.csv"]


def test_a_name_that_comes_every_night_overwrites_nothing(box):
    for count in range(3):
        box.put("people.csv", [ANN | {"first_name": f"Ann{count}"}])
        box.night()
    assert box.names("processed") == ["people-2.csv", "people-3.csv", "people.csv"]


def test_left_files_are_taken_once(box):
    leave = DropSettings(settle=0, leave=True)
    box.put("people.csv", [ANN])
    assert box.night(leave).posts == 1
    night = box.night(leave)
    assert (night.posts, night.summary["drop"]["known"]) == (0, ["people.csv"])
    assert box.names() == ["people.csv"]


def test_of_several_full_files_only_the_newest_is_planned(box):
    box.put("people-9.csv", [ANN | {"first_name": "Old"}, BEN])
    box.put("people-10.csv", [ANN])
    night = box.night().check()
    assert night.summary["drop"]["superseded"] == ["people-9.csv"]
    assert [one["first_name"] for one in box.office.rotor.customers()] == ["Ann"]
    assert box.names("processed") == ["people-10.csv", "people-9.csv"]
    box.put("late.csv", [ANN | {"first_name": "Old"}, BEN])
    assert box.night().posts == 0, "what was superseded stays so"


def test_deltas_are_taken_one_after_another(box_with):
    box = box_with("drop: delta")
    box.put("1.csv", [ANN | {"first_name": "First"}])
    box.put("2.csv", [BEN])
    box.put("10.csv", [ANN])
    night = box.night()
    assert night.summary["drop"]["taken"] == ["1.csv", "2.csv", "10.csv"]
    assert sorted(one["first_name"] for one in box.office.rotor.customers()) == ["Ann", "Ben"]


def test_a_delta_waits_until_nothing_of_the_one_before_is_pending(box_with):
    box = box_with("drop: delta")
    box.put("1.csv", [ANN, BEN])
    box.put("2.csv", [ANN | {"first_name": "Later"}])
    first = box.night(max_requests=3)
    assert first.summary["state"] == "paused"
    assert first.summary["drop"]["waiting"] == ["2.csv"]
    second = box.night()
    assert second.summary["drop"]["taken"] == ["2.csv"]
    assert sorted(one["first_name"] for one in box.office.rotor.customers()) == ["Ben", "Later"]


def test_what_is_pending_goes_on_without_a_new_file(box):
    box.put("people.csv", [ANN, BEN])
    assert box.night(max_requests=3).summary["sent"]["pending"] == 1
    assert box.night().summary["sent"] == {"created": 2, "updated": 0, "failed": 0, "unknown": 0, "pending": 0}


def test_a_file_that_is_still_being_written_is_left_for_next_time(box):
    path = box.put("people.csv", [ANN])
    sleep = box.office.hands.sleep

    def write_on(seconds):
        sleep(seconds)
        with path.open("a") as file:
            file.write("2,,763-555-0101,,Ben,,,\n")

    box.office.hands.sleep = write_on
    night = box.night(DropSettings(settle=2))
    box.office.hands.sleep = sleep
    assert (night.posts, night.summary["drop"]["waiting"]) == (0, ["people.csv"])
    assert box.names() == ["people.csv"]
    assert box.night(DropSettings(settle=2)).posts == 2


def test_a_done_file_says_that_it_is_whole(box):
    wait = DropSettings(done_file=True)
    path = box.put("people.csv", [ANN])
    assert box.night(wait).summary["drop"]["waiting"] == ["people.csv"]
    path.with_name("people.csv.done").touch()
    assert box.night(wait).posts == 1
    assert box.names() == []


def test_a_mark_that_a_move_left_behind_says_nothing_about_the_next_file_of_that_name(box):
    wait = DropSettings(done_file=True)
    mark = box.put("people.csv", [ANN]).with_name("people.csv.done")
    mark.touch()
    box.night(wait)
    for name in ("people.csv.done", "other.csv.done"):
        (box.folder / name).touch()
    box.night(wait)
    assert box.names() == ["other.csv.done"], "what was never taken may still come"
    box.put("people.csv", [ANN, BEN])
    assert box.night(wait).summary["drop"]["waiting"] == ["people.csv"]
    mark.touch()
    assert box.night(wait).posts == 1


def test_a_mark_of_a_refused_file_is_removed_too(box):
    wait = DropSettings(done_file=True)
    (box.folder / "people.csv").write_bytes(b"%PDF-1.7")
    (box.folder / "people.csv.done").touch()
    box.night(wait)
    (box.folder / "people.csv.done").touch()
    box.night(wait)
    assert box.names() == []


def test_a_folder_that_goes_away_while_it_is_looked_at_is_said_and_what_is_pending_goes_on(box):
    box.put("1.csv", [ANN, BEN])
    assert box.night(max_requests=3).summary["sent"]["pending"] == 1
    box.put("2.csv", [ANN])
    sleep, away = box.office.hands.sleep, box.folder.with_name("away")

    def unmount(seconds):
        box.folder.rename(away)
        sleep(seconds)

    box.office.hands.sleep = unmount
    night = box.night(DropSettings(settle=2))
    assert (night.posts, "can't be read just now" in str(night.report.error)) == (1, True)


def test_a_file_that_cannot_be_read_goes_to_failed_with_the_reason(box):
    (box.folder / "people.csv").write_bytes(b"%PDF-1.7 nothing to import")
    night = box.night()
    assert isinstance(night.report.error, SourceError | MappingError)
    assert night.posts == 0
    assert box.names("failed") == ["people.csv", "people.csv.error.txt"]
    assert str(night.report.error) in (box.folder / "failed" / "people.csv.error.txt").read_text()


def test_what_is_no_drop_is_not_looked_at(box):
    for name in (".hidden.csv", "~$people.csv", "people.csv.part", "people.csv.tmp"):
        (box.folder / name).write_text("key,phone\n1,763-555-0100\n")
    night = box.night()
    assert night.posts == 0
    assert not any(night.summary["drop"].values())


def test_patterns_choose(box):
    box.put("people.csv", [ANN])
    box.put("other.csv", [BEN])
    night = box.night(DropSettings(settle=0, patterns=("people*",)))
    assert night.summary["drop"]["taken"] == ["people.csv"]
    assert box.names() == ["other.csv"]


def test_a_folder_that_is_none_is_refused(box):
    box.folder.rmdir()
    with pytest.raises(SettingsError, match="no folder"):
        box.night()


def test_numbers_in_names_are_numbers():
    assert sorted(["p-10.csv", "p-9.csv", "P-1.csv", "p.csv"], key=natural) == [
        "P-1.csv",
        "p-9.csv",
        "p-10.csv",
        "p.csv",
    ]


def test_a_backlog_that_grows_is_a_warning(box):
    rows = [{"key": str(at), "phone": f"763-555-01{at:02}"} for at in range(12)]
    box.put("1.csv", rows[:4])
    assert not any("backlog" in note for note in box.night(max_requests=3).summary["drop_notes"])
    box.put("2.csv", rows)
    [note] = box.night(max_requests=3).summary["drop_notes"]
    assert note.startswith("The backlog grows: 3 changes were pending before tonight, 9 are now.")


def test_an_older_file_that_comes_again_is_named_and_the_same_one_is_not(box):
    box.put("1.csv", [ANN])
    box.night()
    box.put("2.csv", [ANN])
    assert box.night().summary["drop_notes"] == []
    box.put("3.csv", [ANN, BEN])
    box.night()
    box.put("0.csv", [ANN])
    [note] = box.night().summary["drop_notes"]
    assert note.startswith("0.csv has the same content as a file before the last one")


def test_an_archive_is_a_file_like_any_other(box):
    path = box.put("people.csv", [ANN, BEN])
    with zipfile.ZipFile(box.folder / "people.zip", "w") as archive:
        archive.write(path, "people.csv")
    path.unlink()
    assert box.night().summary["drop"]["taken"] == ["people.zip"]
    assert len(box.office.rotor.customers()) == 2


def test_of_full_files_that_are_alike_the_last_counts(box):
    box.put("1.csv", [ANN])
    box.put("2.csv", [ANN | {"first_name": "Between"}])
    box.put("3.csv", [ANN])
    night = box.night()
    assert night.summary["drop"] == {
        "taken": ["3.csv"],
        "superseded": ["2.csv"],
        "known": ["1.csv"],
        "refused": [],
        "waiting": [],
    }
    assert [one["first_name"] for one in box.office.rotor.customers()] == ["Ann"]


def test_a_delta_waits_for_one_before_it_that_is_still_being_written(box_with):
    box = box_with("drop: delta")
    wait = DropSettings(done_file=True)
    box.put("1.csv", [ANN | {"first_name": "Old"}])
    box.put("2.csv", [ANN]).with_name("2.csv.done").touch()
    assert box.night(wait).summary["drop"]["waiting"] == ["1.csv", "2.csv"]
    (box.folder / "1.csv.done").touch()
    assert box.night(wait).summary["drop"]["taken"] == ["1.csv", "2.csv"]
    assert [one["first_name"] for one in box.office.rotor.customers()] == ["Ann"]


@pytest.mark.parametrize("pattern", ["", "/etc/*"])
def test_a_pattern_that_is_no_name_is_refused(box, pattern):
    with pytest.raises(SettingsError, match="--pattern"):
        box.night(DropSettings(settle=0, patterns=(pattern,)))


def test_a_file_that_cannot_be_opened_is_an_error_and_what_is_pending_goes_on(box, monkeypatch):
    """Whoever runs the tests may be allowed to read everything, so the refusal is made."""
    box.put("1.csv", [ANN, BEN])
    box.night(max_requests=3)
    locked = box.put("2.csv", [ANN])
    opens = Path.open

    def refuse(path, *arguments, **more):
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return opens(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", refuse)
    night = box.night()
    assert "2.csv can't be read (Permission denied)" in str(night.report.error)
    assert night.summary["drop"]["waiting"] == ["2.csv"]
    assert night.summary["sent"]["pending"] == 0


def test_a_file_that_is_taken_away_while_it_is_watched_is_nobodys_loss(box):
    path = box.put("1.csv", [ANN])
    box.office.hands.sleep = lambda _seconds: path.unlink()
    night = box.night(DropSettings(settle=2))
    assert (night.report.error, any(night.summary["drop"].values())) == (None, False)


def test_strange_things_in_the_folder_disturb_nobody(box):
    (box.folder / "a folder.csv").mkdir()
    (box.folder / "nowhere.csv").symlink_to(box.folder / "nothing")
    box.put("клиенты и я (2).csv", [ANN])
    assert box.night().summary["drop"]["taken"] == ["клиенты и я (2).csv"]
    assert box.names("processed") == ["клиенты и я (2).csv"]


def test_where_processed_cannot_be_made_the_file_stays_and_is_known(box):
    (box.folder / "processed").write_text("no folder")
    box.put("people.csv", [ANN])
    only = DropSettings(settle=0, patterns=("*.csv",))
    night = box.night(only)
    assert night.posts == 1
    assert night.summary["drop_notes"] == [
        "people.csv couldn't be moved to processed. Give this user permission to write there."
    ]
    again = box.night(only)
    assert (again.posts, again.summary["drop"]["known"]) == (0, ["people.csv"])


def test_a_file_that_takes_its_predecessors_place_while_that_one_is_sent_is_not_put_away_with_it(box):
    box.put("people.csv", [ANN])
    night = box.night_in_which(lambda: box.put("people.csv", [ANN, BEN]))
    assert night.summary["drop"]["taken"] == ["people.csv"]
    assert (box.names(), box.names("processed")) == (["people.csv"], [])
    assert box.night().summary["drop"]["taken"] == ["people.csv"]
    assert len(box.office.rotor.customers()) == 2


def test_a_superseded_file_that_is_replaced_meanwhile_is_not_put_away_either(box):
    box.put("1.csv", [ANN | {"first_name": "Old"}])
    box.put("2.csv", [ANN])
    box.night_in_which(lambda: box.put("1.csv", [BEN]))
    assert (box.names(), box.names("processed")) == (["1.csv"], ["2.csv"])


@pytest.mark.parametrize("more", ["drop: full", "drop: delta"])
def test_a_file_that_is_replaced_while_it_is_read_waits(box_with, monkeypatch, more):
    box = box_with(more)
    box.put("1.csv", [ANN])
    reads = night_module.read

    def read(*arguments, **more):
        found = reads(*arguments, **more)
        box.put("1.csv", [BEN])
        return found

    with monkeypatch.context() as patch:
        patch.setattr(night_module, "read", read)
        night = box.night()
    assert (night.posts, night.report.error, night.summary["drop"]["waiting"]) == (0, None, ["1.csv"])
    assert box.night().summary["drop"]["taken"] == ["1.csv"]
    assert [one["first_name"] for one in box.office.rotor.customers()] == ["Ben"]


def test_a_file_that_breaks_while_it_is_read_waits_and_is_not_refused(box, monkeypatch):
    box.put("1.csv", [ANN])
    reads = night_module.read

    def read(*arguments, **more):
        (box.folder / "1.csv").write_bytes(b"")
        return reads(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(night_module, "read", read)
        night = box.night()
    assert (night.report.error, night.summary["drop"]["waiting"]) == (None, ["1.csv"])
    assert (box.names(), box.names("failed")) == (["1.csv"], [])


def test_a_file_that_is_taken_away_between_the_look_and_the_reading_is_nobodys_loss(box, monkeypatch):
    path = box.put("1.csv", [ANN])
    reads = night_module.read

    def read(*arguments, **more):
        path.unlink()
        return reads(*arguments, **more)

    with monkeypatch.context() as patch:
        patch.setattr(night_module, "read", read)
        night = box.night()
    assert (night.posts, night.report.error) == (0, None)
    assert box.night().summary["drop"]["waiting"] == []


@pytest.mark.parametrize("leave", [False, True])
def test_a_name_that_is_no_text_is_refused_in_words_and_what_is_pending_goes_on(box, leave):
    box.put("1.csv", [ANN, BEN])
    box.night(max_requests=3)
    path = Path(os.fsdecode(os.fsencode(box.folder) + b"/2 \xff.csv"))
    (box.put("2.csv", [ANN])).rename(path)
    night = box.night(DropSettings(settle=0, leave=leave, patterns=("2*",)))
    assert "2 \\xff.csv isn't UTF-8. Rename the file." in str(night.report.error)
    assert night.summary["drop"]["refused"] == ["2 \\xff.csv"]
    assert night.summary["sent"]["pending"] == 0
    json.dumps(night.summary).encode()
    [feed] = status(box.office.settings, box.office.world)["feed_runs"].values()
    assert (feed["state"], feed["files"]) == ("stopped", ["2 \\xff.csv"])
    assert path.exists() == leave
    assert len(box.names("failed")) == (0 if leave else 2)


def test_one_night_of_several_deltas_counts_all_of_them(box_with):
    box = box_with("drop: delta")
    box.put("1.csv", [ANN, BEN])
    box.put("2.csv", [ANN | {"last_name": "Lee"}, {"key": "3", "phone": "12"}])
    night = box.night()
    assert [(one["rows"]["read"], one["sent"]["created"]) for one in night.summary["earlier"]] == [(2, 2)]
    assert sync_line(night.summary) == ("complete: 1.csv, 2.csv; 4 rows; 2 created, 1 updated, 0 pending; 1 rejected")


def test_the_line_says_how_many_files_wait(box):
    box.put("people.csv", [ANN])
    night = box.night(DropSettings(done_file=True))
    assert sync_line(night.summary).endswith("0 pending; 1 file waiting")


def test_a_done_file_is_put_away_with_its_file_and_another_ones_is_left(box):
    wait = DropSettings(done_file=True)
    for name in ("people.csv", "bad.csv", "late.csv"):
        box.put(name, [ANN]).with_name(f"{name}.done").touch()
    (box.folder / "bad.csv").write_bytes(b"%PDF-1.7")
    (box.folder / "late.csv").unlink()
    (box.folder / "people.csv.done").rename(box.folder / "PEOPLE.csv.done")
    assert box.night(wait).summary["drop"]["waiting"] == ["people.csv"]
    assert box.names() == ["PEOPLE.csv.done", "late.csv.done", "people.csv"]
    (box.folder / "people.csv.done").touch()
    assert box.night(wait).posts == 1
    assert box.names() == ["PEOPLE.csv.done", "late.csv.done"]


def test_a_folder_that_cannot_be_looked_into_is_refused(box, monkeypatch):
    """Whoever runs the tests may be allowed to read everything, so the refusal is made."""
    for right, words in ((os.R_OK | os.X_OK, "can't be read"), (os.W_OK, "can't be moved out of")):
        with monkeypatch.context() as patch:
            patch.setattr(os, "access", lambda _path, mode, right=right: mode != right)
            with pytest.raises(SettingsError, match=words):
                box.night()
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        box.put("people.csv", [ANN])
        assert box.night(DropSettings(settle=0, leave=True)).posts == 1, "whoever moves nothing need not write"


def test_what_lies_in_folders_below_is_nobodys(box):
    for below in ("processed", "failed", "inbox/deep"):
        (box.folder / below).mkdir(parents=True)
        box.put(f"{below}/people.csv", [ANN])
    night = box.night(DropSettings(settle=0, patterns=("*", "*/*", "**/*.csv")))
    assert (night.posts, any(night.summary["drop"].values())) == (0, False)


def test_an_older_full_file_waits_behind_a_newest_one_that_is_refused_and_is_taken_the_next_night(box):
    box.put("1.csv", [ANN])
    (box.folder / "2.csv").write_bytes(b"%PDF-1.7")
    night = box.night()
    assert (night.summary["drop"]["refused"], night.summary["drop"]["waiting"]) == (["2.csv"], ["1.csv"])
    assert box.night().summary["drop"]["taken"] == ["1.csv"]


def test_a_refused_file_of_a_name_that_failed_before_overwrites_nothing(box):
    for content in (b"%PDF-1.7", b"%PDF-1.8"):
        (box.folder / "2.csv").write_bytes(content)
        box.night()
    assert box.names("failed") == ["2-2.csv", "2-2.csv.error.txt", "2.csv", "2.csv.error.txt"]


def test_a_delta_that_is_refused_is_put_aside_and_those_after_it_go_on_the_next_night(box_with):
    box = box_with("drop: delta")
    box.put("1.csv", [ANN])
    (box.folder / "2.csv").write_bytes(b"%PDF-1.7")
    box.put("3.csv", [BEN])
    night = box.night()
    assert {name: files for name, files in night.summary["drop"].items() if files} == {
        "taken": ["1.csv"],
        "refused": ["2.csv"],
        "waiting": ["3.csv"],
    }
    assert box.night().summary["drop"]["taken"] == ["3.csv"]


def test_of_deltas_that_are_alike_the_first_counts(box_with):
    box = box_with("drop: delta")
    box.put("1.csv", [ANN])
    box.put("2.csv", [ANN | {"first_name": "Between"}])
    box.put("3.csv", [ANN])
    assert box.night().summary["drop"]["known"] == ["3.csv"]
    assert [one["first_name"] for one in box.office.rotor.customers()] == ["Between"]


def test_a_backlog_that_shrinks_or_stays_is_no_warning(box):
    rows = [{"key": str(at), "phone": f"763-555-01{at:02}"} for at in range(8)]
    box.put("1.csv", rows)
    box.night(max_requests=3)
    for name, more in (("2.csv", rows[:2]), ("3.csv", [])):
        if more:
            box.put(name, [*rows, {"key": "x", "phone": "763-555-0150"}, {"key": "y", "phone": "763-555-0151"}])
        assert not any("backlog" in note for note in box.night(max_requests=3).summary["drop_notes"])


def test_what_is_reserved_is_left_for_others(box):
    box.put("1.csv", [{"key": str(at), "phone": f"763-555-01{at:02}"} for at in range(10)])
    first = box.night(daily_limit=10, reserve=4, patience=0)
    assert (len(box.office.rotor.requests()), first.summary["state"]) == (6, "paused")
    assert (first.summary["requests"]["remaining"], first.summary["sent"]["pending"]) == (0, 6)
    assert first.summary["forecast"]["days"] == 2, "five a night, for Rotor's list takes one"
    box.night(daily_limit=10, reserve=4, patience=0)
    assert len(box.office.rotor.requests()) == 12


def test_reports_that_were_tidied_away_are_missed_by_nobody(box):
    box.put("1.csv", [ANN, BEN])
    first = box.night(max_requests=3)
    shutil.rmtree(first.folder)
    night = box.night()
    assert (night.report.error, night.summary["sent"]["pending"], night.posts) == (None, 0, 1)
    box.put("2.csv", [ANN, BEN | {"last_name": "Bo"}])
    assert box.night().summary["sent"]["updated"] == 1
