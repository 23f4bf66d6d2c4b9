"""stdout and stderr that are full, closed, or read by nobody: real processes, down to their last flush."""

import io
import json
import os
import subprocess

import pytest
from program import PROGRAM, clean

from rotor_import.cli.streams import Outlet
from rotor_import.sandbox import Sandbox

FILE = "First,Email\nNora,nora@example.com\nOmar,omar@example.com\n"
MAPPING = "version: 1\nfields: {first_name: First, email: Email}\n"
FULL = "No space left on device"
LOST = "The result can't be written to standard output"
STANDS = "Only the printed result is lost."
PLAN = ("plan", "-m", "map.yaml", "--sandbox", "--directory", "none", "--json")
RUN = ("run", "people.csv", "-m", "map.yaml", "--sandbox", "--sandbox-state", "rotor.sqlite", "--quiet")

pytestmark = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device that is always full is Linux's")  # noqa: PTH110


class Folder:
    def __init__(self, folder):
        self.folder = folder
        (folder / "people.csv").write_text(FILE)
        (folder / "map.yaml").write_text(MAPPING)
        (folder / "drop").mkdir()
        (folder / "drop" / "people.csv").write_text(FILE)

    def __call__(self, redirected, *arguments, unbuffered=""):
        """The exit code, and what stands on stderr; `redirected` as a shell writes it."""
        environment = clean(XDG_DATA_HOME=str(self.folder), PYTHONUNBUFFERED=unbuffered)
        if redirected.startswith("|"):
            redirected += "; exit ${PIPESTATUS[0]}"
        shell = ["bash", "-c", f'"$@" {redirected}', "bash", *PROGRAM, *arguments]
        done = subprocess.run(shell, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert not [word for word in ("Traceback", "Exception ignored", "mistake") if word in done.stderr], done.stderr
        return done.returncode, done.stderr

    def customers(self):
        with Sandbox(self.folder / "rotor.sqlite") as sandbox:
            return sorted(one["first_name"] for one in sandbox.store.all())


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_a_run_whose_result_cannot_be_printed_counts_and_keeps_its_exit_code(folder):
    (folder.folder / "people.csv").write_text(f"{FILE}Nobody,\n")
    code, said = folder(">/dev/full", *RUN)
    assert (code, folder.customers()) == (3, ["Nora", "Omar"])
    assert f"{LOST}: {FULL}." in said
    assert STANDS in said


def test_a_plan_whose_stdout_is_closed_counts(folder):
    code, said = folder(">&-", *PLAN, "people.csv")
    assert (code, len(list(folder.folder.glob("rotor-import-reports/*/report.html")))) == (0, 1)
    assert f"{LOST}: it is closed." in said
    assert STANDS in said


def test_a_night_whose_line_cannot_be_printed_counts(folder):
    sync = ("sync", "drop", "-m", "map.yaml", "--sandbox", "--sandbox-state", "rotor.sqlite", "--settle", "0")
    code, said = folder(">/dev/full", *sync)
    assert (code, folder.customers()) == (0, ["Nora", "Omar"])
    assert STANDS in said


def test_with_no_stream_at_all_a_run_counts_and_no_file_gets_a_streams_number(folder):
    code, _ = folder("<&- >&- 2>&-", *RUN, "--verbose")
    assert (code, folder.customers()) == (0, ["Nora", "Omar"])


@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-"])
def test_messages_that_nobody_can_read_change_nothing(folder, redirected):
    assert folder(redirected, "nonsense")[0] == 2


@pytest.mark.parametrize("arguments", [("--help",), ("mapping", "schema")])
def test_a_reader_who_has_gone_is_no_error(folder, arguments):
    """What comes of a run then, `test_terminal.py` tries."""
    assert folder("| true", *arguments) == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [("run", "--help"), ("--version",), ("completion", "bash")])
def test_a_command_that_only_prints_says_that_it_could_not(folder, arguments, unbuffered):
    code, said = folder(">/dev/full", *arguments, unbuffered=unbuffered)
    assert (code, said) == (2, f"Error: {LOST}: {FULL}.\n")


def test_an_error_as_json_that_cannot_be_printed_keeps_its_code(folder):
    code, said = folder(">/dev/full", *PLAN, "nothing.csv")
    assert code == 2
    assert "nothing.csv" in said


class Slow(io.RawIOBase):
    """It takes a few bytes at a time, and now and then none."""

    def __init__(self):
        self.read_end, self.write_end = os.pipe()
        self.taken = b""
        self.calls = 0

    def fileno(self):
        return self.write_end

    def write(self, text):
        self.calls += 1
        if self.calls % 2:
            return None
        self.taken += bytes(text[:3])
        return min(3, len(text))


def test_a_stream_that_is_not_ready_is_waited_for():
    slow = Slow()
    with io.TextIOWrapper(io.BufferedWriter(Outlet(slow, pytest.fail))) as text:
        text.write(json.dumps({"name": "Nora"}))
    assert json.loads(slow.taken) == {"name": "Nora"}
    for end in (slow.read_end, slow.write_end):
        os.close(end)
