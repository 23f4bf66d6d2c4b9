"""`run` on a terminal: it shows its plan and asks, and sends nothing without a yes."""

import fcntl
import io
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from contextlib import contextmanager

import pytest
from program import clean
from test_command_line import Desk
from test_terminal import as_seen

from rotor_import.cli.question import question
from rotor_import.config import Settings
from rotor_import.pipeline.proposal import Proposal
from rotor_import.sandbox import Sandbox, serve

ASKS = "? [y/N] "
COLUMNS = 80


def started_on(terminal):
    """The program, which first makes this its terminal, so that Ctrl-C reaches it."""
    own = f"import fcntl, termios; fcntl.ioctl({terminal}, termios.TIOCSCTTY, 0)"
    return [sys.executable, "-c", f"{own}; from rotor_import.cli import main; main()"]


class Program:
    """A run in a terminal of its own, of which all is kept that it was shown."""

    def __init__(self, folder, url, *arguments, **streams):
        self.main, program = pty.openpty()
        fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
        own = {"XDG_DATA_HOME": str(folder / "data"), "TERM": "xterm", "NO_COLOR": "1", "ROTOR_API_KEY": "k"}
        self.process = subprocess.Popen(
            [*started_on(program), "run", "people.csv", "-m", "map.yaml", "--base-url", url, *arguments],
            cwd=folder,
            env={**clean(), **own},
            start_new_session=True,
            pass_fds=[program],
            **{name: streams.get(name, program) for name in ("stdin", "stdout", "stderr")},
        )
        os.close(program)
        self.told = ""

    def until(self, words):
        """Read until it has said this, or has ended."""
        while words not in self.told:
            try:
                some = os.read(self.main, 65536)
            except OSError:  # the other end is closed
                some = b""
            if not some:
                break
            self.told += some.decode()
        return self.told

    def type(self, text):
        os.write(self.main, text.encode())

    def end(self):
        """The exit code, once all is read."""
        self.until("a text that nobody writes")
        return self.process.wait()


@pytest.fixture
def folder(tmp_path):
    Desk(tmp_path)
    return tmp_path


@pytest.fixture
def rotor():
    with Sandbox() as sandbox, serve(sandbox) as url:
        yield sandbox.store, url


@contextmanager
def started(folder, url, *arguments, **streams):
    program = Program(folder, url, *arguments, **streams)
    try:
        yield program
    finally:
        program.process.kill()
        program.process.wait()
        os.close(program.main)


def inside(desk, url, *arguments):
    return desk.start(*arguments, "--base-url", url, ROTOR_API_KEY="k")


def test_a_yes_sends_what_the_plan_on_the_terminal_says(folder, rotor):
    store, url = rotor
    with started(folder, url) as program:
        shown = program.until(ASKS)
        assert f"Send 2 customers{ASKS}" in shown
        assert "people.csv" in shown
        assert "Report: " in shown
        assert store.all() == []
        program.type("y\n")
        assert program.end() == 0
    assert {one["email"] for one in store.all()} == {"ann@example.com", "bo@example.com"}
    assert max(map(len, as_seen(program.told))) < COLUMNS


@pytest.mark.parametrize("answer", ["n\n", "\n", "maybe\nno\n", "\x04"])
def test_anything_but_a_yes_sends_nothing_and_the_next_run_starts_again(folder, rotor, answer):
    store, url = rotor
    with started(folder, url) as program:
        program.until(ASKS)
        program.type(answer)
        assert program.end() == 0
        assert "Nothing was sent" in program.told
    assert store.all() == []
    desk = Desk(folder)
    assert json.loads(inside(desk, url, "status", "--json").stdout)["pending"] == 0
    [report] = (folder / "rotor-import-reports").iterdir()
    assert json.loads((report / "summary.json").read_text())["mode"] == "plan"
    assert "Dry run" in inside(desk, url, "show", report.name).stdout
    assert inside(desk, url, "run", "people.csv", "-m", "map.yaml").returncode == 0
    assert len(store.all()) == 2


def test_ctrl_c_at_the_question_sends_nothing(folder, rotor):
    store, url = rotor
    with started(folder, url) as program:
        program.until(ASKS)
        program.type("\x03")
        assert program.end() == 4
        assert "Nothing was sent" in program.told
        assert "Traceback" not in program.told
    assert store.all() == []


def test_while_it_waits_status_answers_and_a_second_run_is_told_who_holds_the_account(folder, rotor):
    _, url = rotor
    with started(folder, url) as program:
        program.until(ASKS)
        desk = Desk(folder)
        assert inside(desk, url, "status").returncode == 0
        assert inside(desk, url, "runs").returncode == 0
        assert inside(desk, url, "run", "people.csv", "-m", "map.yaml").returncode == 6
        program.process.send_signal(signal.SIGTERM)
        assert program.end() == 4


@pytest.mark.parametrize("how", ["--yes", "--json", "no input", "no messages", "nothing to send"])
def test_nobody_is_asked_where_nobody_can_answer_or_nothing_is_to_be_sent(folder, rotor, how):
    store, url = rotor
    streams = {"no input": {"stdin": subprocess.DEVNULL}, "no messages": {"stderr": subprocess.DEVNULL}}.get(how, {})
    if how == "nothing to send":
        inside(Desk(folder), url, "run", "people.csv", "-m", "map.yaml")
    with started(folder, url, *([how] if how.startswith("--") else []), **streams) as program:
        assert program.end() == 0
        assert ASKS not in program.told
    assert len(store.all()) == 2


def test_the_sandbox_never_asks(folder, rotor):
    with started(folder, rotor[1], "--sandbox") as program:
        assert program.end() == 0
        assert ASKS not in program.told


def test_a_run_that_goes_on_asks_about_the_rest_and_resume_does_not_ask(folder, rotor):
    store, url = rotor
    desk = Desk(folder)
    assert inside(desk, url, "run", "people.csv", "-m", "map.yaml", "--max-requests", "3").returncode == 4
    with started(folder, url) as program:
        assert f"Send the remaining 1 customer{ASKS}" in program.until(ASKS)
        program.type("n\n")
        assert program.end() == 4
        assert "rotor-import resume" in program.told
    assert len(store.all()) == 1
    assert inside(desk, url, "resume").returncode == 0
    assert len(store.all()) == 2


def test_letters_that_cannot_be_read_are_no_answer_and_it_asks_again(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\ny\n"), encoding="utf-8"))
    monkeypatch.setattr("rotor_import.cli.result_text.proposed", lambda *_: [])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    confirm = question(Settings(), lambda: None, as_json=False)
    assert confirm(Proposal({}, 1))
    assert capsys.readouterr().err.count(ASKS) == 2
