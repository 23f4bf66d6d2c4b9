"""The program on a real terminal, under cron, and with values that want to be more than text."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unicodedata

import pytest
from program import PROGRAM, clean
from test_command_line import FILE, MAPPING, SAMPLE, Desk

from rotor_import.cli.signals import Signals
from rotor_import.errors import Interrupted

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_a_terminal(folder, *arguments, columns=80, started=PROGRAM, **environment):
    """What a terminal of this width is given: its bytes as text, and the exit code."""
    main, program = pty.openpty()
    fcntl.ioctl(program, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    own = {"XDG_DATA_HOME": str(folder / "data"), "TERM": "xterm-256color"}
    done = subprocess.Popen(
        [*started, *map(str, arguments)],
        cwd=folder,
        env={**clean(), **own, **environment},
        stdin=program,
        stdout=program,
        stderr=program,
    )
    os.close(program)
    told = b""
    while True:
        try:
            some = os.read(main, 65536)
        except OSError:  # the other end is closed
            break
        if not some:
            break
        told += some
    os.close(main)
    return told.decode(), done.wait()


def as_seen(text):
    """Lines as they stand in the end: what was drawn over is gone."""
    return [line.rpartition("\r")[2] for line in COLOUR.sub("", text).replace("\r\n", "\n").split("\n")]


@pytest.fixture
def folder(tmp_path):
    Desk(tmp_path)
    return tmp_path


def test_a_terminal_gets_colours_a_bar_and_lines_that_fit(folder):
    told, code = on_a_terminal(folder, "run", SAMPLE, "-m", "jobber", "--sandbox", "--tolerate", "10%")
    assert code == 0
    assert COLOUR.search(told)
    assert re.search(r"Sending: +\d+%\|.*\d+/448 \[\d\d:\d\d<", told)
    assert "customers/s" in told
    lines = as_seen(told)
    assert not any("Sending" in line for line in lines)
    assert all(len(line) < 80 for line in lines)
    assert "What happened" in lines


@pytest.mark.parametrize(
    ("environment", "colours", "bar"),
    [({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)],
)
def test_who_wants_no_colours_gets_none(folder, environment, colours, bar):
    told, _ = on_a_terminal(folder, "run", "people.csv", "-m", "map.yaml", "--sandbox", columns=60, **environment)
    assert bool(COLOUR.search(told)) is colours
    assert ("Sending:" in told) is bar
    assert all(len(line) < 60 for line in as_seen(told))


def test_a_pause_is_told_below_the_bar_and_not_in_it(folder):
    told, code = on_a_terminal(folder, "run", "people.csv", "-m", "map.yaml", "--sandbox", "--max-requests", "3")
    assert code == 4
    assert any("The 3 requests of --max-requests are used" in line for line in as_seen(told))


def test_under_cron_there_is_no_bar_no_escape_code_and_no_long_line(folder):
    done = subprocess.run(
        [*PROGRAM, "run", "people.csv", "-m", "map.yaml", "--sandbox"],
        cwd=folder,
        env={"XDG_DATA_HOME": str(folder / "data")},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for text in (done.stdout.decode(), done.stderr.decode()):
        assert "\x1b" not in text
        assert "\r" not in text
        assert all(len(line) <= 80 for line in text.splitlines())
    assert "Sending" not in done.stderr.decode()


def test_a_reader_who_leaves_early_changes_nothing(folder):
    command = " ".join(f"'{part}'" for part in PROGRAM)
    done = subprocess.run(
        [
            "/usr/bin/env",
            "bash",
            "-c",
            f"{command} run people.csv -m map.yaml --sandbox | true; echo ${{PIPESTATUS[0]}}",
        ],
        cwd=folder,
        env=os.environ | {"XDG_DATA_HOME": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_stream_that_lacks_a_letter_is_no_reason_to_fail(folder):
    done = Desk(folder).process("mapping", "list", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0, done.stderr
    assert "\\u2192" in done.stdout


TURNING = "\x9b31m\u202egnp\u2066"
"""Which a file of text may hold."""
HOSTILE = f"\x1b]0;owned\x07\x1b[2J{TURNING}"


def test_no_value_reaches_a_terminal_as_more_than_text(desk):
    named = f"people{HOSTILE}.csv"
    desk.put(named, FILE)
    desk.put("cells.csv", f"First,Last,Phone,Email,{TURNING}\n{TURNING},{TURNING},763-555-0100,{TURNING},{TURNING}\n")
    desk.put("binary.csv", f"First,Last,Phone,Email\n{HOSTILE},{HOSTILE},763-555-0100,{HOSTILE}\n")
    desk.put("map.yaml", MAPPING + "  notes: {template: '{Last}'}\n")
    desk.put("feed.yaml", MAPPING.replace("version: 1", 'version: 1\nfeed: "a\\e]0;owned\\a"'))
    desk.put("wrong.yaml", MAPPING.replace("Phone", "Telephone"))
    for arguments in (
        ("plan", named, "-m", "map.yaml", "--sandbox"),
        ("run", named, "-m", "feed.yaml", "--sandbox", "-v"),
        ("plan", named, "-m", "wrong.yaml", "--sandbox"),
        ("plan", named, "-m", HOSTILE, "--sandbox"),
        ("plan", f"no{HOSTILE}", "-m", "map.yaml", "--sandbox"),
        ("plan", "binary.csv", "-m", "map.yaml", "--sandbox"),
        ("plan", "cells.csv", "-m", "map.yaml", "--sandbox"),
        ("plan", "cells.csv", "-m", "wrong.yaml", "--sandbox"),
        ("mapping", "check", "map.yaml", "cells.csv"),
        ("runs", "--sandbox"),
        ("status", "--sandbox"),
        ("show", "last", "--sandbox"),
        ("show", HOSTILE, "--sandbox"),
        ("show", "last", "--sandbox", "--json"),
        (HOSTILE,),
        ("plan", f"--{HOSTILE}"),
    ):
        done = desk(*arguments)
        for text in (done.out, done.err):
            for letter in text.replace("\n", ""):
                assert unicodedata.category(letter) != "Cc", (arguments, text)
                assert unicodedata.bidirectional(letter) not in {"RLO", "LRI"}, (arguments, text)
        assert done.out + done.err
    shown = desk("show", "last", "--sandbox", "--json").json
    assert shown["files"][0]["path"] == named


@pytest.fixture
def signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    said = []
    made = Signals(said.append)
    made.install()
    yield made, said
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_long_wait_says_until_when_and_a_short_one_nothing(signals):
    made, said = signals
    made.sleep(0)
    with made.shield():
        os.kill(os.getpid(), signal.SIGINT)  # so that the next sleep ends at once
    with pytest.raises(Interrupted):
        made.sleep(7200)
    assert "Ctrl-C again" in said[0]
    assert re.match(r"Waiting until [A-Z]\w\w \d+, 20\d\d, \d+:\d\d [AP]M \S+\. .*Ctrl-C", said[1])
    assert len(said) == 2
