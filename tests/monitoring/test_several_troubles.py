"""Feeds in several troubles: none hides another, and each ends only with what disproves it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from exports import web_export
from file_servers import free_port, s3_server
from receivers import receiver
from spent_nights import COLUMNS, told

from rotor_import.errors import Unfinished
from rotor_import.ledger.store import Ledger
from rotor_import.monitoring import Ending
from rotor_import.monitoring.trouble import Trouble, troubles_after
from rotor_import.sandbox import Fault

REFUSED, DOWN = Fault.parse("401"), Fault.parse("503")
BAD_ROW = "9000,Zoe,Wyatt,123,\n"
LITTLE = ("--max-requests", "4")


def rows(nights):
    with closing(sqlite3.connect(nights.ledger)) as ledger:
        return ledger.execute("SELECT * FROM feed_states").fetchall()


@pytest.fixture
def lock(monkeypatch):
    """Makes a file unreadable; whoever runs the tests may be allowed to read everything, so the refusal is made."""
    opens, locked = Path.open, set()

    def refuse(path, *arguments, **more):
        if path.name in locked:
            raise PermissionError(13, "Permission denied")
        return opens(path, *arguments, **more)

    monkeypatch.setattr(Path, "open", refuse)
    return locked


def get_into(nights, url, kind):
    """A night that gets the feed into a trouble of this kind, which lasts until a file goes through."""
    if kind == "rows":
        nights.drop_rows("m.csv", BAD_ROW, first="Mo")
    elif kind == "file":
        nights.put("drop/m.csv", "not,a\nproper table")
    else:
        nights.drop_rows("m.csv", count=5)
    code = nights.night("--notify", url).returncode
    assert code == {"rows": 3, "file": 2, "safeguard": 8}[kind]
    (nights.drop / "m.csv").unlink(missing_ok=True)
    return code


@pytest.mark.parametrize("drop", ["full", "delta"])
def test_a_file_that_cannot_be_read_is_told_though_a_backlog_pauses_every_night(nights, lock, drop):
    nights.put("map.yaml", (nights.folder / "map.yaml").read_text().replace("full", drop))
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        assert nights.night("--notify", url, *LITTLE).returncode == 4
        nights.drop_rows("b.csv", first="Bea")
        lock.add("b.csv")
        for _ in range(2):
            done = nights.night("--notify", url, *LITTLE)
            assert done.returncode == 2
            assert "b.csv can't be read (Permission denied)" in done.stderr
            assert "Warning: The 4 requests of --max-requests are used up" in done.stderr
        lock.clear()
        while nights.night("--notify", url).returncode == 4:
            pass
    assert told(taken) == [("alarm", 2), ("all_clear", 0)]
    assert taken[0].json["state"] == "stopped"
    assert "b.csv can't be read" in taken[0].json["text"]
    assert "The 4 requests of --max-requests are used up" in taken[0].json["text"]


def test_a_server_of_files_that_is_down_is_told_each_time_and_cleared_by_a_night_that_could_list_it(nights):
    with s3_server() as s3, receiver(200) as (url, taken):
        bucket = s3.bucket()

        def night(port):
            storage = {"key": "id", "secret": "canary", "endpoint_url": f"http://127.0.0.1:{port}"}
            said = ", ".join(f"{name} = {json.dumps(value)}" for name, value in storage.items())
            profile = f'[profiles.acme]\nfolder = "s3://{bucket}/drop"\nmapping = "map.yaml"\nsettle = 0\n'
            nights.put("rotor-import.toml", f"{profile}storage = {{{said}}}\n")
            nights.rotor.hands.at += 24 * 60 * 60
            return nights.start("sync", "--profile", "acme", "--notify", url).returncode

        body = f"{COLUMNS}1000,Ann,Roe,763-555-1000,a@example.com\n"
        s3.client.put_object(Bucket=bucket, Key="drop/a.csv", Body=body.encode())
        gone = free_port()
        assert [night(port) for port in (s3.port, gone, gone, s3.port, gone, s3.port)] == [0, 2, 2, 0, 2, 0]
    assert told(taken) == [("alarm", 2), ("all_clear", 0)] * 2
    head, *_ = taken[0].json["text"].split("\n")
    assert head.endswith("the folder of its files can't be reached (exit code 2)")


@pytest.mark.parametrize("kind", ["rows", "file"])
def test_a_file_that_is_late_is_told_though_the_one_before_it_was_wrong(nights, kind):
    with receiver(200) as (url, taken):
        for night in range(9):
            nights.drop_rows(f"a-{night}.csv", first=f"N{night}")
            assert nights.night("--notify", url).returncode == 0
        code = get_into(nights, url, kind)
        assert nights.night("--notify", url).returncode == 0
        assert told(taken) == [("alarm", code)], "the wrong one has come, a day ago"
        assert [nights.night("--notify", url).returncode for _ in range(2)] == [0, 0]
        nights.drop_rows("z.csv", first="Zed")
        assert nights.night("--notify", url).returncode == 0
    assert told(taken) == [("alarm", code), ("alarm", 0), ("all_clear", 0)]
    text = taken[1].json["text"]
    assert "no new file has come" in text.split("\n")[0]
    assert "It is still in trouble as before, too: " in text
    assert "no new file has come" in taken[2].json["text"]


def test_a_file_that_a_safeguard_stops_every_night_has_come_once(nights):
    with receiver(200) as (url, taken):
        for night in range(9):
            nights.drop_rows(f"a-{night}.csv", first=f"N{night}")
            assert nights.night("--notify", url).returncode == 0
        nights.drop_rows("m.csv", count=5)
        assert [nights.night("--notify", url).returncode for _ in range(2)] == [8, 8]
        assert told(taken) == [("alarm", 8)]
        assert nights.night("--notify", url).returncode == 8
    assert told(taken) == [("alarm", 8)] * 2
    assert "no new file has come" in taken[1].json["text"].split("\n")[0]


@pytest.mark.parametrize("kind", ["rows", "file", "safeguard"])
def test_a_wrong_file_is_not_well_again_because_rotor_was_down_in_between(nights, kind):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        assert nights.night("--notify", url).returncode == 0
        code = get_into(nights, url, kind)
        for fault, ended in ((REFUSED, 5), (DOWN, 7)):
            nights.rotor.sandbox.suffer(fault)
            nights.drop_rows("n.csv", first="Nia")
            assert nights.night("--notify", url).returncode == ended
            (nights.drop / "n.csv").unlink()
            nights.rotor.sandbox.suffer()
            assert nights.night("--notify", url).returncode == 0
        assert told(taken) == [("alarm", code), ("alarm", 5), ("alarm", 7)]
        nights.drop_rows("z.csv", first="Zed")
        assert nights.night("--notify", url).returncode == 0
    assert told(taken)[3:] == [("all_clear", 0)]
    assert len({one.json["since"] for one in taken}) == 1


@pytest.mark.parametrize("kind", ["rows", "file", "safeguard"])
def test_a_wrong_file_is_not_well_again_because_the_mapping_was_broken_in_between(nights, kind):
    nights.drop_rows("a.csv")
    mapping = (nights.folder / "map.yaml").read_text()
    with receiver(200) as (url, taken):
        assert nights.night("--notify", url).returncode == 0
        code = get_into(nights, url, kind)
        nights.put("map.yaml", "fields: [")
        assert nights.night("--notify", url).returncode == 2
        nights.put("map.yaml", mapping)
        assert [nights.night("--notify", url).returncode for _ in range(2)] == [0, 0]
        assert told(taken) == [("alarm", code), ("alarm", 2)]
        nights.drop_rows("z.csv", first="Zed")
        assert nights.night("--notify", url).returncode == 0
    assert told(taken)[2:] == [("all_clear", 0)]


def test_an_export_on_the_web_that_is_out_of_reach_is_told_each_time_and_cleared_by_a_night_that_reached_it(nights):
    with web_export() as export, receiver(200) as (url, taken):
        export.say(f"{COLUMNS}1000,Ann,Roe,763-555-1000,a@example.com\n".encode(), '"a"')
        codes = []
        for status in (200, 404, 404, 200, 404, 200):
            export.answers = [(status, {})]
            nights.rotor.hands.at += 24 * 60 * 60
            codes.append(nights.start("sync", export.url, "-m", "map.yaml", "--notify", url).returncode)
    assert codes == [0, 2, 2, 0, 2, 0]
    assert told(taken) == [("alarm", 2), ("all_clear", 0)] * 2


def test_what_nobody_was_told_of_is_not_taken_for_told_because_of_a_run_in_between(nights):
    nights.drop_rows("a.csv")
    assert nights.night().returncode == 0
    nights.drop_rows("m.csv", count=5)
    with receiver(404) as (url, _):
        assert nights.night("--notify", url).returncode == 8
    with receiver(200) as (url, taken):
        assert nights.start("run", "nowhere.csv", "-m", "map.yaml", "--yes", "--notify", url).returncode == 2
        assert nights.night("--notify", url).returncode == 8
    assert told(taken) == [("alarm", 2), ("alarm", 8)]


def test_an_ending_that_somebody_asked_for_ends_no_trouble():
    was = frozenset({Trouble.FOLDER, Trouble.FILE, Trouble.DOWN})
    stopped = Ending(4, {"state": "paused", "drop": {"taken": ["a.csv"]}, "rows": {}}, Unfinished("Stopped."))
    assert troubles_after(stopped, was) == was


def test_a_damaged_metrics_file_keeps_no_alarm_back(nights):
    nights.put("m.prom", 'a{x="y", ="w"} 1\n')
    nights.put("map.yaml", "fields: [")
    with receiver(200) as (url, taken):
        done = nights.night("--notify", url, "--metrics", "m.prom")
    assert told(taken) == [("alarm", 2)]
    assert "isn't Prometheus text" in done.stderr


def test_a_backlog_that_goes_on_is_no_file_that_goes_through(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        assert nights.night("--notify", url, *LITTLE).returncode == 4
        nights.put("drop/b.csv", "not,a\nproper table")
        assert nights.night("--notify", url, *LITTLE).returncode == 2
        assert nights.night("--notify", url).returncode == 0
        assert told(taken) == [("alarm", 2)]
        nights.drop_rows("c.csv", first="Cy")
        nights.night("--notify", url)
    assert told(taken) == [("alarm", 2), ("all_clear", 0)]


def test_an_ending_that_proves_nothing_writes_nothing(nights):
    nights.drop_rows("a.csv")
    with receiver(200) as (url, taken):
        nights.night("--notify", url)
        nights.rotor.sandbox.suffer(REFUSED)
        nights.drop_rows("b.csv", first="Bea")
        nights.night("--notify", url)
        before = rows(nights)
        with Ledger(str(nights.ledger)) as ledger, ledger.hold(1):
            assert nights.night("--notify", url).returncode == 6
    assert rows(nights) == before
    assert told(taken) == [("alarm", 5)]


def test_an_all_clear_of_another_machine_while_people_are_told_is_not_undone(nights):
    """It knew of no alarm, so the next night says that the feed is well again."""

    def clear():
        with closing(sqlite3.connect(nights.ledger)) as ledger, ledger:
            ledger.execute("DELETE FROM feed_states")

    nights.drop_rows("a.csv")
    assert nights.night().returncode == 0
    nights.rotor.sandbox.suffer(DOWN)
    nights.drop_rows("b.csv", first="Bea")
    with receiver(200, meanwhile=clear) as (url, taken):
        assert nights.night("--notify", url).returncode == 7
    assert [row[2:4] for row in rows(nights)] == [("", "down")]
    nights.rotor.sandbox.suffer()
    with receiver(200) as (url, more):
        assert nights.night("--notify", url).returncode == 0
    assert (told(taken), told(more), rows(nights)) == ([("alarm", 7)], [("all_clear", 0)], [])


def ending(code, *, taken=(), **more):
    files = [{"path": name} for name in taken]
    return Ending(code, {"rows": {}, "files": files, "drop": {"taken": list(taken)}}, **more)


def test_none_of_several_errors_of_a_night_hides_another():
    assert troubles_after(ending(2, also=(2, 7, 4)), frozenset()) == {Trouble.FILE, Trouble.DOWN}
    unreachable = ending(2, also=(5,), is_unreachable=True)
    assert troubles_after(unreachable, frozenset({Trouble.FILE})) == {Trouble.FILE, Trouble.FOLDER, Trouble.KEY}


def test_nobody_knows_whether_a_file_is_late_where_its_folder_cannot_be_listed():
    away = ending(2, is_unreachable=True, late="No new file since …")
    assert troubles_after(away, frozenset()) == {Trouble.FOLDER}
    assert troubles_after(away, frozenset({Trouble.LATE})) == {Trouble.FOLDER, Trouble.LATE}
    assert troubles_after(ending(0, taken=["a.csv"]), frozenset({Trouble.FOLDER, Trouble.LATE})) == set()
