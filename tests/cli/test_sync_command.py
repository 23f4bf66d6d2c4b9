"""The nightly command as cron starts it: one line, exit codes, and who is told."""

import json
import os
import re
from datetime import datetime
from pathlib import Path

import pytest
from receivers import webhook
from test_command_line import FILE, MAPPING, Desk

from rotor_import.cli import main
from rotor_import.ledger.store import Ledger
from rotor_import.model.clock import in_words

CANARY = "Canary-Customer"


@pytest.fixture
def desk(tmp_path):
    found = Desk(tmp_path)
    (tmp_path / "drop").mkdir()
    found.put("map.yaml", MAPPING)
    found.put("drop/people.csv", FILE + f"{CANARY},{CANARY},763-555-0199,{CANARY}@example.com\n")
    return found


NIGHT = ("sync", "drop", "-m", "map.yaml", "--sandbox", "--settle", "0")


def sync(desk, *more, **environment):
    return desk.start(*NIGHT, *more, **environment)


def sync_by_cron(desk, *more):
    """As a process of its own."""
    return desk.process(*NIGHT, *more)


def test_it_says_one_line_and_the_fate_of_each_file(desk):
    done = sync_by_cron(desk)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "complete: people.csv; 3 rows; 3 created, 0 updated, 0 pending\n"
    assert done.stderr == "people.csv: taken\n"
    again = sync(desk)
    assert (again.returncode, again.stdout, again.stderr) == (0, "Nothing new in drop.\n", "")


def test_a_quiet_night_is_quiet_and_an_eventful_one_is_told(desk):
    first = sync(desk, "--quiet")
    assert (first.returncode, first.stdout.startswith("complete: people.csv"), first.stderr) == (0, True, "")
    again = sync(desk, "--quiet")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    left = sync(desk, "--quiet", "--leave", "--log-format", "json")
    assert (left.returncode, left.stdout, left.stderr) == (0, "", "")
    assert json.loads(sync(desk, "--quiet", "--json").stdout)["state"] == "complete"
    desk.put("drop/broken.csv", "not,a\nproper table")
    broken = sync(desk, "--quiet")
    assert broken.returncode == 2
    assert "broken.csv" in broken.stderr


def test_a_file_that_lies_there_every_night_is_quiet_too(desk):
    assert sync(desk, "--leave").returncode == 0
    again = sync(desk, "--leave", "--quiet")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_rejects_that_an_earlier_night_told_are_no_exit_code_3_again(desk):
    desk.put("drop/people.csv", FILE + "Cy,,123,\n")
    night = ("--tolerate", "known", "--json")
    assert sync(desk, *night).returncode == 3
    desk.put("drop/people.csv", FILE.replace("Ann", "Anna") + "Cy,,123,\n")
    again = sync(desk, *night)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["known"] == {"rejected": 1, "held": 0, "fields": 0}
    desk.put("drop/people.csv", "First,Last,Phone,Email\nCy,,123,\nDi,,123,\n" + FILE.partition("\n")[2])
    third = sync(desk, ROTOR_IMPORT_TOLERATE="known;0")
    assert third.returncode == 3
    assert "1 known" in third.stdout
    assert "1 of these problems" in desk.start("show", "last", "--sandbox").stdout


def test_a_night_of_which_the_program_died_before_it_told_anybody_is_told_by_the_next(desk):
    """What a run has told is in the ledger with its plan; what is left of it still counts as new."""
    desk.put("drop/people.csv", FILE + "Cy,,123,\n")
    assert sync(desk, "--tolerate", "known", "--max-requests", "3").returncode == 4
    assert sync(desk, "--tolerate", "known").returncode == 3


def test_json_is_the_contracts_object_with_the_folder_beside_it(desk):
    summary = json.loads(sync(desk, "--json").stdout)
    assert (summary["mode"], summary["drop"]["taken"]) == ("sync", ["people.csv"])
    assert summary["missing"] == {"customers": 0, "new": 0, "inactive": 0}


def test_no_customer_is_in_what_it_tells(desk):
    desk.put("drop/people.csv", FILE + f"{CANARY},{CANARY},763-555-0199,{CANARY}@example.com\n{CANARY},,123,\n")
    with webhook(200) as (url, taken):
        done = sync(desk, "--log-format", "json", "--verbose", "--notify", url)
    for line in done.stderr.splitlines():
        assert {"time", "level", "message"} <= set(json.loads(line))
    for text in (done.stdout, done.stderr, json.dumps(list(taken))):
        assert CANARY not in text
        assert "0199" not in text
    line, figures, *_ = taken[0]["text"].split("\n")
    assert (
        line
        == "Alarm: rotor-import sync, feed map: done, but more rows have problems than --tolerate allows (exit code 3)"
    )
    assert figures.startswith("complete: people.csv; 4 rows; 3 created")
    assert (taken[0]["code"], taken[0]["sent"]["created"]) == (3, 3)


def test_nights_that_are_well_are_not_told(desk):
    with webhook(200) as (url, taken):
        assert sync(desk, "--notify", url).returncode == 0
        assert sync(desk, "--notify", url).returncode == 0
    assert list(taken) == []


