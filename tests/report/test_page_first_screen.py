"""The first screen of report.html: what happens, what needs a person, when it is done; and that they agree."""

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from drops import Box
from pages import HOSTILE, A, busy, figures, widened

from rotor_import.pipeline.inspect import status
from rotor_import.report.page import PAGE
from rotor_import.report.text import sections

NOV_28 = 1_795_833_000.0  # 2026-11-28T02:30:00Z, 6:30 PM of the day before in California


def test_it_says_date_company_file_mapping_and_that_nothing_was_sent(planned, open_page):
    summary = json.loads((planned.parent / "summary.json").read_text(encoding="utf-8"))
    top = open_page(planned, zone="America/Los_Angeles").tab.locator("body").inner_text()
    first = top[: top.index("Review these first")]
    for text in (
        "Dry run: nothing was sent",
        "Jan 15, 2027, 12:00 AM PST",
        "customers.csv",
        Path(summary["mapping"]).name,
        "Company ",
    ):
        assert text in first, text


def test_its_four_figures_lead_somewhere(planned, open_page):
    page = open_page(planned)
    assert figures(page) == {"To add": "2", "To update": "1", "Need attention": "2", "Done by": "Today"}
    for link in page.tab.locator(".figure").all():
        assert page.tab.locator(link.get_attribute("href")).count() == 1
    page.tab.locator(".figure", has_text="To update").click()
    assert page.shown().count() == 1


def test_thousands_are_separated_in_figures(office, open_page):
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(1200)])
    page = open_page(office.plan().folder / PAGE)
    assert "1,200 customers to add" in page.tab.locator("h1").inner_text()
    assert page.tab.locator(".figure", has_text="To add").inner_text().splitlines()[-1] == "new customers"


def test_rejected_rows_are_among_what_to_review_first(office, open_page):
    office.write([{"key": "1", "phone": A, "first_name": "Nora"}, {"key": "2", "first_name": "Omar"}])
    tab = open_page(office.plan().folder / PAGE).tab
    assert "1 row needs your attention" in tab.locator("h1").inner_text()
    assert "1 rejected" in tab.locator(".issues").inner_text()
    assert "Nothing needs" not in tab.locator("body").inner_text()
    tab.locator(".issue", has_text="rejected").click()
    tab.locator("#rejected").get_by_text("Omar").first.wait_for()


def test_where_nothing_needs_a_person_it_says_so_everywhere(office, open_page):
    office.write([{"key": "1", "phone": A, "first_name": "Nora"}])
    body = open_page(office.plan().folder / PAGE).tab.locator("body").inner_text()
    assert body.count("othing needs your attention") == 2


def test_a_file_without_rows_is_told_as_such(office, open_page):
    office.write([])
    tab = open_page(office.plan().folder / PAGE).tab
    assert "no rows" in tab.locator("h1").inner_text()
    assert "no rows" in tab.locator("#notice").inner_text()
    assert "Nothing else needs your attention" in tab.locator("#first").inner_text()


def test_where_rotors_list_was_not_read_the_first_figure_counts_what_rotor_decides(office, open_page):
    office.write([{"key": "1", "phone": A, "first_name": "Nora"}])
    page = open_page(office.plan(directory="none").folder / PAGE)
    assert page.tab.locator("h1").inner_text().startswith("1 customer to add or update")
    assert figures(page)["To add or update"] == "1"
    page.tab.locator(".figure", has_text="To add or update").click()
    assert page.shown().count() == 1


def test_where_all_rows_are_rejected_nothing_else_is_promised(office, open_page):
    office.write([{"key": "1", "first_name": "Omar"}])
    first = open_page(office.plan().folder / PAGE).tab.locator("#first").inner_text()
    assert "nothing else to send" in first
    assert "is sent without" not in first


def test_requests_that_only_read_rotors_list_are_explained(office, open_page):
    office.write([{"key": "1", "phone": A, "first_name": "Nora"}])
    quota = open_page(office.plan().folder / PAGE).tab.locator("#quota").inner_text()
    assert "2 requests" in quota
    assert "read Rotor's customer list" in quota


def test_a_run_that_a_safeguard_stopped_contradicts_itself_nowhere(office, open_page):
    box = Box(office)
    box.put("one.csv", [{"key": str(at), "email": f"p{at}@example.com"} for at in range(300)])
    box.night()
    box.put("two.csv", [{"key": "1", "email": "p1@example.com", "first_name": "New"}])
    assert box.night().summary["state"] == "stopped"
    *_, page = sorted(office.settings.report_dir.glob(f"*/{PAGE}"))
    tab = open_page(page).tab
    assert "nothing needs your attention" not in tab.locator("h1").inner_text()
    assert "--force" in tab.locator("#notice").inner_text()
    body = tab.locator("body").inner_text()
    assert body.count("--force") == 1
    for wrong in ("Everything went as planned", "can go today", "is sent without them"):
        assert wrong not in body, wrong


