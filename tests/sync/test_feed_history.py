"""`status` says when each feed last looked and what it last took, and warns where its file is late."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from boundaries import Killed, watched

from rotor_import.errors import RetriableApiError
from rotor_import.ledger.accounts import Accounts
from rotor_import.ledger.file_history import Known, Visit
from rotor_import.ledger.store import Ledger
from rotor_import.model.clock import in_words
from rotor_import.pipeline.freshness import late, usual_pause
from rotor_import.pipeline.inspect import status
from rotor_import.sandbox import Fault

HOUR, DAY = 60 * 60, 24 * 60 * 60
ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}


def looked(box):
    return status(box.office.settings, box.office.world)["drops"]["nightly"]


def stamp(box):
    return datetime.fromtimestamp(box.office.hands.at, UTC).isoformat(timespec="seconds")


def nights_with_a_file(box, count):
    for night in range(count):
        box.put(f"{night}.csv", [ANN | {"first_name": f"Ann{night}"}])
        box.night()


def test_a_night_without_a_file_leaves_its_mark(box):
    nights_with_a_file(box, 1)
    taken = stamp(box)
    box.night()
    found = looked(box)
    assert found == {
        "looked": stamp(box),
        "ended": stamp(box),
        "state": "complete",
        "error": "",
        "file": "0.csv",
        "taken": taken,
        "late": "",
    }


def test_a_folder_in_which_nothing_ever_was_leaves_its_mark_too(box):
    box.night()
    found = looked(box)
    assert (found["looked"], found["state"], found["file"], found["taken"]) == (stamp(box), "complete", "", None)


def test_a_night_on_which_rotor_was_down_is_stopped_with_its_reason(box):
    nights_with_a_file(box, 1)
    box.office.rotor.sandbox.suffer(Fault.parse("500"))
    with pytest.raises(RetriableApiError) as error:
        nights_with_a_file(box, 2)
    found = looked(box)
    assert (found["looked"][:10], found["state"], found["error"]) == (stamp(box)[:10], "stopped", str(error.value))


def test_a_night_whose_quota_ends_is_paused_and_one_that_is_refused_is_stopped(box):
    box.put("1.csv", [ANN, {"key": "2", "phone": "763-555-0101"}])
    box.night(max_requests=3)
    assert looked(box)["state"] == "paused"
    box.put("2.csv", [])
    (box.folder / "2.csv").write_bytes(b"%PDF-1.7")
    error = box.night().report.error
    assert (looked(box)["state"], looked(box)["error"], looked(box)["file"]) == ("stopped", str(error), "1.csv")


def test_a_night_that_was_killed_is_told_apart_from_one_that_is_under_way(box):
    box.put("1.csv", [ANN])
    with watched(box.office) as boundaries:
        boundaries.arm(25)
        with pytest.raises(Killed):
            box.night()
    found = looked(box)
    assert (found["looked"], found["ended"], found["state"]) == (stamp(box), None, "killed")
    assert found["error"].startswith("It was killed, or the computer stopped")
    with Ledger(box.office.settings.ledger) as ledger:
        account = Accounts(ledger).find(Accounts(ledger).key_hash(box.office.settings.base_url, "a-key"))
        with ledger.hold(account.id):
            assert (looked(box)["state"], looked(box)["error"]) == ("under way", "")


def test_a_mistake_of_ours_ends_the_night_without_its_data(box, monkeypatch):
    def broken(*_, **__):
        raise KeyError("Canary")

    box.put("1.csv", [ANN])
    monkeypatch.setattr("rotor_import.sync.night.take", broken)
    with pytest.raises(KeyError):
        box.night()
    assert looked(box)["state"] == "stopped"
    assert "Canary" not in looked(box)["error"]


def test_a_file_that_is_late_is_told_by_status_and_by_the_night_itself(box):
    nights_with_a_file(box, 8)
    assert box.night().summary["drop_notes"] == [], "a day after the last one it is not late yet"
    [note] = box.night().summary["drop_notes"]
    assert note == looked(box)["late"]
    assert f"No new file since {in_words(box.office.hands.at - 2 * DAY)} (2.0 days)" in note
    assert "within 24 hours" in note
    box.put("late.csv", [ANN])
    assert box.night().summary["drop_notes"] == []
    assert looked(box)["late"] == ""


def test_a_timer_that_stands_still_is_told_apart_from_a_file_that_is_late(box):
    nights_with_a_file(box, 8)
    at = box.office.hands.at
    box.office.hands.at += 3 * DAY
    late = looked(box)["late"]
    assert f"the last sync was {in_words(at)}" in late
    assert "timer" in late


def known(*times):
    return [Known("a", str(at), f"{at}.csv", "taken", "r", at, None) for at in times]


def words(times, now):
    return late(known(*times), Visit("a", now, "complete"), now)


def test_a_feed_that_rests_at_weekends_is_late_on_a_weekday_alone():
    start = datetime(2026, 11, 2, 2, 15, tzinfo=UTC)  # a Monday
    days = [start + timedelta(days=at) for at in range(40)]
    times = [day.timestamp() for day in days if day.weekday() < 5]
    friday = max(times)
    assert not words(times, friday + 3 * DAY)
    assert words(times, friday + 3 * DAY + 3 * HOUR)


def test_one_long_pause_among_forty_moves_nothing():
    times = [at * DAY for at in range(20)] + [at * DAY for at in range(30, 45)]
    assert usual_pause(times) == DAY


def test_files_that_come_together_count_once():
    times = [at * DAY + more for at in range(10) for more in (0, 60, 120)]
    assert usual_pause(times) == pytest.approx(DAY, abs=200)


def test_a_few_files_say_nothing_yet():
    assert usual_pause([at * DAY for at in range(7)]) is None
    assert usual_pause([at * DAY for at in range(8)]) == DAY
    assert not late([], Visit("a", 0.0, "complete"), 1e9)
    superseded = [Known("a", str(at), "x", "superseded", "r", at * DAY, None) for at in range(20)]
    assert not late(superseded, Visit("a", 0.0, "complete"), 1e9)


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_the_days_on_which_a_clock_is_put_forward_or_back_are_as_any_other(day):
    """A timer at 02:15 of the wall: the nights are 23 and 25 hours long, and the file came an hour late before."""
    night = datetime.fromisoformat(f"{day} 02:15").replace(tzinfo=ZoneInfo("America/New_York"))
    times = [(night + timedelta(days=at)).timestamp() for at in range(-12, 4)]
    assert {round(after - before) for before, after in pairwise(times)} > {24 * HOUR}
    for at in range(8, len(times)):
        assert not words(times[:at], times[at])


def test_a_clock_that_is_set_back_is_no_file_that_is_late(box):
    nights_with_a_file(box, 9)
    box.office.hands.at -= 40 * DAY
    night = box.night(daily_limit=100_000)
    assert (night.report.error, night.summary["drop_notes"], looked(box)["late"]) == (None, [], "")
    box.put("after.csv", [ANN])
    assert box.night().summary["drop"]["taken"] == ["after.csv"]
    assert [one["first_name"] for one in box.office.rotor.customers()] == ["Ann"]
