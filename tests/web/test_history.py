"""The history: which imports there were, what waits, and the files of their reports, and no others."""

import os
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from browser import fits
from plans import HEAD, customers, over, planned, words
from windows import Computer

from rotor_import.report.page import PAGE
from rotor_import.sync import sync


def imported(running, client, content, to="rotor", name="clients.csv"):
    """The run's ID."""
    planned(running, client, content, to, name)
    client.post("/import/start")
    over(running)
    return running.workspace.desk.now.run


def listed(client, where="/history"):
    """The runs of the page, the newest first: what each line says."""
    html = client.get(where).text
    return [words(line) for line in re.findall(r"<tr[^>]* data-run=.*?</tr>", html, re.DOTALL)]


def test_without_an_import_it_says_what_will_be_here(client):
    page = words(client.get("/history").text)
    assert "No imports yet" in page
    assert "rotor-import sync" in page


def test_runs_are_listed_newest_first_with_what_came_of_them(running, client, rotor):
    imported(running, client, customers(3), name="first.csv")
    rotor.hands.at += 60
    imported(running, client, customers(4) + "No,Key,,,,\n", name="second.csv")
    newest, oldest = listed(client)
    assert re.search(r"second\.csv 1 0 1 Done", newest)
    assert re.search(r"first\.csv 3 0 0 Done", oldest)
    assert "waiting" not in words(client.get("/history").text)


def test_the_sandbox_and_rotor_have_histories_of_their_own(running, client):
    imported(running, client, customers(2), to="rotor", name="real.csv")
    imported(running, client, customers(2), to="sandbox", name="practice.csv")
    assert ["practice.csv" in line for line in listed(client)] == [True]
    planned(running, client, customers(2), to="rotor")
    assert ["real.csv" in line for line in listed(client)] == [True]


def test_without_a_key_it_says_so_in_words(serve, tmp_path, rotor):
    with serve(Computer(tmp_path, rotor, key="")).client() as client:
        answer = client.get("/history")
        assert (answer.status_code, "No API key" in answer.text) == (200, True)
        assert client.get("/reports/20260101T000000-abc123/report.html").status_code == 404


def test_a_ledger_that_cannot_be_read_says_so_in_words(running, client):
    Path(running.workspace.settings.ledger).write_text("no ledger" * 1000)
    answer = client.get("/history")
    assert (answer.status_code, "The history can't be read" in words(answer.text)) == (200, True)


def test_what_waits_is_named_with_when_it_can_resume(serve, tmp_path, rotor):
    running = serve(Computer(tmp_path, rotor, daily_limit=5, patience=0.0))
    with running.client() as client:
        imported(running, client, customers(10))
        page = client.get("/history").text
        (line,) = listed(client)
        left = int(re.search(r"(\d+) still to send", line)[1])
        assert 0 < left < 10
        assert f"{left} customers are waiting clients.csv can resume after " in words(page)
        assert 'data-post="/import/resume"' in page
        rotor.hands.at += 25 * 60 * 60
        assert "clients.csv can resume now" in words(client.get("/history").text)


@pytest.fixture
def nightly(computer, rotor):
    """Makes a sync of a folder with these files."""

    def made(content, name):
        drop = computer.folder / "drop"
        drop.mkdir(exist_ok=True)
        (drop / name).write_text(content)
        mapping = computer.folder / "nightly.yaml"
        mapping.write_text("version: 1\nfields: {first_name: First name, phone: Phone, email: Email}\n")
        return sync(drop, mapping, computer.settings, world=computer.workspace().jobs.world)

    return made


def test_nightly_imports_are_listed_with_their_state_and_what_is_wrong(running, client, nightly):
    nightly(customers(20), "clients-1.csv")
    page = words(client.get("/history").text)
    assert re.search(r"nightly clients-1\.csv .* Up to date", page)
    nightly(customers(1), "clients-2.csv")  # far fewer rows: a safeguard stops it
    page = words(client.get("/history").text)
    assert re.search(r"nightly clients-1\.csv .* Stopped", page)
    assert "clients-2.csv" in page


