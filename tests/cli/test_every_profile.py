"""sync --all and status --all: one that fails stops no other, and nobody's key is in another's process."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from companies import companies, people

from rotor_import.cli import exit_codes
from rotor_import.cli.sync_every import environment_of, result_of
from rotor_import.errors import AccountBusy, ApiDown, Defect, KeyRefused, QuotaSpent, Safeguard, SourceError
from rotor_import.model.error_codes import worst_first
from rotor_import.profiles import ProfileFile
from rotor_import.sync.side_by_side import Ended

PROC = Path("/proc")


@pytest.fixture
def many(tmp_path):
    with companies(tmp_path) as found:
        yield found


def test_each_profile_is_synced_by_itself_and_told_in_one_table(many):
    rows = {name: people(name) for name in ("acme", "beta")}
    for name, (lines, _) in rows.items():
        many.add(name, lines)
    many.add("broken", '"a,b\n')
    many.toml += "[profiles.without-a-folder]\nkey_env = 'KEY_OF_ACME'\n"
    done = many.start("sync", "--all", "--jobs", "3")
    assert done.returncode == 2
    for name, (_, made) in rows.items():
        assert many.customers(name) == made, done.stdout + done.stderr
    table = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()[:4]}
    assert table["acme"] == ["complete", "2", "2", "0", "0", "0", "people.csv"]
    assert table["broken"][0] == "stopped"
    assert "without-a-folder" not in done.stdout
    assert "acme: people.csv: taken" in done.stderr.splitlines()
    assert all(line.startswith(("acme: ", "beta: ", "broken: ")) for line in done.stderr.splitlines())
    quiet = many.start("sync", "--all", "--quiet")
    assert (quiet.returncode, quiet.stdout) == (0, "")
    status = json.loads(many.start("status", "--all", "--json").stdout)["profiles"]
    assert status["acme"]["drops"]["people"]["file"] == "people.csv"
    assert status["without-a-folder"]["drops"] == {}


def test_json_has_each_childs_object_and_log_lines_name_their_profile(many):
    many.add("acme", people("acme")[0])
    many.add("beta", people("beta")[0], more="nonsense = 1")
    done = many.start("sync", "--all", "--json", "--log-format", "json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["code"]) == (2, 2)
    assert told["profiles"]["acme"]["sent"]["created"] == 2
    assert told["profiles"]["beta"]["error"]["code"] == 2
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["profile"] for line in lines} == {"acme", "beta"}
    assert any("nonsense" in line["message"] for line in lines if line["profile"] == "beta")


def test_a_profile_that_the_environment_names_changes_nothing_of_all(many):
    many.add("acme", people("acme")[0])
    many.add("beta", people("beta")[0], more="quiet = true\nlog_format = 'json'")
    done = many.start("sync", "--all", ROTOR_IMPORT_PROFILE="beta")
    assert done.returncode == 0, done.stderr
    assert "acme: people.csv: taken" in done.stderr.splitlines()
    assert {line.split()[0] for line in done.stdout.splitlines()} >= {"acme", "beta"}
    assert many.start("sync", "--all", ROTOR_IMPORT_PROFILE="nobody").returncode == 0


def test_all_takes_keys_from_profiles_alone(many):
    many.add("acme", people("acme")[0])
    many.toml = many.toml.replace("key_env = 'KEY_OF_ACME'\n", "")
    done = many.start("sync", "--all", ROTOR_API_KEY=many.variables["KEY_OF_ACME"])
    assert done.returncode == 2
    assert "There is no API key" in done.stderr
    assert many.customers("acme") == []
    (many.folder / "k").write_text(many.variables["KEY_OF_ACME"])
    (many.folder / "k").chmod(0o600)
    assert many.start("sync", "--all", ROTOR_IMPORT_KEY_FILE="k").returncode == 2
    assert many.customers("acme") == []


def test_a_child_has_no_secret_of_another_company(many):
    """A mapping's path that is a pipe lets the test look at each child while it waits for its mapping."""
    for name in ("acme", "beta"):
        os.mkfifo(many.folder / f"{name}.yaml")
        many.add(name, people(name)[0], more=f"mapping = '{name}.yaml'\nstorage_env = {{key = 'S3_{name.upper()}'}}")
    many.write()
    secrets = {"S3_ACME": "canary-s3-acme", "S3_BETA": "canary-s3-beta", "ROTOR_API_KEY": "canary-api"}
    process = subprocess.Popen(
        many.command("sync", "--all", "--jobs", "2"),
        cwd=many.folder,
        env=many.environment(**secrets),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    for name, other in (("acme", "beta"), ("beta", "acme")):
        with (many.folder / f"{name}.yaml").open("w") as mapping:  # waits until the child opens it too
            [child] = [pid for pid in children_of(process.pid) if f"--profile\0{name}\0" in command_of(pid)]
            seen = variables_of(child)
            mapping.write("version: 1\nfields: {phone: Phone}\n")
        assert many.variables[f"KEY_OF_{name.upper()}"] in seen
        assert secrets[f"S3_{name.upper()}"] in seen
        assert many.variables[f"KEY_OF_{other.upper()}"] not in seen
        assert secrets[f"S3_{other.upper()}"] not in seen
        assert "canary-api" not in seen
    process.communicate()


@pytest.mark.parametrize("is_windows", [True, False])
def test_on_windows_case_hides_no_variable_of_another_company(tmp_path, is_windows):
    """os.environ has upper-case names there, whatever the file calls them."""
    text = "[defaults]\nping_env = 'Ping'\n[profiles.a]\nkey_env = 'key_a'\n[profiles.b]\nkey_env = 'Key_B'\n"
    (tmp_path / "all.toml").write_text(text)
    file = ProfileFile(tmp_path / "all.toml")
    environment = dict.fromkeys(("KEY_A", "KEY_B", "PING", "PATH", "ROTOR_API_KEY"), "x")
    hidden = {"KEY_B", "ROTOR_API_KEY"} if is_windows else {"ROTOR_API_KEY"}
    assert environment_of(file, "a", environment, is_windows=is_windows).keys() == environment.keys() - hidden


@pytest.mark.parametrize("code", [0xC000013A, 1, -signal.SIGTERM])
def test_a_child_that_was_stopped_and_could_not_report_is_paused(code):
    assert result_of(Ended(code, stopped=True))["code"] == exit_codes.PAUSED
    assert result_of(Ended(code))["code"] == exit_codes.DEFECT


def children_of(pid):
    return [int(each.name) for each in PROC.iterdir() if each.name.isdecimal() and parent_of(each) == pid]


def parent_of(process):
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0


def command_of(pid):
    return (PROC / str(pid) / "cmdline").read_text()


def variables_of(pid):
    return (PROC / str(pid) / "environ").read_text()


class Held:
    """A Rotor whose requests wait until the test lets them go; `reached` is set by the first one."""

    def __init__(self, app):
        self.app, self.reached, self.let_go = app, threading.Event(), threading.Event()

    def __call__(self, environ, start_response):
        self.reached.set()
        self.let_go.wait(60)
        return self.app(environ, start_response)


def held(many, name):
    found = many.apps[name] = Held(many.rotors[name])
    return found


def test_sigterm_stops_the_children_and_they_report(many):
    for name in ("acme", "beta", "late"):
        many.add(name, people(name)[0])
    waiting = [held(many, name) for name in ("acme", "beta")]
    many.write()
    process = subprocess.Popen(
        many.command("sync", "--all", "--jobs", "2", "--json"),
        cwd=many.folder,
        env=many.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for rotor in waiting:
        assert rotor.reached.wait(60)
    process.send_signal(signal.SIGTERM)
    for rotor in waiting:
        rotor.let_go.set()
    out, err = process.communicate(timeout=60)
    told = json.loads(out)
    assert "Traceback" not in err
    assert (process.returncode, told["code"]) == (4, 4)
    assert {name: result["state"] for name, result in told["profiles"].items()} == dict.fromkeys(
        ("acme", "beta", "late"), "paused"
    )
    assert many.rotors["late"].store.requests() == []
    done = many.start("sync", "--all")
    assert done.returncode == 0, done.stderr
    assert all(many.customers(name) == people(name)[1] for name in many.rotors)


def test_a_profile_whose_folder_is_misspelled_is_not_passed_over(many):
    lines, made = people("acme")
    many.add("acme", lines)
    many.toml += "[profiles.beta]\nfoldr = 'drop/beta'\n[profiles.gamma.nothing]\n"
    done = many.start("sync", "--all", "--json")
    results = json.loads(done.stdout)["profiles"]
    assert (done.returncode, list(results), many.customers("acme")) == (2, ["acme", "beta", "gamma"], made)
    assert "Did you mean folder?" in results["beta"]["error"]["message"]


def test_a_child_that_is_killed_stops_no_other(many):
    for name in ("acme", "beta"):
        many.add(name, people(name)[0])
    rotor = held(many, "acme")
    many.write()
    process = subprocess.Popen(
        many.command("sync", "--all", "--json"),
        cwd=many.folder,
        env=many.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert rotor.reached.wait(60)
    [child] = [pid for pid in children_of(process.pid) if "--profile\0acme\0" in command_of(pid)]
    os.kill(child, signal.SIGKILL)
    rotor.let_go.set()
    out, _ = process.communicate(timeout=60)
    told = json.loads(out)["profiles"]
    assert process.returncode == 1
    assert "SIGKILL" in told["acme"]["error"]["message"]
    assert told["beta"]["code"] == 0
    assert many.customers("beta") == people("beta")[1]


def test_profiles_of_one_account_wait_for_each_other(many):
    rows, made = people("acme", 4)
    many.add("acme", rows[:2])
    many.drop("more", "people.csv", rows[2:])
    many.toml += many.toml.replace("profiles.acme", "profiles.more").replace("drop/acme", "drop/more")
    many.toml += "\nmapping = 'more.yaml'\n"
    (many.folder / "more.yaml").write_text("version: 1\nfields: {first_name: First, phone: Phone, email: Email}\n")
    done = many.start("sync", "--all", "--jobs", "4", "--json")
    assert done.returncode == 0, done.stderr
    assert many.customers("acme") == made


def test_the_exit_code_is_the_first_of_the_contracts_order():
    order = [1, 2, 5, 6, 8, 7, 4, 3, 0]
    for at, code in enumerate(order):
        assert exit_codes.of_all(order[at:]) == code
    assert exit_codes.of_all([]) == 0


def test_of_several_errors_of_a_night_the_first_of_that_order_counts():
    defect, wrong, refused, busy = Defect("1"), SourceError("2"), KeyRefused("5"), AccountBusy("6")
    stopped, down, paused, later = Safeguard("8"), ApiDown("7"), QuotaSpent("4"), QuotaSpent("4, too")
    found = [paused, later, down, stopped, busy, refused, wrong, defect, SourceError("2")]
    assert worst_first(found) == [defect, wrong, refused, busy, stopped, down, paused, later]
