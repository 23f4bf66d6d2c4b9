"""A file that the program died of twice goes to failed/; what is not the file's fault does not count."""

import signal
import subprocess
import sys

import pytest
from boundaries import Killed, watched
from program import clean

from rotor_import import Settings
from rotor_import.cli.exit_codes import WRONG_INPUT, code_of
from rotor_import.errors import ApiError, SourceError
from rotor_import.pipeline.inspect import status
from rotor_import.sandbox import Fault, Sandbox
from rotor_import.sync import DropSettings, night, sync
from rotor_import.sync.drop_folder import DropFolder

ANN = {"key": "1", "phone": "763-555-0100", "first_name": "Ann"}
BEN = {"key": "2", "phone": "763-555-0101", "first_name": "Ben"}
LEAVE = DropSettings(settle=0, leave=True)


def names_in_rotor(box):
    return sorted(one["first_name"] for one in box.office.rotor.customers())


def die(box, monkeypatch, error=Killed, times=1, drop=None):
    """Nights on which the program ends while it reads a file."""
    for _ in range(times):
        with watched(box.office) as boundaries, monkeypatch.context() as patch:

            def read(*_, boundaries=boundaries, **__):
                if error is Killed:
                    boundaries.arm(1)
                    boundaries.step("read")
                raise error

            patch.setattr(night, "read", read)
            with pytest.raises(error):
                box.night(drop)


@pytest.mark.parametrize("error", [Killed, MemoryError])
def test_after_two_deaths_it_is_put_away_unread_with_the_reason_and_another_file_is_taken(box, monkeypatch, error):
    box.put("1.csv", [ANN])
    box.put("2.csv", [BEN])
    die(box, monkeypatch, error, times=2)
    third = box.night()
    assert isinstance(third.report.error, SourceError)
    assert code_of(third.report.error) == WRONG_INPUT
    assert "killed or ran out of memory" in str(third.report.error)
    assert third.summary["drop"]["refused"] == ["2.csv"]
    assert third.summary["drop"]["taken"] == ["1.csv"]
    assert (box.names(), box.names("failed")) == ([], ["2.csv", "2.csv.error.txt"])
    assert (box.folder / "failed" / "2.csv.error.txt").read_text() == f"{third.report.error}\n"
    assert names_in_rotor(box) == ["Ann"]
    assert box.night().report.error is None


def test_one_that_cannot_be_put_away_is_not_read_again(box, monkeypatch):
    box.put("1.csv", [ANN])
    die(box, monkeypatch, times=2)
    with monkeypatch.context() as patch:
        patch.setattr(DropFolder, "move", lambda *_: "Nothing can be moved.")
        for _ in range(2):
            assert box.night().summary["drop"]["refused"] == ["1.csv"]
    assert names_in_rotor(box) == []
    box.night()
    assert box.names("failed") == ["1.csv", "1.csv.error.txt"]


def test_after_one_death_it_is_taken_and_the_death_told(box, monkeypatch):
    box.put("1.csv", [ANN])
    die(box, monkeypatch)
    found = status(box.office.settings, box.office.world)["drops"]["nightly"]
    assert (found["state"], "while it was importing 1.csv" in found["error"]) == ("killed", True)
    second = box.night()
    [note] = second.summary["drop_notes"]
    assert note.startswith("An earlier sync was killed or ran out of memory while importing 1.csv.")
    assert (names_in_rotor(box), second.report.error) == (["Ann"], None)
    assert box.night().summary["drop_notes"] == []