def test_a_webhook_that_fails_is_tried_again_and_never_fails_the_run(desk):
    desk.put("drop/people.csv", FILE + "Cy,,123,\n")
    with webhook(404) as (url, taken):
        done = sync(desk, "--notify", url)
    assert (done.returncode, len(taken)) == (3, 1)
    assert "didn't accept the message" in done.stderr
    with webhook(500, 204) as (url, taken):
        assert sync(desk, "--notify", url).returncode == 0, "a night without a file"
    assert len(taken) == 2


def test_a_webhook_hears_of_a_night_that_came_to_nothing(desk):
    desk.put("drop/people.csv", "not,a\nproper table")
    with webhook(200) as (url, taken):
        done = sync(desk, "--notify", url)
    assert done.returncode == 2
    assert taken[0]["error"]["code"] == 2
    with webhook(200) as (url, taken):
        missing = desk.start("sync", "nowhere", "-m", "map.yaml", "--sandbox", "--notify", url)
    assert (missing.returncode, taken[0]["code"], taken[0]["state"]) == (2, 2, "stopped")


def test_a_webhook_without_tls_is_refused(desk):
    done = sync(desk, "--notify", "http://example.com/hook")
    assert done.returncode == 2
    assert "https://" in done.stderr


def test_a_safeguard_has_its_exit_code_and_force_goes_on(desk):
    sync(desk)
    desk.put("drop/people.csv", FILE.replace("Last", "Surname"))
    done = sync(desk, "--json")
    assert done.returncode == 8
    assert json.loads(done.stdout)["error"]["code"] == 8
    assert json.loads(done.stdout)["state"] == "stopped"
    assert "Surname" in done.stderr
    shown = desk.start("show", "last", "--sandbox").stdout
    assert "Sync: stopped.\nNothing was sent" in shown
    assert "\n- " in shown
    assert "Nothing is pending" not in shown
    status = desk.start("status", "--sandbox").stdout
    assert "Nothing was sent" in status
    assert "--force" in status
    assert sync(desk, "--yes").returncode == 8
    assert sync(desk, "--force").returncode == 0


def test_a_quota_that_ends_pauses_and_the_next_night_goes_on(desk):
    paused = sync(desk, "--max-requests", "3")
    assert paused.returncode == 4
    assert "2 pending" in paused.stdout
    assert sync(desk).stdout == "complete: no new file; 3 rows; 3 created, 0 updated, 0 pending\n"


def test_status_says_how_each_feeds_last_run_ended(desk):
    sync(desk, "--max-requests", "3")
    head, line = desk.start("status", "--sandbox").stdout.splitlines()[5:7]
    assert head.split() == ["feed", "state", "pending", "on", "hold", "last", "run", "files"]
    assert line.split()[:4] == ["map", "paused", "2", "0"]
    assert line.endswith("people.csv")
    feeds = json.loads(desk.start("status", "--sandbox", "--json").stdout)["feed_runs"]
    assert (feeds["map"]["mode"], feeds["map"]["state"], feeds["map"]["pending"]) == ("sync", "paused", 2)


def test_a_file_without_a_header_is_told_without_its_first_customer(desk):
    desk.put("drop/people.csv", f"{CANARY},763-555-0199\nBen,763-555-0101\n")
    with webhook(200) as (url, taken):
        done = sync(desk, "--log-format", "json", "--notify", url)
    assert done.returncode == 2
    assert "the first line may not be the header" in taken[0]["error"]["message"]
    for text in (done.stdout, done.stderr, json.dumps(list(taken))):
        assert CANARY not in text
        assert "0199" not in text


def test_a_webhook_hears_why_a_night_was_stopped_and_what_is_to_be_known(desk):
    sync(desk)
    desk.put("drop/people.csv", FILE.replace("Last", "Surname"))
    with webhook(200) as (url, taken):
        done = sync(desk, "--notify", url)
    assert done.returncode == 8
    line, figures, *why = taken[0]["text"].split("\n")
    assert line == "Alarm: rotor-import sync, feed map: a safeguard stopped it (exit code 8)"
    assert figures == "stopped: no file taken; 0 created, 0 updated, 0 pending; 1 file waiting"
    assert why[0].startswith("Nothing was sent")
    assert "Surname" in "".join(why)
    desk.put("drop/people.csv", FILE + f"{CANARY},{CANARY},763-555-0199,{CANARY}@example.com\n")
    desk.put("drop/z.csv", FILE)
    sync(desk, "--pattern", "z.csv")
    with webhook(200) as (url, taken):
        sync(desk, "--notify", url)
    assert list(taken) == [], "no file went through, so the feed is as it was"
    desk.put("drop/zz.csv", FILE.replace("Ann", "Anna"))
    desk.put("drop/z.csv", FILE + f"{CANARY},{CANARY},763-555-0199,{CANARY}@example.com\n")
    with webhook(200) as (url, taken):
        sync(desk, "--notify", url)
    [told] = taken
    assert (told["event"], told["code"], told["feed"], told["profile"]) == ("all_clear", 0, "map", "")
    assert datetime.fromisoformat(told["since"]).tzinfo is not None
    [warning] = told["drop_notes"]
    assert told["text"].endswith(f"\n{warning}")
    assert warning.startswith("z.csv has the same content as a file before the last one")


