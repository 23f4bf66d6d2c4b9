"""What is answered on the review step is what review.csv would have said, without a browser."""

import csv
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from questions import FIRST_WRONG, ROWS, content
from rotor import Rotor
from windows import Computer, Running

from rotor_import import plan_import, run_import
from rotor_import.model.clock import Clock
from rotor_import.pipeline import World

TIMES = ("_at", "seen", "token", "summary", "report", "content", "hash", "files")
"""Columns that hold when it was, or where."""
NAMES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{8}T\d{6}-[0-9a-f]{6}")


def over(running):
    jobs, number = running.workspace.jobs, -1
    while (job := jobs.wait(number, 60)) is not None and not job.is_over:
        number = job.number
    assert job is None or not job.error


def planned(running, client, text, to="rotor"):
    client.upload("clients.csv", text)
    client.post("/file/next", to=to)
    client.get("/columns")
    client.post("/columns/next")
    over(running)


def again(running, client):
    answer = client.post("/review/next").json()
    over(running)
    return answer


def lines(folder):
    with (folder / "review.csv").open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def said(page, name):
    """The text of the first element with this attribute."""
    found = re.search(rf"<(\w+)[^>]* {name}[^>]*>(.*?)</\1>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[2])).strip()


def ledger(path):
    """All its tables, with the names that are drawn at random numbered by their first appearance in a fixed order."""
    with closing(sqlite3.connect(path)) as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in sorted(tables):
            columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in columns if not name.endswith(TIMES)]
            names = ", ".join(f'"{name}"' for name in kept)
            rows = base.execute(f"SELECT {names} FROM {table}").fetchall()  # noqa: S608 - the names are the ledger's own
            found[table] = sorted(NAMES.sub("name", repr(row)) for row in rows)
    return found


WORDS = {"conflict": ("use A", "use B", "skip"), "stranger": ("separate",), "household": ("same", "separate")}


def word(at, line):
    return WORDS[line["kind"]][at % len(WORDS[line["kind"]])]


@pytest.fixture
def twins(tmp_path):
    """Two computers alike, each with a Rotor of its own."""
    made = []
    for name in ("page", "line"):
        (tmp_path / name).mkdir()
        rotor = Rotor()
        rotor.seed([{"phone": "(763) 555-0177", "first_name": "Old"}])
        made.append(Computer(tmp_path / name, rotor, concurrency=1))
    with made[0].rotor.sandbox, made[1].rotor.sandbox:
        yield made


def test_decisions_of_the_page_leave_the_ledger_that_review_csv_leaves(twins):
    page, line = twins
    running = Running(page.workspace())
    try:
        with running.client() as client:
            planned(running, client, content())
            asked = lines(running.workspace.plan_folder())
            assert {one["kind"] for one in asked} == set(WORDS)
            for at, one in enumerate(asked):
                answer = client.post("/review/answer", question=one["question"], word=word(at, one))
                assert answer.status_code == 200, answer.text
            assert again(running, client) == {"go": "/plan"}
            client.post("/import/start")
            over(running)
            mapping = running.workspace.desk.now.mapping
            own = running.workspace.desk.decisions
    finally:
        running.end()
    hands = line.rotor.hands
    world = World(Clock(hands.now, hands.sleep), lambda: 0.0, line.rotor.transport())
    file = line.file("clients.csv", content())
    first = plan_import([file], mapping, line.settings, world)
    given = line.folder / "given.csv"
    rows = lines(first.folder)
    assert [one["question"] for one in rows] == [one["question"] for one in asked]
    with given.open("w", newline="", encoding="utf-8-sig") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({**one, "decision": word(at, one)} for at, one in enumerate(rows))
    settings = replace(line.settings, decisions=given)
    plan_import([file], mapping, settings, world)
    report = run_import([file], mapping, settings, world)
    assert f"Decisions applied: {len(rows)} of {len(rows)}." in report.summary["notes"]
    page_ledger, line_ledger = ledger(page.settings.ledger), ledger(line.settings.ledger)
    for table in page_ledger:
        if table != "meta":  # each has a salt of its own
            assert page_ledger[table] == line_ledger[table], table
    names = ("first_name", "last_name", "phone", "email", "notes")
    held = [sorted(repr([one.get(name) for name in names]) for one in each.rotor.customers()) for each in twins]
    assert held[0] == held[1]
    assert own.is_file()


def test_answers_stay_listed_after_planning_again_can_be_changed_and_refused_ones_are_told(running, client):
    planned(running, client, content(ROWS))
    asked = lines(running.workspace.plan_folder())
    conflict, household = (next(one for one in asked if one["kind"] == kind) for kind in ("conflict", "household"))
    client.post("/review/answer", question=conflict["question"], word="use A")
    state = client.post("/review/answer", question=household["question"], word="separate").json()["state"]
    assert state["next"] == "Plan again with 2 answers"
    assert again(running, client) == {"go": "/plan"}
    page = client.get("/review").text
    assert said(page, "data-head") == f"{len(asked)} questions, 2 answered"
    assert said(page, 'data-action="next"') == "Next: import"
    assert conflict["question"] not in {one["question"] for one in lines(running.workspace.plan_folder())}
    assert f'data-question="{conflict["question"]}"' in page
    state = client.post("/review/answer", question=conflict["question"], word="skip").json()["state"]
    assert state["next"] == "Plan again with 1 answer"
    again(running, client)
    assert running.workspace.plan_summary()["rows"]["left_out"] == 1
    assert client.post("/review/next").json() == {"go": "/import"}


