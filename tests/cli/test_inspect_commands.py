"""What was done, and what is pending, as a person asks: `runs`, `show`, `status`, `directory`."""

import json
import re
import shutil
from datetime import datetime

from test_command_line import FILE, SAMPLE, TOP

from rotor_import.model.clock import in_words
from rotor_import.sandbox import Fault, Options, Sandbox, serve


def imported(desk, *more):
    return desk("run", "people.csv", "-m", "map.yaml", "--sandbox", *more, "--json").json


def requests(desk):
    with Sandbox(desk.folder / "data" / "rotor-import" / "sandbox.sqlite") as sandbox:
        return len(sandbox.store.requests())


def test_the_history_says_what_each_run_did_and_costs_nothing(desk):
    first = imported(desk, "--max-requests", "3")
    desk("resume", "--sandbox")
    desk.put("people.csv", FILE + "Cy,Orr,763-555-0102,\nDi,Orr,,no mail\n")
    second = imported(desk)
    before = requests(desk)
    found = desk("runs", "--sandbox", "--json").json
    assert requests(desk) == before
    assert found["older"] == 0
    assert [one["run"] for one in found["runs"]] == [first["run"], second["run"]]
    wanted = {"feed": "map", "mode": "run", "state": "complete", "rows": 4, "created": 1, "updated": 0, "failed": 0}
    assert found["runs"][1].items() >= (wanted | {"requests": 2, "pending": 0, "unknown": 0}).items()
    assert found["runs"][0]["created"] == 2
    assert found["runs"][0]["requests"] == 5
    assert found["runs"][0]["files"] == ["people.csv"]
    lines = desk("runs", "--sandbox").out.splitlines()
    began = in_words(datetime.fromisoformat(found["runs"][1]["started"]).timestamp())
    assert lines[2].split("  ")[1:] == [began, "map", "run", "complete"]
    assert lines[3].strip() == "4 rows: 1 created, 0 updated; 2 requests"
    assert second["run"].startswith(lines[2].split()[0])
    assert max(map(len, lines)) <= 80
    newest = desk("runs", "--sandbox", "--limit", "1").out
    assert "1 older" in newest
    assert len(desk("runs", "--sandbox", "--limit", "0", "--json").json["runs"]) == 2


def test_one_run_is_shown_as_it_stands_now(desk):
    paused = imported(desk, "--max-requests", "3")
    shown = desk("show", "last", "--sandbox", "--json").json
    assert set(shown) >= TOP
    for part in ("run", "state", "files", "rows", "changes", "sent", "directory", "report"):
        assert shown[part] == paused[part], part
    for part in ("requests", "days", "finish"):
        assert shown["forecast"][part] == paused["forecast"][part], part
    text = desk("show", "last", "--sandbox").out
    assert "rotor-import resume" in text
    assert shown["requests"]["used"] == 3
    done = desk("resume", "--sandbox", "--json").json
    shown = desk("show", paused["run"][:8], "--sandbox", "--json").json
    assert (shown["state"], shown["sent"]) == ("complete", done["sent"])
    text = desk("show", paused["run"], "--sandbox").out
    assert f"{paused['run']}: feed map; began" in text.splitlines()[0]
    assert "nothing needs your attention" in text
    assert text.endswith(f"Report: {paused['report']}\n")
    shutil.rmtree(desk.folder / paused["report"])
    assert "no longer exists" in desk("show", "last", "--sandbox").out


def test_rows_that_rotor_refused_are_shown_as_the_run_itself_did(desk):
    with Sandbox(options=Options(faults=(Fault.parse("400:first_name=Bo"),))) as sandbox, serve(sandbox) as url:
        desk.monkeypatch.setenv("ROTOR_API_KEY", "k")
        done = desk("run", "people.csv", "-m", "map.yaml", "--base-url", url, "--json")
        shown = desk("show", "last", "--base-url", url, "--json").json
        line = desk("runs", "--base-url", url, "--json").json["runs"][0]
        text = desk("show", "last", "--base-url", url).out
    assert done.code == 3
    for part in ("rows", "changes", "sent", "requests"):
        assert shown[part] == done.json[part], part
    assert (line["created"], line["failed"]) == (1, 1)
    assert re.search(r"Refused +1 .*rejects.csv", text)


