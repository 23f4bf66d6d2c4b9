"""When people are told, and what of: states of a feed that change, are lost, or can't be told."""

import json
import signal
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace

import pytest
from program import PROGRAM, clean
from receivers import receiver
from spent_nights import DAY, MAPPING, told

from rotor_import.config import Settings
from rotor_import.ledger.store import Ledger
from rotor_import.monitoring import Ending, Job, Listeners, Watch
from rotor_import.pipeline import World
from rotor_import.sandbox import Fault

REFUSED, DOWN = Fault.parse("401"), Fault.parse("503")
BAD_ROW = "9000,Zoe,Wyatt,123,\n"


def states(nights):
    with closing(sqlite3.connect(nights.ledger)) as ledger:
        return [
            *ledger.execute("SELECT feed, trouble, told FROM feed_states").fetchall(),
            *ledger.execute("SELECT '', trouble, told FROM job_states").fetchall(),
        ]


def test_an_alarm_that_nobody_took_is_told_by_the_next_night_with_its_first_day(nights):
    nights.rotor.sandbox.suffer(REFUSED)
    with receiver(404) as (url, _):
        done = nights.night("--notify", f"{url}/canary-token")
    assert (done.returncode, "didn't accept the message" in done.stderr) == (5, True)
    assert "canary-token" not in done.stderr
    began = nights.rotor.hands.at
    with receiver(200) as (url, taken):
        nights.night("--notify", url)
        nights.night("--notify", url)
    assert told(taken) == [("alarm", 5)]
    assert nights.rotor.hands.at == began + 2 * DAY
    assert taken[0].json["since"].startswith("2027-01-16")


def test_trouble_that_ended_before_anybody_could_be_told_is_not_told(nights):
    nights.drop_rows("a.csv")
    nights.rotor.sandbox.suffer(DOWN)
    with receiver(404) as (url, _):
        nights.night("--notify", url)
    nights.rotor.sandbox.suffer()
    with receiver(200) as (url, taken):
        assert nights.night("--notify", url).returncode == 0
    assert (told(taken), states(nights)) == ([], [])


def test_an_all_clear_that_nobody_took_is_told_by_the_next_night(nights):
    nights.drop_rows("a.csv")
    nights.rotor.sandbox.suffer(DOWN)
    with receiver(200, 404, 200) as (url, taken):
        nights.night("--notify", url)
        nights.rotor.sandbox.suffer()
        nights.night("--notify", url)
        nights.night("--notify", url)
        nights.night("--notify", url)
    assert told(taken) == [("alarm", 7), ("all_clear", 0), ("all_clear", 0)]
    assert states(nights) == []