def test_a_webhook_that_nobody_can_reach_fails_nothing_and_its_address_is_in_no_log(desk):
    for environment in ({"HTTPS_PROXY": "nonsense://nowhere"}, {"SSL_CERT_FILE": "/nowhere/certificates.pem"}):
        desk.put("drop/people.csv", FILE + "Cy,,123,\n")
        done = sync(desk, "--notify", "https://127.0.0.1:1/secret-token", "--verbose", **environment)
        assert done.returncode in (0, 3)
        assert "didn't accept the message" in done.stderr
        assert "secret-token" not in done.stdout + done.stderr


def test_a_name_that_is_no_text_is_told_everywhere(desk):
    (desk.folder / "drop" / "people.csv").rename(Path(os.fsdecode(bytes(desk.folder) + b"/drop/\xff.csv")))
    with webhook(200) as (url, taken):
        done = sync_by_cron(desk, "--notify", url, "--json", "--log-format", "json")
    assert done.returncode == 2
    for told in (taken[0], json.loads(done.stdout)):
        assert told["drop"]["refused"] == ["\\xff.csv"]
    assert next(json.loads(line).get("file") for line in done.stderr.splitlines()) == "\\xff.csv"
    error = r"The file name drop/\xff.csv isn't UTF-8"
    assert error in desk.start("status", "--sandbox").stdout
    again = desk.process("run", os.fsdecode(b"drop/failed/\xff.csv"), "-m", "map.yaml", "--sandbox")
    assert again.returncode == 2
    assert error.replace("drop/", "drop/failed/") in again.stderr


def test_a_second_sync_at_the_same_time_ends_with_exit_code_6_and_is_no_news_of_the_feed(desk):
    sync(desk)
    desk.put("drop/more.csv", FILE.replace("763-555-0100", "763-555-0150"))
    with Ledger(str(desk.folder / "data/rotor-import/ledger.sqlite")) as ledger, ledger.hold(1):
        with webhook(200) as (url, taken):
            done = sync_by_cron(desk, "--notify", url, "--json")
        assert (done.returncode, list(taken), json.loads(done.stdout)["error"]["code"]) == (6, [], 6)
        assert [path.name for path in (desk.folder / "drop").iterdir() if path.is_file()] == ["more.csv"]
    assert sync(desk).returncode == 0


def test_status_says_when_each_feed_looked_and_what_it_took(desk):
    sync(desk)
    sync(desk)
    found = json.loads(desk.start("status", "--sandbox", "--json").stdout)["drops"]["map"]
    assert (found["state"], found["file"], found["error"], found["late"]) == ("complete", "people.csv", "", "")
    assert found["looked"] >= found["taken"]
    looked, taken = (in_words(datetime.fromisoformat(found[name]).timestamp()) for name in ("looked", "taken"))
    shown = " ".join(desk.start("status", "--sandbox").stdout.split())
    assert re.search(rf"map: sync .* {looked} \(complete\); .* people.csv on {taken}", shown)


def test_every_line_is_json_where_a_night_came_to_nothing_too(desk):
    done = desk.start("sync", "nowhere", "-m", "map.yaml", "--sandbox", "--log-format", "json", "--json")
    assert done.returncode == 2
    assert [json.loads(line)["level"] for line in done.stderr.splitlines()] == ["error", "info"]
    assert json.loads(done.stdout)["error"]["code"] == 2


def test_a_webhook_hears_of_a_mistake_of_ours_without_its_data(desk, monkeypatch, capsys):
    def broken(*_):
        raise KeyError(CANARY)

    monkeypatch.chdir(desk.folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(desk.folder / "data"))
    monkeypatch.setattr("rotor_import.sync.sync", broken)
    with webhook(200) as (url, taken), pytest.raises(SystemExit) as stopped:
        main(["sync", "drop", "-m", "map.yaml", "--sandbox", "--notify", url])
    assert (stopped.value.code, taken[0]["code"]) == (1, 1)
    said = capsys.readouterr()
    assert "a bug in rotor-import" in said.err
    assert CANARY not in said.err + said.out + json.dumps(list(taken))


def test_patterns_in_the_environment_are_separated_by_semicolons_for_names_have_spaces(desk):
    desk.put("drop/new clients.csv", FILE)
    desk.put("drop/others.csv", FILE.replace("Ann", "Bea"))
    done = sync(desk, "--json", "--leave", ROTOR_IMPORT_PATTERN="new *.csv;p*.csv")
    assert json.loads(done.stdout)["drop"] | {"known": []} == {
        **{name: [] for name in ("known", "refused", "waiting")},
        "taken": ["people.csv"],
        "superseded": ["new clients.csv"],
    }