def test_a_dry_run_is_shown_from_its_report(desk):
    plan = desk("plan", "people.csv", "-m", "map.yaml", "--sandbox", "--json").json
    shown = desk("show", plan["run"][:20], "--sandbox")
    assert shown.code == 0
    assert "Dry run of people.csv: nothing was sent." in shown.out
    assert desk("runs", "--sandbox", "--json").json == {"runs": [], "older": 0}
    (desk.folder / plan["report"] / "summary.json").write_text('{"mode": "plan"}')
    assert "There is no run" in desk("show", plan["run"], "--sandbox").err


def test_a_run_that_is_not_there_or_not_the_only_one_is_told_in_words(desk):
    assert "No runs yet" in desk("runs", "--sandbox").out
    nobody = desk("show", "last", "--sandbox")
    assert (nobody.code, "This ledger has no runs" in nobody.err) == (2, True)
    first = imported(desk)
    desk.put("people.csv", FILE + "Cy,Orr,763-555-0102,\n")
    second = imported(desk)
    many = desk("show", "2", "--sandbox")
    assert many.code == 2
    assert f"2 could be {first['run']}, {second['run']}" in many.err
    missing = desk("show", "1999", "--sandbox", "--json")
    assert missing.code == 2
    assert missing.json["error"]["code"] == 2
    assert "There is no run 1999" in missing.err
    assert "ROTOR_API_KEY" in desk("runs").err


def test_status_is_a_table_of_quota_pending_held_and_the_finish(desk):
    desk.put("people.csv", FILE + "Cy,Orr,(763) 555-0100,bo@example.com\n")
    imported(desk, "--max-requests", "3")
    text = desk("status", "--sandbox").out
    for words in (
        r"Requests used +3  in",
        r"left +997  of 1000",
        r"Customers to send +1  can be done today; to go on: rotor-import\s+resume",
        r"on hold +1  .*review.csv",
    ):
        assert re.search(words, text), words
    assert re.search(r"map +paused +1 +1 +[A-Z]\w\w \d+, 20\d\d, \d+:\d\d [AP]M \S+ +people.csv", text)
    assert max(map(len, text.splitlines())) <= 80
    assert "Nothing has been imported" in desk("status", "--sandbox", "--ledger", "other.sqlite").out


def test_the_directory_is_read_once_and_then_good_for_an_import(desk):
    imported(desk)
    read = desk("directory", "--sandbox", "--json").json
    assert (read["customers"], read["requests"]["used"], read["requests"]["get"]) == (2, 1, 1)
    assert "Customers" in desk("directory", "--sandbox").out
    before = requests(desk)
    plan = desk("plan", "people.csv", "-m", "map.yaml", "--sandbox", "--directory-max-age", "900", "--json").json
    assert requests(desk) == before
    assert (plan["directory"]["complete"], plan["changes"]["unchanged"]) == (True, 2)


def test_a_key_that_may_not_list_customers_is_told_so(desk):
    with Sandbox(options=Options(keys={"k": frozenset({"customers:write"})})) as sandbox, serve(sandbox) as url:
        refused = desk("directory", "--base-url", url, ROTOR_API_KEY="k")
    assert refused.code == 5
    assert "customers:read" in refused.err


def test_a_resume_without_anything_pending_says_only_that(desk):
    imported(desk)
    done = desk("resume", "--sandbox")
    assert (done.code, done.out.splitlines()[0]) == (0, "Nothing is pending.")
    assert "Rows" not in done.out


def test_the_workbook_is_an_option_and_an_environment_variable(desk):
    made = desk("plan", SAMPLE, "-m", "jobber", "--sandbox", "--xlsx", "--json").json
    assert (desk.folder / made["report"] / "report.xlsx").is_file()
    made = desk("plan", "people.csv", "-m", "map.yaml", "--sandbox", "--json", ROTOR_IMPORT_XLSX="1").json
    assert (desk.folder / made["report"] / "report.xlsx").is_file()
    assert json.loads((desk.folder / made["report"] / "summary.json").read_text())["run"] == made["run"]