def test_a_key_that_many_rows_share_is_one_line_that_leads_to_its_question(office, open_page):
    names = ("Ada", "Bo", "Cy", "Di", "Eve")
    office.mapping.write_text(office.mapping.read_text().replace("on_stranger: merge", "on_stranger: hold"))
    office.write(
        [{"key": name, "email": "noemail@example.com", "first_name": name, "last_name": f"{name}son"} for name in names]
    )
    tab = open_page(office.plan().folder / PAGE).tab
    line = tab.locator(".issue").first
    assert "noemail@example.com" in line.inner_text()
    assert "5 on hold" in line.inner_text()
    line.click()
    card = tab.locator(line.get_attribute("href"))
    card.wait_for()
    assert all(name in card.inner_text() for name in names)
    assert card.locator("input[type=radio]").count() == 4


def test_columns_that_are_not_imported_are_named_on_it(office, open_page):
    office.write([{"phone": A, "first_name": "Ada"}])
    widened(office, 2)
    tab = open_page(office.plan().folder / PAGE).tab
    named = tab.locator("#not-imported")
    assert named.locator("bdi").all_inner_texts() == [f"{HOSTILE[0]} 0", f"{HOSTILE[1]} 1"]
    assert named.bounding_box()["y"] < 900


def test_a_plan_of_many_days_shows_each_day(office, open_page):
    office.settings = replace(office.settings, daily_limit=10)
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(25)])
    outcome = office.plan()
    page = open_page(outcome.folder / PAGE)
    cells = page.tab.locator(".calendar td:not(.none)").all_inner_texts()
    counts = [int(re.split(r"\s+", cell)[-1]) for cell in cells]
    assert len(counts) == outcome.summary["forecast"]["days"]
    forecast = outcome.summary["forecast"]
    assert sum(counts) == forecast["requests"] + forecast["reading"] * (forecast["days"] - 1)
    assert page.tab.locator(".calendar td.last").inner_text().split()[-1] == str(counts[-1])
    assert page.tab.locator(".sums").inner_text().split()[-1] == str(sum(counts))


def test_a_plan_of_many_weeks_lists_them(office, open_page):
    office.settings = replace(office.settings, daily_limit=10)
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(500)])
    outcome = office.plan()
    weeks = open_page(outcome.folder / PAGE).tab.locator("#days tbody tr").all_inner_texts()
    forecast = outcome.summary["forecast"]
    requests = forecast["requests"] + forecast["reading"] * (forecast["days"] - 1)
    assert sum(int(week.split()[-1]) for week in weeks) == requests


@pytest.mark.usefixtures("in_california")
def test_a_pause_says_when_it_goes_on_and_by_which_command_in_the_readers_zone(office, open_page):
    office.hands.at = NOV_28
    office.write([{"key": str(at), "email": f"p{at}@example.com"} for at in range(8)])
    outcome = office.run(daily_limit=6, patience=0)
    assert outcome.summary["state"] == "paused"
    assert outcome.summary["forecast"]["finish_at"] == "2026-11-29T02:30:00+00:00"
    told = [line.remark for part in sections(outcome.summary) for line in part.lines]
    assert any(remark.endswith("done by Nov 28, 2026, 6:30 PM PST") for remark in told)
    forecast = status(replace(office.settings, daily_limit=6), office.world)["forecast"]
    assert forecast["finish_at"] == outcome.summary["forecast"]["finish_at"]
    tab = open_page(outcome.folder / PAGE, zone="America/Los_Angeles").tab
    notice = tab.locator("#notice").inner_text()
    assert "Nov 28, 2026, 6:30 PM PST" in notice
    assert "rotor-import resume" in notice
    assert "Nov 28" in tab.locator(".figure", has_text="Done by").inner_text()


@pytest.fixture
def in_california(monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_a_run_that_is_complete_shows_what_was_added_and_updated(office, open_page):
    busy(office)
    page = open_page(office.run().folder / PAGE)
    assert figures(page) == {"Added": "2", "Updated": "1", "Need attention": "2", "Done by": "Done"}
    assert "2 customers added" in page.tab.locator("h1").inner_text()
