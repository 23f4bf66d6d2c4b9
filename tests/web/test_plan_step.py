"""The plan as the page shows it: what would happen, who needs a person, and why there is no plan."""

import json
import os
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import httpx
import pytest
from plans import BUSY, HEAD, IN_ROTOR, Before, again, chosen, customers, figure, next_step, over, planned, state, words
from transports import Between
from windows import Computer

from rotor_import.report.text import clauses
from rotor_import.web import plan_shown


@pytest.fixture
def busy(running, client, rotor):
    """Of everything something: add, update, unchanged, on hold, rejected, merged."""
    rotor.seed(IN_ROTOR)
    return planned(running, client, BUSY)


def test_the_figures_are_the_summarys_and_lead_to_what_they_count(running, busy):
    summary = running.workspace.plan_summary()
    changes = summary["changes"]
    assert min(changes["create"], changes["update"], changes["unchanged"], summary["rows"]["rejected"]) > 0
    assert summary["rows"]["held"] > 0
    wanted = {name: changes[name] for name in ("create", "update", "unchanged")}
    wanted |= {"review": sum(summary["review"].values()), "rejected": summary["rows"]["rejected"]}
    assert {name: figure(busy, name) for name in wanted} == {name: str(count) for name, count in wanted.items()}
    links = {"create": "/plan?fate=create#customers", "update": "/plan?fate=update#customers"}
    links |= {"review": "/review", "rejected": "/review#fix", "unchanged": "/plan?fate=unchanged#customers"}
    for name, href in links.items():
        assert re.search(rf'href="{re.escape(href)}">(?:(?!</a>).)*data-figure="{name}"', busy, re.DOTALL), name
    assert all(clause in words(busy) for clause in clauses(summary))
    assert (state(busy), next_step(busy)) == ("planned", "/review")


def test_what_needs_a_person_is_listed_with_links_into_the_page(client, busy):
    hrefs = re.findall(r'class="issue [a-z]+" href="([^"]*)"', busy)
    assert "/review#fix" in hrefs
    assert any(href.startswith(("/review#q-", "/review#kind-")) for href in hrefs)
    assert all(client.get(href.partition("#")[0]).status_code == 200 for href in hrefs)


def test_each_customer_is_beside_its_rows_with_what_changes_and_what_is_dropped(client, busy):
    def unfolded(query):
        return words(client.get(f"/plan/lines?q={query}").text)

    ada = unfolded("ada")
    assert "Update" in ada
    assert "Company name blank becomes Ray & Sons" in ada
    assert "From row 2 " in ada
    eve = unfolded("eve")
    assert "From 2 rows" in eve
    assert "Dropped when the rows were merged" in eve
    assert "e1@example.com of row 6; kept: e2@example.com" in eve
    assert "Answer the question" in unfolded("which")
    assert "Fix this row" in unfolded("row 5")
    assert "Nothing changes" in unfolded("cy@example.com")


def test_it_goes_on_to_the_import_where_nobody_is_needed(running, client):
    page = planned(running, client, customers(3))
    assert (next_step(page), "Nothing needs your attention." in page) == ("/import", True)


