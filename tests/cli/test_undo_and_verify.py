"""`undo`, `verify` and `run --sample` as a person types them."""

import csv
import json

from test_command_line import FILE

PAUSED, TROUBLED, WRONG, SAFEGUARD = 4, 3, 2, 8


def imported(desk, *more):
    return desk("run", "people.csv", "-m", "map.yaml", "--sandbox", *more, "--json")


def report(desk, summary):
    return desk.folder / summary["report"]


def test_a_run_is_taken_back_and_what_was_done_is_in_its_report(desk):
    run = imported(desk).json
    planned = desk("undo", "last", "--dry-run", "--sandbox")
    assert planned.code == 0
    assert f"Plan to undo {run['run']}: nothing was sent." in planned.out
    done = desk("undo", "last", "--sandbox", "--json")
    assert done.code == 0
    assert done.json["mode"] == "undo"
    assert done.json["undoes"] == [run["run"]]
    assert done.json["undone"] == {"restored": 0, "deactivated": run["sent"]["created"], "kept": 0, "impossible": 0}
    folder = report(desk, done.json)
    with (folder / "undo.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {(line["field"], line["before"], line["outcome"]) for line in lines} == {
        ("status", "inactive", "deactivated"),
        ("phone", "", "deactivated"),
        ("email", "", "deactivated"),
    }
    assert json.loads((folder / "summary.json").read_text())["undone"] == done.json["undone"]
    assert "set inactive" in (folder / "report.html").read_text()
    again = desk("undo", run["run"], "--sandbox")
    assert again.code == 0
    assert "customers restored" in again.out
    listed = desk("runs", "--sandbox", "--json").json["runs"]
    assert [(one["mode"], one["state"]) for one in listed[:2]] == [("run", "undone"), ("undo", "complete")]
    shown = desk("show", done.json["run"], "--sandbox")
    assert "set inactive" in shown.out
    assert "taken back by an undo" in desk("show", run["run"], "--sandbox").out


def test_what_differs_is_shown_and_has_exit_code_3(desk):
    run = imported(desk).json
    same = desk("verify", "last", "--sandbox")
    assert same.code == 0
    assert "Rotor holds what the run left." in same.out
    desk("undo", "last", "--sandbox")
    found = desk("verify", run["run"], "--sandbox", "--json")
    assert found.code == TROUBLED
    assert {one["field"] for one in found.json["differences"]} == {"phone", "email"}
    assert found.json.keys() >= {"run", "customers", "fields", "differences"}
    assert found.json["fields"].keys() == {"equal", "different", "unreadable"}


def test_a_trial_is_a_pause_and_says_what_to_look_at(desk):
    trial = desk("run", "people.csv", "-m", "map.yaml", "--sandbox", "--sample", "1")
    assert trial.code == PAUSED
    assert "Look at these in Rotor" in trial.out
    assert "without --sample" in trial.out + trial.err
    rest = imported(desk)
    assert rest.json["state"] == "complete"
    wrong = desk("run", "people.csv", "-m", "map.yaml", "--sandbox", "--sample", "0")
    assert wrong.code == WRONG


def test_a_safeguard_has_its_exit_code_and_names_the_command(desk):
    first = imported(desk).json["run"]
    desk.put("people.csv", FILE.replace("Ann,", "Anna,"))
    second = imported(desk).json["run"]
    stopped = desk("undo", first, "--sandbox")
    assert stopped.code == SAFEGUARD
    assert f"rotor-import undo {second} {first}" in stopped.err
    assert desk("undo", first, second, "--sandbox").code == 0
    missing = desk("undo", "2001", "--sandbox")
    assert missing.code == WRONG
    assert "There is no run 2001" in missing.err
    assert desk("undo", "--sandbox").code == WRONG