def test_a_reports_page_is_served_with_a_policy_of_its_own_hashes(running, client):
    run = imported(running, client, customers(2))
    answer = client.get(f"/reports/{run}/{PAGE}")
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy.pop("style-src"))
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy.pop("script-src"))
    assert set(policy) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert set(policy.values()) == {"'none'"}
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_that_names_other_sources_gets_no_more_than_hashes(running, client):
    run = imported(running, client, customers(2))
    path = running.workspace.settings.report_dir / run / PAGE
    evil = "default-src *; script-src 'unsafe-inline' https://evil.example; style-src *"
    path.write_text(f'<meta http-equiv="Content-Security-Policy" content="{evil}"><script>alert(1)</script>')
    policy = client.get(f"/reports/{run}/{PAGE}").headers["content-security-policy"]
    assert policy == "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def test_tables_are_downloads_of_known_runs(running, client):
    run = imported(running, client, customers(2) + "No,Key,,,,\n")
    plan = running.workspace.desk.now.plan
    page = client.get("/history").text
    for name in ("results.csv", "rejects.csv", "review.csv", "rows.csv", "quality.csv"):
        assert f'href="/reports/{run}/{name}"' in page
        answer = client.get(f"/reports/{run}/{name}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert answer.content == (running.workspace.settings.report_dir / run / name).read_bytes()
        assert client.get(f"/reports/{plan}/{name}").status_code == 200  # the dry run on the desk
    assert client.get(f"/reports/{run[:-1]}/rows.csv").status_code == 404


STRANGE = [
    "..",
    "%2e%2e",
    "..%2f..%2fledger.sqlite",
    "%2e%2e%2fimport.json",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "rows.csv%00",
    "rows.csv%00.html",
    "ROWS.CSV",
    "cells.csv",
    "people.csv",
    "rows.csv/",
    ".",
    "",
    "%5c..%5crows.csv",
    "rejects-1.csv",
    "rejects-02.csv",
    "rejects-2.csv%0a",
]


@pytest.mark.parametrize("where", ["run", "plan", "folder"])
def test_no_other_file_is_served(running, client, where):
    run = imported(running, client, customers(2))
    folder = running.workspace.settings.report_dir
    (folder / run / "secret.txt").write_text("secret")
    (folder / "not-a-run").mkdir()
    (folder / "not-a-run" / "rows.csv").write_text("secret")
    named = {"run": run, "plan": running.workspace.desk.now.plan, "folder": "not-a-run"}[where]
    for name in [*STRANGE, "secret.txt", *(["rows.csv"] if where == "folder" else [])]:
        assert raw(client, f"/reports/{named}/{name}").status_code in (404, 307), name
    for runs in (
        "..",
        "%2e%2e",
        "%00",
        f"{named}%00",
        "",
        ".",
        f"..%2freports%2f{named}",
        str(folder).replace("/", "%2f"),
    ):
        assert raw(client, f"/reports/{runs}/rows.csv").status_code in (404, 307), runs


def raw(client, path):
    """What is sent is exactly this path: no client takes its dots away."""
    url = httpx.URL(client.http.base_url).copy_with(raw_path=path.encode())
    return client.http.send(httpx.Request("GET", url, headers=client.http.headers, cookies=client.http.cookies))


def test_a_link_that_stands_in_a_reports_folder_is_not_followed(running, client, tmp_path):
    run = imported(running, client, customers(2))
    folder = running.workspace.settings.report_dir / run
    secret = tmp_path / "secret.csv"
    secret.write_text("secret")
    (folder / "rows.csv").unlink()
    (folder / "rows.csv").symlink_to(secret)
    (folder / "quality.csv").unlink()
    os.mkfifo(folder / "quality.csv")
    assert [client.get(f"/reports/{run}/{name}").status_code for name in ("rows.csv", "quality.csv")] == [404, 404]
    moved = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(moved)
    assert client.get(f"/reports/{run}/results.csv").status_code == 404


def test_a_report_that_is_gone_is_told_in_words(running, client):
    run = imported(running, client, customers(2))
    (running.workspace.settings.report_dir / run).rename(running.workspace.settings.report_dir / "away")
    assert "not there any more" in listed(client)[0]
    answer = client.get(f"/reports/{run}/{PAGE}")
    assert (answer.status_code, "There is no such report" in answer.text) == (404, True)


def test_in_a_window_it_opens_a_report_that_works_and_breaks_no_rule(computer, serve, open_window, rotor, nightly):
    settings = computer.settings
    computer.settings = replace(settings, daily_limit=14, patience=0.0)
    running = serve()
    window = open_window(running)
    window.visit("/history")
    assert window.accessible() == []  # empty
    nightly(customers(5), "clients-<b>1.csv")
    window.visit("/file").planned(
        computer.file("<img src=x onerror=alert(1)>.csv", HEAD + customers(30).partition("\n")[2]), to="rotor"
    )
    window.visit("/import").tab.click("[data-action=start]")
    window.until("paused")
    for scheme in ("light", "dark"):
        window.tab.emulate_media(color_scheme=scheme)
        for width in (1280, 390, 320):
            window.tab.set_viewport_size({"width": width, "height": 900})
            window.visit("/history")
            window.tab.locator("summary").first.click()
            assert fits(window)
            if width > 320:
                assert window.accessible() == []
    window.tab.set_viewport_size({"width": 1280, "height": 900})
    window.visit("/history")
    with window.tab.expect_download() as kept:
        window.tab.locator("summary").first.click()
        window.tab.get_by_role("link", name="What became of each row").first.click()
    assert kept.value.suggested_filename == "rows.csv"
    with window.tab.expect_navigation():
        window.tab.get_by_role("link", name="Open the report").first.click()
    window.tab.locator("#find").fill("Pat1")  # its script runs, and its style is there
    assert "lines" in window.tab.locator("#found").inner_text()
    assert window.tab.evaluate("getComputedStyle(document.querySelector('.tabs')).position") == "sticky"
    assert window.quiet()
