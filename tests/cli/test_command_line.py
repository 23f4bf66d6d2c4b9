"""The program as a person starts it: messages, exit codes, and what stdout holds."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from inside import clean, inside

from rotor_import.cli import cli, exit_codes
from rotor_import.config import Settings
from rotor_import.sandbox import Options, Sandbox, serve

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "jobber_clients.csv"
FILE = "First,Last,Phone,Email\nAnn,Ray,(763) 555-0100,ann@example.com\nBo,Roe,,bo@example.com\n"
MAPPING = "version: 1\nfields:\n  first_name: First\n  phone: Phone\n  email: Email\n"
TOP = {
    *("run", "mode", "state", "files", "rows", "changes", "sent", "requests", "directory", "forecast", "report"),
}


class Desk:
    """A folder to work in, with a file and a mapping."""

    def __init__(self, folder):
        self.folder = folder
        self.put("people.csv", FILE)
        self.put("map.yaml", MAPPING)

    def put(self, name, text):
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def start(self, *arguments, **environment):
        """In this process; quicker by what it takes to load the program."""
        return inside(self.folder, arguments, self._environment | environment)

    def process(self, *arguments, **environment):
        """As a process of its own, where that is what is tested."""
        return subprocess.run(
            [sys.executable, "-c", "from rotor_import.cli import main; main()", *map(str, arguments)],
            cwd=self.folder,
            env=clean() | self._environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def _environment(self):
        return {"XDG_DATA_HOME": str(self.folder / "data")}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_the_sample_is_imported_and_again_nothing_is_sent(desk):
    first = desk.process("run", SAMPLE, "-m", "jobber", "--sandbox", "--tolerate", "10%", "--json")
    assert first.returncode == 0, first.stderr
    summary = json.loads(first.stdout)
    assert set(summary) >= TOP
    assert summary["rows"]["read"] == 640
    assert summary["sent"]["created"] == summary["changes"]["create"] > 400
    assert summary["requests"]["get"] == 2
    again = json.loads(desk.start("run", SAMPLE, "-m", "jobber", "--sandbox", "--json").stdout)
    assert again["requests"]["post"] == 0
    assert again["changes"]["unchanged"] == summary["changes"]["create"]
    assert (desk.folder / "rotor-import-reports" / summary["run"] / "rows.csv").is_file()


def test_the_table_says_what_a_manager_asks(desk):
    done = desk.start("plan", "people.csv", "-m", "map.yaml", "--sandbox")
    assert done.returncode == 0
    for words in ("Rows read", "rejected", "merged", "on hold", "New customers", "to update", "unchanged"):
        assert words in done.stdout
    for words in ("Requests needed", "1 day, done by", "Report: "):
        assert words in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("none.csv", None, ["none.csv", "no file"]),
        ("empty.csv", "", ["empty.csv", "empty"]),
        ("blank.csv", "\n\n", ["blank.csv", "empty"]),
        ("header.csv", ",,\n1,2,3\n", ["no column 'First'", "It has: 1, 2, 3"]),
        ("mixed.csv", b"First,Last,Phone,Email\nJos\xc3\xa9,,,\nJos\xe9,,,\n", ["line 3", "UTF-8"]),
        ("report.pdf", "%PDF-1.7\n", ["report.pdf", "PDF", "Export"]),
        ("quote.csv", FILE + '"a,b,c,d\n', ["row 4", "quote"]),
        ("folder", "folder", ["folder"]),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_nothing_is_sent(desk, name, text, words):
    if text == "folder":
        (desk.folder / name).mkdir()
    elif text is not None:
        desk.put(name, text)
    refused(desk, words, "run", name, "-m", "map.yaml", "--sandbox")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("phone: Phone", "phon: Phone", ["map.yaml:4:3", "Did you mean phone?"]),
        ("phone: Phone", "phone: Telephone", ["map.yaml:4:3", "'Telephone'", "It has: ", "Phone"]),
        ("phone: Phone", "phone: {colum: Phone}", ["map.yaml:4:11", "Did you mean column?"]),
        ("version: 1", "version: 1\non_conflict: sever", ["map.yaml:2:1", "Did you mean server?"]),
        ("version: 1", "version: 7", ["map.yaml:1:1"]),
        ("phone: Phone", "phone: [", ["map.yaml", "never closed"]),
        ("phone: Phone", "phone: Phone\n  phone: Email", ["map.yaml:5:3", "twice"]),
        ("version: 1", "version: 1\norder: [Nope]", ["map.yaml:2:9", "Nope"]),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place_and_nothing_is_sent(desk, old, new, words):
    desk.put("map.yaml", MAPPING.replace(old, new))
    refused(desk, words, "run", "people.csv", "-m", "map.yaml", "--sandbox")


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["-m", "jober", "--sandbox"], {}, ["jober", "Did you mean jobber?"]),
        (["-m", "map.yaml"], {}, ["ROTOR_API_KEY", "--key-file"]),
        (["-m", "map.yaml", "--base-url", "http://rotor.example.com"], {"ROTOR_API_KEY": "x"}, ["https://"]),
        (["-m", "map.yaml", "--key-file", "nowhere"], {}, ["nowhere"]),
        (["-m", "map.yaml", "--sandbox", "--tolerate", "some"], {}, ["--tolerate"]),
        (["-m", "map.yaml", "--sandbox", "--reserve", "1000"], {}, ["--reserve"]),
        (["-m", "map.yaml", "--sandbox"], {"ROTOR_IMPORT_DAILY_LIMIT": "0"}, ["--daily-limit"]),
        (["-m", "map.yaml", "--sandbox", "--ledger", "/dev/null/ledger"], {}, ["/dev/null/ledger"]),
        (["-m", "map.yaml", "--sandbox", "--directory", "none", "--ledger", "x" * 300], {}, ["can't be opened"]),
        (["--sandbox"], {}, ["-m"]),
        (["people.csv", "-m", "map.yaml", "--sandbox"], {}, ["given twice"]),
        (["-m", "map.yaml", "--sandbox", "--ledger", "mysql://host/db"], {}, ["begins with postgresql://"]),
        (
            ["-m", "map.yaml", "--sandbox", "--ledger", "postgresql://127.0.0.1:1/db"],
            {},
            ["ledger postgresql://127.0.0.1:1/db can't be opened"],
        ),
        (["-m", "map.yaml", "--sandbox", "--sandbox-state", "map.yaml"], {}, ["--sandbox-state"]),
        (["-m", "map.yaml", "--sandbox", "--ledger", "map.yaml"], {}, ["--ledger"]),
        (["-m", "map.yaml", "--sandbox", "--report-dir", "map.yaml"], {}, ["--report-dir"]),
    ],
)
def test_wrong_usage_is_refused_in_words(desk, arguments, environment, words):
    refused(desk, words, "run", "people.csv", *arguments, **environment)


def refused(desk, words, *arguments, **environment):
    done = desk.start(*arguments, "--json", **environment)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    answer = json.loads(done.stdout)
    assert answer["state"] == "stopped"
    assert answer["error"]["code"] == 2
    assert not (desk.folder / "data" / "rotor-import" / "sandbox.sqlite").exists() or counted(desk) == 0


def counted(desk):
    with Sandbox(desk.folder / "data" / "rotor-import" / "sandbox.sqlite") as sandbox:
        return len(sandbox.store.requests())


def test_a_refused_key_has_its_own_exit_code_over_a_real_socket(desk):
    with Sandbox(options=Options(keys={"right": frozenset()})) as sandbox, serve(sandbox) as url:
        done = desk.process("run", "people.csv", "-m", "map.yaml", "--base-url", url, ROTOR_API_KEY="canary-key")
    assert done.returncode == 5
    assert "canary-key" not in done.stdout + done.stderr


def test_an_import_over_a_real_socket(desk):
    with Sandbox() as sandbox, serve(sandbox) as url:
        environment = {"ROTOR_API_KEY": "canary-key", "ROTOR_IMPORT_BASE_URL": url}
        done = desk.process("run", "people.csv", "-m", "map.yaml", **environment)
        assert done.returncode == 0, done.stderr
        assert {one["email"] for one in sandbox.store.all()} == {"ann@example.com", "bo@example.com"}
        check = desk.start("check", "--json", **environment)
        assert json.loads(check.stdout)["scopes"] == ["customers:read", "customers:write"]
    for path in desk.folder.rglob("*"):
        assert not path.is_file() or b"canary-key" not in path.read_bytes()


def test_an_api_that_is_not_there_has_its_own_exit_code(desk):
    with Sandbox() as sandbox, serve(sandbox) as url:
        pass
    fast = ["--max-attempts", "1", "--base-url", url]
    done = desk.start("run", "people.csv", "-m", "map.yaml", *fast, ROTOR_API_KEY="x")
    assert done.returncode == 7
    assert "Traceback" not in done.stderr


def test_rows_that_need_somebody_have_their_own_exit_code_unless_tolerated(desk):
    desk.put("people.csv", FILE + "Cy,,123,\n")
    common = ["plan", "people.csv", "-m", "map.yaml", "--sandbox"]
    assert desk.start(*common).returncode == 3
    assert desk.start(*common, "--tolerate", "1").returncode == 0
    assert desk.start(*common, "--tolerate", "34%").returncode == 0
    assert desk.start(*common, "--tolerate", "33%").returncode == 3


def test_a_pause_has_its_own_exit_code_and_resume_ends_it(desk):
    paused = desk.start("run", "people.csv", "-m", "map.yaml", "--sandbox", "--max-requests", "3", "--json")
    assert paused.returncode == 4
    assert json.loads(paused.stdout)["sent"]["pending"] == 1
    status = json.loads(desk.start("status", "--sandbox", "--json").stdout)
    assert status["pending"] == 1
    resumed = desk.start("resume", "--sandbox", "--json")
    assert resumed.returncode == 0
    assert json.loads(resumed.stdout)["sent"]["created"] == 2
    assert json.loads(desk.start("status", "--sandbox", "--json").stdout)["pending"] == 0


def test_a_saved_plan_is_carried_out_without_a_mapping(desk):
    planned = desk.start("plan", "people.csv", "-m", "map.yaml", "--sandbox", "-o", "plan.rotor", "--json")
    assert planned.returncode == 0, planned.stderr
    done = desk.start("run", "plan.rotor", "--sandbox", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sent"]["created"] == 2
    again = desk.start("run", "plan.rotor", "--sandbox")
    assert again.returncode == 0
    assert "already carried out" in again.stderr


def test_a_plan_whose_file_has_changed_is_refused_in_words(desk):
    desk.start("plan", "people.csv", "-m", "map.yaml", "--sandbox", "-o", "plan.rotor")
    desk.put("people.csv", FILE + "Cy,,,cy@example.com\n")
    done = desk.start("run", "plan.rotor", "--sandbox", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == 2
    assert "the file people.csv (2 rows) has changed" in done.stderr
    for arguments in (["plan", "plan.rotor", "-m", "map.yaml"], ["run", "--dry-run", "plan.rotor"]):
        again = desk.start(*arguments, "--sandbox")
        assert again.returncode == 2
        assert "is a saved plan" in again.stderr


def test_run_dry_run_is_plan(desk):
    done = desk.start("run", "people.csv", "-m", "map.yaml", "--sandbox", "--dry-run", "--json")
    assert json.loads(done.stdout)["mode"] == "plan"
    assert json.loads(done.stdout)["requests"]["post"] == 0


def test_rejects_that_were_mended_are_imported_as_they_are(desk):
    desk.put("people.csv", FILE + "Cy,,123,\n")
    first = json.loads(desk.start("run", "people.csv", "-m", "map.yaml", "--sandbox", "--json").stdout)
    rejects = desk.folder / first["report"] / "rejects.csv"
    rejects.write_text(rejects.read_text().replace("Cy,,123,", "Cy,,(763) 555-0102,", 1))
    second = desk.start("run", rejects, "-m", "map.yaml", "--sandbox", "--json")
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["sent"]["created"] == 1


def test_every_option_of_the_contract_is_there(desk):
    text = desk.start("run", "--help").stdout
    for option in (
        *("--mapping", "--sandbox", "--base-url", "--ledger", "--report-dir", "--directory", "--directory-max-age"),
        *("--daily-limit", "--reserve", "--max-requests", "--concurrency", "--max-attempts", "--retry-base"),
        *("--retry-cap", "--timeout", "--patience", "--wait", "--hold-suspicious", "--allow-keyless", "--tolerate"),
        *("--yes", "--force", "--json", "-q", "-v", "--key-file", "--dry-run"),
    ):
        assert option in text


def test_every_setting_but_the_key_and_the_storage_is_an_option_of_run_with_the_same_default():
    declared = {parameter.name: parameter for parameter in cli.commands["run"].params}
    defaults = {
        name: default for name, default in vars(Settings()).items() if name not in ("key", "tolerate", "storage")
    }
    context = click.Context(cli.commands["run"])
    assert {name: declared[name].get_default(context) for name in defaults} == defaults
    assert declared["tolerate"].get_default(context) == ("0",)


def commands(group, before=""):
    for name, command in group.commands.items():
        yield before + name, command
        yield from commands(command, f"{before}{name} ") if isinstance(command, click.Group) else ()


def test_the_readme_names_every_command_and_a_document_beside_the_code_each_option():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    beside = {
        name: (ROOT / "rotor_import" / name / "README.md").read_text(encoding="utf-8") for name in ("cli", "sandbox")
    }
    for name, command in commands(cli):
        assert f"`{name}" in readme, name
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                document = beside["sandbox" if name == "sandbox" else "cli"]
                assert not option.startswith("--") or f"`{option}`" in document, (name, option)


def test_a_document_names_every_exit_code():
    document = (ROOT / "rotor_import" / "cli" / "README.md").read_text(encoding="utf-8")
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", document, re.MULTILINE)] == sorted(exit_codes.MEANING)
