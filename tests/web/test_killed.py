"""The page's program, really killed while it sends, and opened again."""

import csv
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from driven import program

from rotor_import.sandbox import Options, Sandbox, serve

sys.path.append(str(Path(__file__).parents[1] / "crash"))

from test_kills import Tripwire, kill_after, let_time_pass

PEOPLE = 40


def write(path):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["First name", "Last name", "Email"])
        writer.writerows([f"Pat{at}", "Smith", f"person{at}@example.com"] for at in range(PEOPLE))


def test_killed_in_the_middle_of_sending_and_opened_again_it_goes_on_and_nobody_is_lost_or_doubled(tmp_path):
    file, ledger = tmp_path / "clients.csv", tmp_path / "ledger.sqlite"
    write(file)
    with Sandbox(options=Options(daily_limit=10**6)) as sandbox:
        wire = Tripwire(sandbox)
        with serve(wire) as url:
            options = ("--base-url", url, "--ledger", str(ledger), "--concurrency", "1")
            with program(tmp_path, *options, ROTOR_API_KEY="any") as (process, page):
                page.upload(file)
                assert page.post("/file/next", to="rotor") == {"go": "/columns"}
                page.get("/columns")
                assert page.post("/columns/next") == {"go": "/plan"}
                page.until("planned", path="/plan")
                wire.arm(PEOPLE // 2)
                assert page.post("/import/start") == {"go": "/import"}
                assert kill_after(process, wire)
            assert 0 < len(sandbox.store.all()) < PEOPLE
            let_time_pass(ledger)
            with program(tmp_path, *options, ROTOR_API_KEY="any") as (_, page):
                assert page.first.url.path == "/import"
                assert page.state() == "paused"
                page.post("/import/start")
                page.until("complete")
        assert sorted(one["email"] for one in sandbox.store.all()) == sorted(
            f"person{at}@example.com" for at in range(PEOPLE)
        )
        posts = sum(request.method == "POST" for request in sandbox.store.requests())
        assert PEOPLE <= posts <= PEOPLE + 1  # the one that was under way
    with closing(sqlite3.connect(ledger)) as found:
        assert found.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    assert not list((tmp_path / "data").rglob(file.name))  # the upload is gone once nobody needs it
