"""A real undo, really killed, again and again: `--kills 100` for a long run by hand."""

import json
import subprocess
from random import Random

import pytest
from processes import PEOPLE, Machine
from program import PROGRAM, clean
from test_kills import FAULTS, KEYLESS, Tripwire, kill_after

from rotor_import.sandbox import Options, Sandbox, serve

KNOWN = PEOPLE // 2
"""So many of the people are in Rotor before, without a name."""
KEY = "a-key"
MORE = ("--daily-limit", "1000000")


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request, tmp_path):
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    return request.getfixturevalue("server").database()


def undoing(machine, url, ledger):
    """The running process."""
    command = [*PROGRAM, "undo", "last", "--json", "--base-url", url, "--ledger", ledger, "--retry-base", "0", *MORE]
    environment = clean(XDG_DATA_HOME=str(machine.folder), ROTOR_API_KEY=KEY)
    return subprocess.Popen(
        command, cwd=machine.folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def picture(sandbox):
    return sorted(
        (one["first_name"] or "", one["email"] or "", one["status"] or "active") for one in sandbox.store.all()
    )


def test_killed_again_and_again_an_undo_ends_as_it_would_have(tmp_path, ledger, request):
    kills = request.config.getoption("--kills")
    chance = Random(kills)
    options = Options(daily_limit=10**6, seed=kills)
    people = [f"person{at}@example.com" for at in range(PEOPLE)]
    with Sandbox(options=options) as sandbox:
        sandbox.store.insert({"notes": f"Note {at}", "email": people[at]} for at in range(KNOWN))
        wire = Tripwire(sandbox)
        with serve(wire) as url:
            machine = Machine(tmp_path / "first", url, ledger, keyless=KEYLESS)
            imported, killed = [], 0
            while killed < kills:
                sandbox.suffer()
                code, out, error = machine.run(*MORE, "--allow-keyless", key=KEY)
                assert code == 0, error
                imported.append(picture(sandbox))
                sandbox.suffer(*FAULTS)
                died = True
                while died:
                    wire.arm(chance.randint(1, PEOPLE) if killed < kills else 10**6)
                    process = undoing(machine, url, ledger)
                    died = kill_after(process, wire)
                    killed += died
            sandbox.suffer()
            code, out, error = machine_undone(machine, url, ledger)
            assert code == 0, error
            undone = json.loads(out)["undone"]
            # From the second import on, who was new is updated: active again, and inactive again when that is undone.
            assert undone["restored"] + undone["deactivated"] == PEOPLE + KEYLESS
            assert undone["kept"] == undone["impossible"] == 0
            old = [("", people[at], "active") for at in range(KNOWN)]
            new = [(f"P{at}", "", "inactive") for at in range(KNOWN, PEOPLE)]
            keyless = [(f"K{at}", "", "inactive") for at in range(KEYLESS)]
            assert picture(sandbox) == sorted([*old, *new, *keyless])
            assert all(one == imported[0] for one in imported)
        print(f"killed {killed} times; {len(sandbox.store.requests())} requests")  # noqa: T201 - -rP shows it


def machine_undone(machine, url, ledger):
    process = undoing(machine, url, ledger)
    with process:
        out, error = process.communicate(timeout=120)
    return process.returncode, out, error
