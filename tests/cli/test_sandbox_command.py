"""The local Rotor as a person starts it."""

import json
import re
import signal
import subprocess
import urllib.request
from contextlib import contextmanager

import pytest
from inside import inside
from program import PROGRAM, clean

from rotor_import.cli import cli


def start(folder, *arguments, **more):
    return inside(folder, arguments, {"XDG_DATA_HOME": str(folder / "data")} | more)


@contextmanager
def sandbox(folder, *arguments, **more):
    """The base URL that it says it listens on."""
    command = [*PROGRAM, "sandbox", "--port", "0", *arguments]
    env = clean() | {"XDG_DATA_HOME": str(folder / "data"), "PYTHONUNBUFFERED": "1"} | more
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = [process.stdout.readline() for _ in range(4)]
            yield re.search(r"http://127.0.0.1:\d+/open-api", said[0])[0]
        finally:
            process.send_signal(signal.SIGINT)
            assert process.stdout.read().strip().endswith("Stopped.")


@pytest.fixture
def files(tmp_path):
    people = "".join(f"P{at},person{at}@example.com\n" for at in range(12))
    (tmp_path / "people.csv").write_text(f"First,Email\n{people}")
    (tmp_path / "map.yaml").write_text("version: 1\nfields: {first_name: First, email: Email}\n")
    return tmp_path


def run(folder, url, *more):
    arguments = ("run", "people.csv", "-m", "map.yaml", "--base-url", url, "--retry-base", "0", "--json", *more)
    done = start(folder, *arguments, ROTOR_API_KEY="a-key")
    return done.returncode, json.loads(done.stdout)


def test_faults_are_got_over_and_an_api_that_is_down_has_its_own_exit_code(files):
    with sandbox(files, "--fault", "503 upsert #1-10", "--fault", "drop after upsert #12") as url:
        code, summary = run(files, url, "--max-attempts", "1", "--concurrency", "1")
        assert (code, summary["state"]) == (7, "stopped")
        assert "10 changes in a row failed" in summary["error"]["message"]
        code, summary = run(files, url)
        assert (code, summary["sent"]["created"]) == (0, 12)


def test_faults_and_unknowns_may_come_from_the_environment(files):
    faults = "500 after upsert #1; 429:0 upsert #3"
    with sandbox(files, ROTOR_IMPORT_FAULT=faults, ROTOR_IMPORT_CREATED_STATUS="200") as url:
        code, summary = run(files, url, "--concurrency", "1")
        assert (code, summary["sent"]["created"], summary["requests"]["post"]) == (0, 12, 14)


def test_only_the_keys_that_were_named_are_taken(files):
    with sandbox(files, "--allow", "a-key=customers:read") as url:
        assert run(files, url)[0] == 5
        assert start(files, "check", "--base-url", url, ROTOR_API_KEY="another").returncode == 5
        assert "Scopes: customers:read\n" in start(files, "check", "--base-url", url, ROTOR_API_KEY="a-key").stdout


def test_its_quota_is_back_when_its_clock_is_moved_on(files):
    with sandbox(files, "--daily-limit", "8") as url:
        code, summary = run(files, url, "--concurrency", "1")
        assert (code, summary["sent"]["created"]) == (4, 6)
        clock = url.replace("/open-api", "/sandbox/clock")
        urllib.request.urlopen(clock, data=b'{"advance": 86400}').close()  # noqa: S310 - the loopback
        code, summary = run(files, url, "--ledger", "another.sqlite", "--concurrency", "1")
        assert (code, summary["sent"]["created"]) == (0, 6)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "600"], "There is no fault '600'"),
        (["--fault", "500 now"], "'now' is not part of a fault"),
        (["--quota-reset", "Mars"], "'Mars' is not a time zone"),
        (["--allow", "key=customers:all"], "There is no scope 'customers:all'"),
        (["--phones", "some"], "'some' is not one of 'normal', 'exact'"),
        (["--sandbox-state", "people.csv"], "Can't use the sandbox's file people.csv"),
        (["--sandbox-state", "."], "Can't use the sandbox's file ."),
        (["--allow", "key"], "--allow needs a key and its scopes"),
    ],
)
def test_wrong_options_are_refused_in_words(files, arguments, words):
    done = start(files, "sandbox", "--port", "0", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_each_option_has_a_variable_that_a_shell_can_set():
    for parameter in cli.commands["sandbox"].params:
        assert re.fullmatch(r"ROTOR_IMPORT_[A-Z_]+", parameter.envvar)


def test_its_help_explains_faults_and_unknowns(tmp_path):
    text = start(tmp_path, "sandbox", "--help").stdout
    for words in ("Try a mapping", "Try a client", "document is silent", "WHAT [before|after]", "/sandbox/clock"):
        assert words in text
