"""The page's program: how it begins, that there is one for a desk, and that it ends safely and in words."""

import json
import os
import signal
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from driven import LONGEST, program
from program import PROGRAM, clean
from test_import_step import Transport, over, planned, state

from rotor_import.cli import open_command
from rotor_import.errors import SettingsError
from rotor_import.web import another
from rotor_import.web.server import Served

PEOPLE = "Phone,Name\n763 555 0100,Ada\n"


def another_one(folder, *arguments):
    """A second program on the same desk."""
    command = [*PROGRAM, "open", "--no-browser", *arguments]
    environment = clean(XDG_DATA_HOME=str(folder / "data"))
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )


def test_one_program_serves_a_desk_and_others_lead_to_it(tmp_path):
    file = tmp_path / "clients.csv"
    file.write_text(PEOPLE)
    with program(tmp_path, str(file)) as (process, page):
        assert page.first.url.path == "/file"
        assert "clients.csv" in page.first.text
        assert "1 row, 2 columns" in page.first.text
        (tmp_path / "later.csv").write_text(PEOPLE * 2)
        second = another_one(tmp_path, "--json", "later.csv")
        assert second.returncode == 0
        assert "open already" in second.stderr
        assert httpx.get(json.loads(second.stdout)["url"]).status_code == 303
        assert "later.csv" in page.get("/file")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=LONGEST)
    assert process.returncode == 0
    assert out == ""
    assert err.splitlines() == [open_command._ADDRESS, open_command._CLOSED]  # noqa: SLF001 - words, and nothing else
    assert sorted(path.name for path in (tmp_path / "data").rglob("open.json")) == []


@pytest.mark.parametrize(
    ("own", "variables", "words"),
    [
        ("key_env = 'ACME_KEY'", ("ROTOR_IMPORT_KEY_FILE",), "the profile acme"),
        ("", ("ROTOR_IMPORT_KEY_FILE", "ROTOR_API_KEY"), "the key file any.key"),
        ("", ("ROTOR_API_KEY",), "ROTOR_API_KEY"),
        ("", (), "the profile acme"),
    ],
)
def test_it_says_where_the_key_is_that_it_uses(tmp_path, own, variables, words):
    for name in ("any.key", "common.key"):
        (tmp_path / name).write_text("any")
        (tmp_path / name).chmod(0o600)
    (tmp_path / "rotor-import.toml").write_text(f"[defaults]\nkey_file = 'common.key'\n[profiles.acme]\n{own}\n")
    given = {"ROTOR_IMPORT_KEY_FILE": "any.key", "ROTOR_API_KEY": "any"}
    environment = {name: given[name] for name in variables} | {"ACME_KEY": "any"}
    with program(tmp_path, "--profile", "acme", **environment) as (_, page):
        assert f"Key found in {words}." in page.first.text


@pytest.fixture
def in_a_terminal():
    """What closes a terminal reaches a program, even if these tests were started so that they go on without one."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("in_a_terminal")
def test_a_terminal_that_is_closed_ends_it_too_and_lets_go_a_window_that_waits_for_news(tmp_path):
    with program(tmp_path) as (process, page):
        with page.client.stream("GET", "/events") as watching:
            next(watching.iter_lines())
            process.send_signal(signal.SIGHUP)
            process.wait(LONGEST)
        assert process.returncode == 0


def test_a_port_that_is_taken_is_told_in_words(serve, computer):
    taken = serve().served.port
    with pytest.raises(SettingsError, match=rf"Can't use port {taken} \(.*\). Choose another with --port"):
        Served(computer.workspace(), taken)


def test_a_program_that_is_ended_while_it_sends_pauses_first(serve, rotor):
    running = serve()
    with running.client() as client:
        planned(running, client)
        ended = threading.Event()

        def end(count):
            if count == 4:
                running.served.stop()
                ended.set()

        jobs = running.workspace.jobs
        jobs.world = replace(jobs.world, transport=Transport(jobs.world.transport, end))
        client.post("/import/start")
        assert ended.wait(LONGEST)
        job = over(running)
    running.end()
    assert job.is_pause
    assert 0 < rotor.posts() < 12
    again = serve()
    with again.client() as client:
        assert state(client) == "paused"
        client.post("/import/start")
        over(again)
        assert state(client) == "complete"
    assert (rotor.posts(), len(rotor.customers())) == (12, 12)


@pytest.mark.parametrize("opened", [False, OSError, True])
def test_where_no_browser_can_be_opened_it_says_so(monkeypatch, capsys, opened):
    def open_(_address):
        if opened is OSError:
            raise OSError
        return opened

    monkeypatch.setattr("webbrowser.open", open_)
    open_command._browse("http://127.0.0.1:1/?token=x")  # noqa: SLF001 - the browser is not ours to start
    told = capsys.readouterr()
    assert told.out == ""
    assert ("No browser could be opened" in told.err) == (opened is not True)


@pytest.mark.parametrize("damaged", [None, b"", b"[]", b'{"port": 1}'])
def test_a_first_program_that_is_not_ready_is_told_in_words(computer, damaged):
    folder = computer.workspace().desk.folder
    if damaged is not None:
        (folder / "open.json").write_bytes(damaged)
    with another.only_program(folder) as first:
        with another.only_program(folder) as second:
            assert (first, second) == (True, False)
        with pytest.raises(SettingsError, match="Try again in a moment"):
            another.ask_for_link(folder, computer.settings, None)
    with another.only_program(folder) as again:
        assert again


def test_what_another_program_says_is_believed_only_with_the_secret(serve, computer, monkeypatch):
    monkeypatch.chdir(computer.work)
    running = serve()
    desk = running.workspace.desk
    another.tell_where(running.workspace, running.served.port, running.served.guard.secret)
    about = desk.folder / "open.json"
    if os.name == "posix":
        assert about.stat().st_mode & 0o777 == 0o600
    assert running.workspace.settings.key not in about.read_text()
    file = computer.file("given.csv", PEOPLE)
    address = another.ask_for_link(desk.folder, computer.settings, file)
    assert desk.now.file == str(file)
    assert httpx.get(address).status_code == 303
    with pytest.raises(SettingsError, match=r"with other options .* End it first \(process \d+\)"):
        another.ask_for_link(desk.folder, replace(computer.settings, reserve=7), file)
    with pytest.raises(SettingsError, match="standard input"):
        another.ask_for_link(desk.folder, computer.settings, Path("-"))
    wrong = json.loads(about.read_text()) | {"secret": "guessed"}
    about.write_text(json.dumps(wrong))
    with pytest.raises(SettingsError, match="other options"):
        another.ask_for_link(desk.folder, computer.settings, file)
    running.end()
