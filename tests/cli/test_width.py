"""No line of a result is longer than 80 columns, in a pipe as on a terminal, except for a path or a command in it."""

import json
import sys

import pytest
from inside import Inside
from test_command_line import FILE, MAPPING
from test_terminal import as_seen, on_a_terminal

LONG = "a-feed-whose-name-is-longer-than-that-of-most-feeds-and-then-some-more"
COMMANDS = (
    ("plan", "people.csv", "-m", "map.yaml", "--sandbox"),
    ("run", "people.csv", "-m", "map.yaml", "--sandbox", "--max-requests", "4"),
    ("status", "--sandbox"),
    ("runs", "--sandbox"),
    ("show", "last", "--sandbox"),
    ("resume", "--sandbox"),
    ("resume", "--sandbox"),
    ("check", "--sandbox"),
    ("directory", "--sandbox"),
    ("mapping", "list"),
    ("mapping", "check", "map.yaml", "people.csv"),
    ("ledger", "check"),
    ("ledger", "prune", "--sandbox"),
    ("sync", "drop", "-m", "map.yaml", "--sandbox", "--settle", "0"),
    ("sync", "drop", "-m", "map.yaml", "--sandbox", "--settle", "0"),
    ("status", "--sandbox"),
    ("sandbox", "reset"),
)
EACH = [
    sys.executable,
    "-c",
    (
        "import contextlib, json, sys\n"
        "from rotor_import.cli import main\n"
        "for command in json.loads(sys.argv[1]):\n"
        "    print('\\x1e', flush=True)\n"
        "    with contextlib.suppress(SystemExit):\n"
        "        main(command)\n"
        "    sys.stdout.flush()\n"
    ),
]
"""A process that runs one command after another on its terminal: loading the program takes longer than most of them."""


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    found = Inside(tmp_path, monkeypatch, capsys)
    found.put("people.csv", FILE + "Cy,Orr,(763) 555-0100,bo@example.com\nDi,Orr,123,\n" + "Ed,,,\n" * 3)
    found.put("map.yaml", MAPPING.replace("version: 1", f"version: 1\nfeed: {LONG}"))
    (tmp_path / "drop").mkdir()
    found.put("drop/more.csv", FILE)
    return found


def too_long(lines, columns):
    """The lines that could have been folded: a path or a name of one piece can't."""
    return [line for line in lines if len(line) > columns and max(map(len, line.split())) < columns - 24]


def test_in_a_pipe(desk):
    for command in COMMANDS:
        done = desk(*command)
        assert done.out, command
        assert too_long(done.out.splitlines(), 80) == [], command


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_on_a_terminal(desk):
    told, _ = on_a_terminal(desk.folder, json.dumps(COMMANDS), started=EACH, NO_COLOR="1")
    results = told.split("\x1e")[1:]
    for command, result in zip(COMMANDS, results, strict=True):
        assert result.strip(), command
        assert too_long(as_seen(result), 79) == [], command