def test_what_was_taken_is_no_death_later(box, monkeypatch):
    """One death, then it is taken; the same content dies once under a new name."""
    box.put("1.csv", [ANN])
    die(box, monkeypatch)
    box.night()
    box.put("2.csv", [BEN])
    box.night()
    box.put("3.csv", [ANN])
    die(box, monkeypatch)
    assert box.night().summary["drop"]["taken"] == ["3.csv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_who_stops_it_by_hand_counts_nothing(box, monkeypatch, error):
    box.put("1.csv", [ANN])
    die(box, monkeypatch, error, times=3)
    assert box.night().report.error is None
    assert names_in_rotor(box) == ["Ann"]


def test_errors_that_are_told_count_nothing(box):
    box.put("1.csv", [ANN])
    box.night()
    box.put("2.csv", [BEN])
    box.office.rotor.sandbox.suffer(Fault.parse("500"))
    for _ in range(3):
        with pytest.raises(ApiError):
            box.night()
    box.office.rotor.sandbox.suffer()
    assert box.night().summary["drop"]["taken"] == ["2.csv"]


def test_a_computer_that_started_again_meanwhile_is_not_the_files_fault(box, monkeypatch):
    box.put("1.csv", [ANN])
    for _ in range(3):
        box.office.uptime = 24 * 60 * 60 - 5 * 60  # the computer started five minutes after the night before
        die(box, monkeypatch)
    assert box.night().summary["drop"]["taken"] == ["1.csv"]


def test_a_computer_that_starts_again_every_morning_hides_no_death(box, monkeypatch):
    box.put("1.csv", [ANN])
    box.office.uptime = 20 * 60 * 60
    die(box, monkeypatch, times=2)
    assert box.night().summary["drop"]["refused"] == ["1.csv"]


def test_if_somebody_puts_it_back_it_is_tried_again(box, monkeypatch):
    path = box.put("1.csv", [ANN])
    die(box, monkeypatch, times=2)
    box.night()
    (box.folder / "failed" / "1.csv").rename(path)
    assert box.night().summary["drop"]["taken"] == ["1.csv"]
    assert names_in_rotor(box) == ["Ann"]


def test_a_file_that_may_not_be_moved_is_not_read_again_either(box, monkeypatch):
    box.put("1.csv", [ANN])
    die(box, monkeypatch, times=2, drop=LEAVE)
    for _ in range(2):
        assert box.night(LEAVE).summary["drop"]["refused"] == ["1.csv"]
    assert (box.names(), names_in_rotor(box)) == (["1.csv"], [])


def test_of_deltas_the_next_ones_are_taken(box_with, monkeypatch):
    box = box_with("drop: delta")
    box.put("1.csv", [ANN])
    box.put("2.csv", [BEN])
    die(box, monkeypatch, times=2)
    third = box.night()
    assert (third.summary["drop"]["refused"], third.summary["drop"]["taken"]) == (["1.csv"], ["2.csv"])


def test_a_death_while_it_sends_is_not_the_files_fault(box):
    box.put("1.csv", [ANN, BEN])
    for _ in range(3):
        with watched(box.office) as boundaries:
            box.office.hands.at += 1
            boundaries.arm()
            transport = box.office.rotor.transport

            def dying(transport=transport, boundaries=boundaries):
                way = transport()
                usual = way.handle_request

                def handle(request):
                    if request.method == "POST":
                        boundaries.arm(1)
                    return usual(request)

                way.handle_request = handle
                return way

            box.office.rotor.transport = dying
            with pytest.raises(Killed):
                box.night()
            box.office.rotor.transport = transport
    assert box.night().report.error is None
    assert (box.names("failed"), names_in_rotor(box)) == ([], ["Ann", "Ben"])


DYING = """
import os, signal
from rotor_import.sync import night
night.read = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
from rotor_import.cli import main
main()
"""


def test_a_real_process_really_killed_twice(tmp_path):
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / "people.csv").write_text("First,Email\nNora,nora@example.com\n")
    (tmp_path / "map.yaml").write_text("version: 1\nfields: {first_name: First, email: Email}\n")
    places = {"sandbox_state": tmp_path / "rotor.sqlite", "ledger": str(tmp_path / "ledger.sqlite")}
    options = [f"--{name.replace('_', '-')}={value}" for name, value in places.items()]
    command = [sys.executable, "-c", DYING, "sync", "drop", "-m", "map.yaml", "--sandbox", "--settle", "0", *options]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, env=clean(), capture_output=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
    settings = Settings(sandbox=True, report_dir=tmp_path / "reports", **places)
    third = sync(drop, tmp_path / "map.yaml", settings, DropSettings(settle=0))
    assert code_of(third.error) == WRONG_INPUT
    assert sorted(path.name for path in (drop / "failed").iterdir()) == ["people.csv", "people.csv.error.txt"]
    with Sandbox(places["sandbox_state"]) as sandbox:
        assert sandbox.store.all() == []