def test_a_decision_that_was_not_applied_is_told_on_its_card_until_it_is_another(running, client):
    planned(running, client, content(ROWS))
    first = lines(running.workspace.plan_folder())[0]
    client.post("/review/answer", question=first["question"], word="create")
    again(running, client)
    why = "its phone and email belong to other customers"
    assert list(running.workspace.plan_summary()["refused"]) == [first["question"]]
    assert said(client.get("/review").text, 'class="fault"').startswith(f"Your answer wasn't applied: {why}")
    client.post("/review/answer", question=first["question"], word="skip")
    assert why not in client.get("/review").text


def test_rows_are_fixed_beside_the_file_which_stays_as_it_is(running, client):
    planned(running, client, content(titles="Customers of Fort Worth\n\n"))
    desk, row = running.workspace.desk, FIRST_WRONG + 2
    file, before = desk.corrections.with_name("clients.csv"), content(titles="Customers of Fort Worth\n\n")
    fixed = client.post("/review/fix", file=0, row=row, column="Phone", value=" (763) 555-0111 ").json()
    assert fixed["row"]["tag"][1] == "Fixed"
    assert fixed["row"]["fields"]["Phone"] == {"fault": "", "was": "call the office"}
    assert "it will be left out" in fixed["row"]["fields"]["Email"]["fault"]
    assert fixed["state"]["next"] == "Plan again with 1 fixed cell"
    wrong = client.post("/review/fix", file=0, row=row + 1, column="Email", value="nobody@").json()["row"]
    assert (wrong["tag"][1], wrong["fields"]["Email"]["was"]) == ("Needs one of them", "")
    assert wrong["fields"]["Email"]["fault"].startswith("not a valid email address")
    client.post("/review/fix", file=0, row=row + 1, column="Email", value="")
    with desk.corrections.open(newline="", encoding="utf-8-sig") as lines_:
        assert list(csv.reader(lines_))[1:] == [[str(row), "Phone", "call the office", "(763) 555-0111"]]
    again(running, client)
    assert running.workspace.plan_summary()["rows"]["rejected"] == 13
    assert "Corrections used: 1 of 1." in running.workspace.plan_summary()["notes"]
    assert file.read_text() == before
    assert "1 cell corrected before" in client.get("/review").text
    client.post("/review/put-back", file="", row=row, column="Phone")
    assert not desk.corrections.exists()


ODD = ("9" * 5000, "9" * 25, -1, "²", "\uff11", 1.5, True, [1])
"""What is the number of no row and no file."""


def test_a_cell_that_is_too_long_is_refused_in_words_and_never_cut(running, client):
    planned(running, client, content())
    place = {"file": 0, "row": FIRST_WRONG, "column": "Phone"}
    answer = client.post("/review/fix", **place, value="1" * 10_001)
    assert (answer.status_code, "at most 10,000 characters" in answer.json()["error"]) == (400, True)
    assert not running.workspace.desk.corrections.exists()
    assert client.post("/review/fix", **place, value=" " + "1" * 10_000).status_code == 200


@pytest.mark.parametrize("path", ["/review?kind=conflict&", "/review/cards?kind=conflict&", "/review/rejects?"])
def test_a_place_in_a_list_that_cannot_be_is_the_first_one_or_the_last(running, client, path):
    planned(running, client, content())
    for odd in ODD:
        assert client.http.get(f"{path}from={odd}").status_code == 200


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ("/review/answer", {"question": "nobody-0123456789abcdef", "word": "same"}),
        ("/review/answer", {"question": ["x"], "word": {"y": 1}}),
        ("/review/answer-all", {"kind": "conflict", "word": "separate"}),
        ("/review/fix", {"file": "../x", "row": 3, "column": "Phone", "value": "1"}),
        ("/review/fix", {"file": 0, "row": 3, "column": "Phone", "value": "1"}),
        ("/review/fix", {"file": 9, "row": FIRST_WRONG, "column": "Phone", "value": "1"}),
        ("/review/fix", {"file": 0, "row": FIRST_WRONG, "column": "No such", "value": "1"}),
        *(("/review/fix", {"file": 0, "row": odd, "column": "Phone", "value": "1"}) for odd in ODD),
        *(("/review/fix", {"file": odd, "row": FIRST_WRONG, "column": "Phone", "value": "1"}) for odd in ODD),
        *(("/review/put-back", {"file": "", "row": odd, "column": "Phone"}) for odd in ODD),
    ],
)
def test_what_the_page_does_not_offer_is_refused_in_words(running, client, where, values):
    planned(running, client, content())
    answer = client.post(where, **values)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("Reload this page.")
    assert not running.workspace.desk.decisions.exists()
    assert not running.workspace.desk.corrections.exists()


def test_a_row_that_could_not_be_read_says_so(running, client):
    planned(running, client, content([ROWS[0]]) + "Max,Odd,nobody,,,,,,,too many\nEve,Ok,(763) 555-0155,,,,\n")
    assert running.workspace.plan_summary()["rows"]["rejected"] == 1
    page = client.get("/review").text
    assert "Can&#39;t be fixed here" in page
    assert "Fix this row in the file itself" in page


def test_where_nothing_needs_attention_the_step_says_so(running, client):
    planned(running, client, content(ROWS[:2]))
    page = client.get("/review").text
    assert "Nothing needs your attention" in page
    assert client.post("/review/next").json() == {"go": "/import"}