def test_a_crash_between_telling_and_saving_tells_twice_rather_than_never(nights):
    nights.put("map.yaml", "version: [")
    command = [*PROGRAM, "sync", "drop", "-m", "map.yaml", "--ledger", "l.sqlite", "--notify"]
    where = {"cwd": nights.folder, "env": clean(), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    begun = []
    with receiver(200, meanwhile=lambda: [process.kill() for process in begun]) as (url, taken):
        for _ in range(2):
            begun.append(subprocess.Popen([*command, url], **where))
            assert begun[-1].wait() == -signal.SIGKILL
    with receiver(200) as (url, more):
        for _ in range(2):
            assert subprocess.run([*command, url], **where, check=False).returncode == 2
    assert (told(taken), told(more)) == ([("alarm", 2)] * 2, [("alarm", 2)])
    assert len({one.json["since"] for one in [*taken, *more]}) == 1


def test_a_trouble_that_becomes_another_is_told_again_with_the_day_on_which_it_began(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        for faults in ([DOWN], [DOWN], [REFUSED], [REFUSED], []):
            nights.rotor.sandbox.suffer(*faults)
            nights.night("--notify", url)
    assert told(taken) == [("alarm", 7), ("alarm", 5), ("all_clear", 0)]
    assert len({one.json["since"] for one in taken}) == 1
    assert "Rotor refused the API key" in taken[2].json["text"]


def test_a_key_that_was_never_seen_is_told_once_and_cleared_by_a_night_that_knows_the_account(nights):
    nights.drop_rows("a.csv")
    nights.rotor.sandbox.suffer(REFUSED)
    with receiver(200) as (url, taken):
        for _ in range(3):
            nights.night("--notify", url)
        assert states(nights) == [("", "key", "key")]
        nights.rotor.sandbox.suffer()
        nights.key = "another-key"
        nights.night("--notify", url)
    assert told(taken) == [("alarm", 5), ("all_clear", 0)]
    assert states(nights) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_mapping_that_cannot_be_read_is_told_once_though_it_hides_the_feeds_name(nights, known):
    nights.drop_rows("a.csv")
    if known:
        assert nights.night().returncode == 0
        nights.drop_rows("b.csv", first="Bea")
    nights.put("map.yaml", "version: [")
    with receiver(200) as (url, taken):
        for _ in range(3):
            assert nights.night("--notify", url).returncode == 2
        nights.put("map.yaml", MAPPING)
        nights.night("--notify", url)
    assert told(taken) == [("alarm", 2), ("all_clear", 0)]
    assert "mapping map" in taken[0].json["text"]
    assert [one.json["feed"] for one in taken] == ["", "clients"]
    assert states(nights) == []


def test_a_key_file_that_is_gone_is_told_once(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        for _ in range(3):
            assert nights.night("--notify", url, "--key-file", "nowhere").returncode == 2
    assert told(taken) == [("alarm", 2)]


def test_a_ledger_that_cannot_be_used_is_told_each_time_and_said(nights):
    nights.put("ledger.sqlite", "no database at all, but long enough to be taken for one " * 20)
    with receiver(200) as (url, taken):
        done = [nights.night("--notify", url, "--ledger", "ledger.sqlite") for _ in range(2)]
    assert told(taken) == [("alarm", 2), ("alarm", 2)]
    assert all("isn't known what --notify has told before" in one.stderr for one in done)
    assert all(one.json["text"].endswith("every night until it can be, and no all-clear follows.") for one in taken)


def test_another_run_that_holds_the_account_changes_nothing(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        nights.night("--notify", url)
        with Ledger(str(nights.ledger)) as ledger, ledger.hold(1):
            assert nights.night("--notify", url).returncode == 6
            assert (told(taken), states(nights)) == ([], [])
        nights.rotor.sandbox.suffer(REFUSED)
        nights.drop_rows("b.csv", first="Bea")
        nights.night("--notify", url)
        with Ledger(str(nights.ledger)) as ledger, ledger.hold(1):
            assert nights.night("--notify", url).returncode == 6
    assert told(taken) == [("alarm", 5)]


def test_a_pause_for_the_quota_is_well_but_no_word_about_rows_that_wait(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        assert nights.night("--notify", url, "--max-requests", "4").returncode == 4
        assert nights.night("--notify", url).returncode == 0
        assert told(taken) == []
        nights.drop_rows("b.csv", BAD_ROW)
        assert nights.night("--notify", url).returncode == 3
        nights.drop_rows("c.csv", BAD_ROW, first="Bea")
        assert nights.night("--notify", url, "--max-requests", "4").returncode == 4
        assert nights.night("--notify", url).returncode == 3
        nights.drop_rows("d.csv", first="Cy")
        assert nights.night("--notify", url).returncode == 0
    assert told(taken) == [("alarm", 3), ("all_clear", 0)]
    assert "rejects.csv and review.csv" in taken[0].json["text"]


def test_a_file_that_is_late_is_told_once_and_cleared_when_it_comes(nights):
    with receiver(200) as (url, taken):
        for night in range(9):
            nights.drop_rows(f"a-{night}.csv", first=f"N{night}")
            assert nights.night("--notify", url).returncode == 0
        assert [nights.night("--notify", url).returncode for _ in range(3)] == [0, 0, 0]
        nights.drop_rows("b.csv", first="Zed")
        nights.night("--notify", url)
    assert told(taken) == [("alarm", 0), ("all_clear", 0)]
    head, *_ = taken[0].json["text"].split("\n")
    assert head == "Alarm: rotor-import sync, feed clients: no new file has come (exit code 0)"
    assert "No new file since" in taken[0].json["text"]


def test_a_run_tells_each_time_and_the_nights_know_what_it_told(nights):
    with receiver(200) as (url, taken):
        nights.drop_rows("a.csv", BAD_ROW)
        file = ("run", "drop/a.csv", "-m", "map.yaml", "--notify", url)
        assert nights.start(*file, "--dry-run").returncode == 3
        assert nights.start(*file).returncode == 3
        assert nights.start(*file, "--tolerate", "5").returncode == 0
        assert nights.start(*file, "--tolerate", "5").returncode == 0
        assert nights.start("run", "nowhere.csv", *file[2:]).returncode == 2
        nights.drop_rows("a.csv")
        assert nights.night("--notify", url).returncode == 0
    assert told(taken) == [("alarm", 3), ("all_clear", 0), ("ended", 0), ("alarm", 2), ("all_clear", 0)]
    assert taken[2].json["text"].startswith("rotor-import run, feed clients: done (exit code 0)\n")
    assert taken[2].json["since"] == ""


def test_nothing_secret_and_no_customer_is_told_or_said(nights):
    canary = "9000,Canaryname,Canaryname,123,canary at example\n"
    nights.drop_rows("a.csv", canary)
    with receiver(200) as (url, taken):
        first = nights.night("--notify", f"{url}/canary-token", "--verbose", "--ping", f"{url}/canary-ping")
        second = nights.start("run", "drop/processed/a.csv", "-m", "map.yaml", "--notify", f"{url}/canary-token")
    said = f"{first.stdout}{first.stderr}{second.stdout}{second.stderr}"
    assert len(taken) == 4
    for text in (said, *(one.body.decode() for one in taken)):
        for secret in ("canary", "Canaryname", "7635551"):
            assert secret not in text


def test_the_profile_and_the_feed_are_named(nights):
    settings = Settings(profile="acme", ledger=str(nights.folder / "l.sqlite"), key="x")
    job = Job("sync", str(nights.folder / "map.yaml"), World(), settings, "drop")
    error = {"code": 5, "message": "Rotor refused the API key."}
    with receiver(200) as (url, taken):
        watch = Watch(Listeners((url,)), "sync", pytest.fail)
        watch.ended(Ending(5, {"state": "stopped", "error": error}), job)
        watch.ended(
            Ending(5, {"state": "stopped", "error": error}), replace(job, settings=replace(settings, profile="b"))
        )
    assert [one.json["profile"] for one in taken] == ["acme", "b"]
    assert "feed clients (profile acme)" in taken[0].json["text"]
    assert json.loads(taken[0].body)["error"] == error