def test_pages_add_up_and_a_page_beyond_the_last_one_is_the_last_one(running, client):
    planned(running, client, customers(123))
    lines = [re.findall(r'data-line="(\d+)"', client.get(f"/plan/lines?page={page}").text) for page in (1, 2, 3)]
    assert [len(page) for page in lines] == [50, 50, 23]
    assert [line for page in lines for line in page] == [str(at) for at in range(123)]
    for odd in ("4", "999999999999999999", "-1", "x", "²", "0"):
        shown = re.findall(r'data-line="(\d+)"', client.get(f"/plan/lines?page={odd}").text)
        assert shown in (lines[0], lines[2])
    assert "123 found, 51 to 100 shown." in words(client.get("/plan?page=2").text)
    assert "1 found." in words(client.get("/plan?q=person77@example.com").text)
    assert "Nothing found for" in words(client.get("/plan?q=nobody+here").text)


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }}", "%00", "\u202eevil", "x" * 5000]
)
def test_a_hostile_query_finds_nothing_and_does_nothing(running, client, query):
    planned(running, client, customers(2))
    answer = client.http.get("/plan", params={"q": query, "fate": query, "page": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


def changed(running, more):
    """Somebody changes the mapping, in an editor."""
    mapping = Path(running.workspace.desk.now.mapping)
    mapping.write_text(mapping.read_text() + more)


def test_a_plan_that_something_was_changed_since_is_out_of_date(running, client):
    planned(running, client, customers(3))
    changed(running, "# another\n")
    page = client.get("/plan").text
    assert (state(page), next_step(page), "This plan is out of date" in page) == (None, None, True)
    page = again(running, client)
    assert (state(page), next_step(page)) == ("planned", "/import")


def test_a_plan_whose_report_is_gone_is_made_again(running, client):
    planned(running, client, customers(3))
    shutil.rmtree(running.workspace.plan_folder())
    page = client.get("/plan").text
    assert (state(page), next_step(page), "The plan is gone" in page) == (None, None, True)
    assert client.get("/plan/lines").status_code == 410
    assert state(again(running, client)) == "planned"


def test_a_damaged_report_is_made_again(running, client):
    planned(running, client, customers(3))
    folder = running.workspace.plan_folder()
    (folder / "rows.csv").write_text("this,is\nno,report\n")
    os.utime(folder / "summary.json", ns=(1, 1))  # it was read before
    page = client.get("/plan").text
    assert (state(page), "The plan is gone" in page) == (None, True)


def test_a_file_that_is_gone_says_so_and_its_plan_is_out_of_date(running, client):
    planned(running, client, customers(3))
    Path(running.workspace.desk.now.file).unlink()
    assert state(client.get("/plan").text) is None
    assert "isn't there any more" in client.post("/plan/again").json()["error"]


def failed(page, title, href):
    """The page says what is wrong and where to go, and starts nothing."""
    assert (state(page), next_step(page)) == (None, None)
    notice = unescape(re.search(r'<div class="notice stop">.*', page)[0])
    assert title in notice
    assert (f'href="{href}"' in notice) == bool(href)
    assert "Plan again" in page


def test_a_wrong_mapping_leads_to_the_columns(running, client):
    chosen(client, customers(3))
    changed(running, "fields: [\n")
    failed(again(running, client), "The columns need another look", "/columns")


def test_a_refused_key_leads_to_the_file(running, client):
    jobs = running.workspace.jobs
    chosen(client, customers(3))
    jobs.world = replace(jobs.world, transport=Refusing(jobs.world.transport))
    failed(again(running, client), "Rotor doesn't accept the API key", "/file")


class Refusing(Between):
    """A Rotor that knows no key."""

    def handle_request(self, _request):
        return httpx.Response(401, json={"error": {"code": "unauthorized", "message": "Invalid API key"}})


def test_a_quota_that_is_used_up_says_when_there_is_some_again(serve, tmp_path, rotor):
    running = serve(Computer(tmp_path, rotor, daily_limit=1))
    with running.client() as client:
        page = planned(running, client, customers(3))
        failed(page, "Today's requests are used up", "")
        assert re.search(r"Plan again after [A-Z][a-z]{2} \d+, \d{4}, \d+:\d\d [AP]M", words(page))


def test_an_older_plan_is_not_shown_in_place_of_one_that_failed(running, client):
    planned(running, client, customers(3))
    changed(running, "fields: [\n")
    page = again(running, client)
    assert "3 customers to add" not in words(page)
    assert next_step(page) is None


def test_the_same_file_again_has_nothing_to_send(running, client):
    planned(running, client, customers(3))
    client.post("/import/start")
    over(running)
    assert "This plan was imported" in client.get("/plan").text
    page = planned(running, client, customers(3))
    assert (figure(page, "unchanged"), figure(page, "create")) == ("3", "0")
    assert "Nothing to send" in words(page)
    assert next_step(page) == "/import"


def test_rows_that_are_all_rejected_leave_nothing_to_send(running, client):
    page = planned(running, client, f"{HEAD}Ada,,,,,\nBo,,,12,no,\n")
    assert (figure(page, "rejected"), figure(page, "create"), next_step(page)) == ("2", "0", "/review")
    assert "There is nothing else to send." in words(page)


def test_a_file_that_was_emptied_meanwhile_says_so(running, client):
    planned(running, client, customers(3))
    Path(running.workspace.desk.now.file).write_text(HEAD)
    assert "no rows in the file" in words(again(running, client))


def test_without_rotors_list_it_says_that_rotor_decides(serve, tmp_path, rotor):
    running = serve(Computer(tmp_path, rotor, directory="none"))
    with running.client() as client:
        page = planned(running, client, customers(3))
        assert (figure(page, "undecided"), figure(page, "create")) == ("3", "0")
        assert "Rotor decides" in page
        assert "Rotor's list wasn't read" in words(page)


def test_large_figures_have_their_groups_and_the_days_have_a_calendar(running, client):
    planned(running, client, customers(3))
    path = running.workspace.plan_folder() / "summary.json"
    summary = json.loads(path.read_text())
    summary["changes"] |= {"create": 1_234_567, "update": 10**30}
    summary["forecast"] |= {"requests": 2500, "days": 3, "finish_at": "2026-12-01T12:00:00+00:00"}
    path.write_text(json.dumps(summary))
    page = client.get("/plan").text
    assert '<span class="num"><b>1</b><b>234</b><b>567</b></span>' in page
    assert (figure(page, "create"), figure(page, "update")) == ("1234567", "1" + 30 * "0")
    assert '<table class="calendar">' in page


def test_the_report_is_read_once(running, client, monkeypatch):
    planned(running, client, customers(3))
    read = []
    monkeypatch.setattr(plan_shown, "read_frames", read.append)
    assert [client.get(f"/plan/lines?q={at}").status_code for at in range(3)] == [200, 200, 200]
    assert read == []


def test_planning_can_be_stopped_between_two_pages_of_rotors_list(running, client, rotor):
    rotor.seed({"email": f"p{at}@example.com"} for at in range(2500))
    chosen(client, customers(3))
    jobs = running.workspace.jobs
    jobs.world = replace(jobs.world, transport=Before(jobs.world.transport, lambda: client.post("/plan/stop")))
    page = again(running, client)
    assert "You stopped it. Nothing was sent." in page
    assert sum("customers" in request.path for request in rotor.requests()) < 3
