"""The ledger kept in order, and the sandbox emptied, from the command line."""

import pytest
from inside import Inside

CANARY = "PGPWCANARY"


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    one = Inside(tmp_path, monkeypatch, capsys)
    one.put("people.csv", "First,Phone\nAnn,763-555-0100\nBob,763-555-0101\n")
    one.put("map.yaml", "version: 1\nfields: {first_name: First, phone: Phone}\n")
    return one


def imported(desk, *more):
    done = desk("run", "people.csv", "-m", "map.yaml", "--sandbox", "--json", "-q", *more)
    assert done.code == 0, done.err
    return done.json["sent"]


def test_a_sound_ledger_has_exit_code_0_and_a_damaged_one_2_with_what_to_do(desk):
    assert desk("ledger", "check").code == 2
    imported(desk)
    done = desk("ledger", "check")
    assert (done.code, "No damage" in done.out) == (0, True)
    path = desk.folder / "data" / "rotor-import" / "ledger.sqlite"
    path.write_bytes(path.read_bytes()[:20000])
    done = desk("ledger", "check")
    assert (done.code, "with a backup" in " ".join(done.out.split())) == (2, True)
    assert desk("ledger", "check", "--json").json["sound"] is False


def test_prune_says_what_it_took_away(desk):
    imported(desk)
    done = desk("ledger", "prune", "--sandbox", "--json")
    assert done.code == 0
    assert done.json["removed"]["runs"] == 0
    assert done.json["bytes"]["after"] > 0
    shown = desk("ledger", "prune", "--sandbox", "--older-than", "2w", "--report-dir", "rotor-import-reports")
    assert (shown.code, "Requests" in shown.out) == (0, True)
    assert desk("ledger", "prune").code == desk("ledger", "prune", "--sandbox", "--older-than", "soon").code == 2


def test_a_sandbox_that_was_reset_is_empty_and_the_ledger_knows_it(desk):
    assert imported(desk, "--daily-limit", "4")["created"] == 2
    done = desk("sandbox", "reset")
    assert (done.code, "2 customers and 4 requests" in " ".join(done.out.split())) == (0, True)
    assert imported(desk, "--daily-limit", "4")["created"] == 2
    assert desk("ledger", "check").code == 0
    assert desk("sandbox", "reset", "--json").json["customers"] == 2
    assert desk("status", "--sandbox", "--json").json["requests"]["used"] == 0


def test_each_sandbox_file_is_an_account_of_its_own(desk):
    assert imported(desk)["created"] == 2
    assert imported(desk, "--sandbox-state", "other.sqlite")["created"] == 2
    assert imported(desk)["created"] == 0


def test_a_ledger_is_no_sandbox_to_be_emptied(desk):
    imported(desk)
    ledger = desk.folder / "data" / "rotor-import" / "ledger.sqlite"
    done = desk("sandbox", "reset", "--sandbox-state", ledger, "--ledger", "another.sqlite")
    assert done.code == 2
    assert desk("ledger", "check").code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ledger", f"postgresql://u@127.0.0.1:1/db?password={CANARY}"],
        ["--ledger", f"postgresql://u:{CANARY}@127.0.0.1:1/db"],
        ["--ledger", f"postgres://u:{CANARY}@127.0.0.1:1/db"],
        ["--ledger", f"postgresql+psycopg://u:x@{CANARY}@127.0.0.1:1/db"],
        ["--ledger", f"host=127.0.0.1 password={CANARY}"],
        ["--ledger", "host=127.0.0.1", f"password={CANARY}"],
        [f"password={CANARY}"],
    ],
)
@pytest.mark.parametrize(
    "command",
    [["run", "people.csv", "-m", "map.yaml"], ["sync", "-m", "map.yaml"], ["status"], ["ledger", "check"]],
)
def test_a_password_is_never_shown_and_no_files_name(desk, arguments, command, monkeypatch):
    monkeypatch.setenv("ROTOR_API_KEY", "a-key")
    for more in ([], ["--json"], ["-v"]):
        done = desk(*command, *arguments, *more)
        assert done.code == 2
        assert CANARY not in done.out + done.err
    assert not [path for path in desk.folder.rglob("*") if CANARY in path.name or path.name.startswith("host")]
