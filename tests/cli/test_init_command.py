"""init: four answers make a profile, a mapping, and a line for cron that works as it is; or nothing at all."""

import os
import pty
import re
import subprocess
import sys
import tomllib

import pytest
from program import clean
from test_command_line import FILE, ROOT

from rotor_import.sandbox import Sandbox, serve

HERE = ("rotor-import.toml", "acme.yaml")
OPTIONS = ("init", "--name", "acme", "--folder", "drop", "--key-file", "acme.key", "--drop", "full")


@pytest.fixture
def company(desk):
    (desk.folder / "drop").mkdir()
    desk.put("drop/people.csv", FILE)
    desk.put("acme.key", "canary-key")
    (desk.folder / "acme.key").chmod(0o600)
    return desk


def written(company):
    return [name for name in HERE if (company.folder / name).exists()]


def test_the_line_for_cron_syncs_with_an_empty_environment(company):
    done = company(*OPTIONS, "--at", "3:05", "--timer", "cron")
    assert done.code == 0, done.err
    assert "rotor-import doctor --profile acme" in done.err
    time, command = re.fullmatch(r"(\d+ \d+ \* \* \*) (.*)\n", done.out).groups()
    assert time == "5 3 * * *"
    with Sandbox() as sandbox, serve(sandbox) as url:
        text = (company.folder / "rotor-import.toml").read_text()
        company.put("rotor-import.toml", text + f"base_url = '{url}'\nledger = 'l.sqlite'\nsettle = 0\n")
        night = subprocess.run(
            ["/bin/sh", "-c", command],
            env={"PYTHONPATH": str(ROOT)},  # this program, wherever another one is installed
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert night.returncode == 0, night.stderr
        assert {one["first_name"] for one in sandbox.store.all()} == {"Ann", "Bo"}
    assert (company.folder / "drop" / "processed" / "people.csv").exists()


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_no_key_is_in_the_files_so_that_a_new_one_has_the_mode_of_the_umask(company, umask, mode):
    before = os.umask(umask)
    try:
        company(*OPTIONS)
    finally:
        os.umask(before)
    for name in HERE:
        path = company.folder / name
        assert path.stat().st_mode & 0o777 == mode
        assert "canary-key" not in path.read_text()


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664])
def test_a_file_that_is_there_keeps_its_mode_and_for_root_its_owner(company, mode):
    company(*OPTIONS)
    owner = (12345, 23456) if os.geteuid() == 0 else (os.getuid(), os.getgid())
    for name in HERE:
        os.chown(company.folder / name, *owner)
        (company.folder / name).chmod(mode)
    assert company(*OPTIONS, "--force").code == 0
    for name in HERE:
        found = (company.folder / name).stat()
        assert (found.st_mode & 0o777, (found.st_uid, found.st_gid)) == (mode, owner)
    table = tomllib.loads((company.folder / "rotor-import.toml").read_text())["profiles"]["acme"]
    assert table == {
        "folder": str(company.folder / "drop"),
        "mapping": "acme.yaml",
        "key_file": str(company.folder / "acme.key"),
    }
    assert "\ndrop: full\n" in (company.folder / "acme.yaml").read_text()


def test_comments_and_other_profiles_stay_and_a_profile_is_not_overwritten_without_force(company):
    before = "# ours\n[defaults]\ndaily_limit = 500 # less\n\n[profiles.beta]\nkey_env = 'BETA'  # theirs\n"
    company.put("rotor-import.toml", before)
    assert company(*OPTIONS).code == 0
    text = (company.folder / "rotor-import.toml").read_text()
    assert text.startswith(before)
    again = company(*OPTIONS)
    assert again.code == 2
    assert "--force" in again.err
    assert (company.folder / "rotor-import.toml").read_text() == text
    forced = company(*OPTIONS[:-1], "delta", "--force")
    assert forced.code == 0, forced.err
    assert "\ndrop: delta\n" in (company.folder / "acme.yaml").read_text()
    assert list(tomllib.loads((company.folder / "rotor-import.toml").read_text())["profiles"]) == ["beta", "acme"]


def test_a_preset_is_copied_with_what_a_file_is_and_a_mapping_of_ones_own_is_used_as_it_is(company):
    assert company(*OPTIONS, "-m", "jobber").code == 0
    assert "\ndrop: full\n" in (company.folder / "acme.yaml").read_text()
    other = ("init", "--name", "b", "--folder", "drop", "--key-env", "B_KEY", "-m", "map.yaml")
    assert company(*other, "--drop", "delta").code == 2
    done = company(*other)
    assert done.code == 0, done.err
    assert "B_KEY must be set" in done.err
    table = tomllib.loads((company.folder / "rotor-import.toml").read_text())["profiles"]["b"]
    assert (table["mapping"], table["key_env"]) == ("map.yaml", "B_KEY")


@pytest.mark.parametrize("preset", [(), ("-m", "jobber")])
def test_each_company_is_a_feed_of_its_own_also_if_their_files_are_called_alike(company, preset):
    assert company(*OPTIONS, *preset).code == 0
    mapping = (company.folder / "acme.yaml").read_text()
    assert re.findall(r"^feed:.*$", mapping, re.MULTILINE) == ["feed: acme"]
    assert re.findall(r"^drop:.*$", mapping, re.MULTILINE) == ["drop: full"]


def test_without_a_file_it_says_what_to_do_next_and_still_writes_the_profile(company):
    (company.folder / "drop" / "people.csv").unlink()
    done = company(*OPTIONS)
    assert done.code == 0
    assert "rotor-import mapping suggest FILE -o" in done.err
    assert written(company) == ["rotor-import.toml"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["init"], ["--name", "--folder", "--key-file or --key-env", "--drop"]),
        ([*OPTIONS[:-2]], ["--drop"]),
        ([*OPTIONS, "--name", "a/b"], ["letters"]),
        ([*OPTIONS, "--folder", "nowhere"], ["no folder nowhere"]),
        ([*OPTIONS, "--key-file", "canary-key"], ["no such key file"]),
        ([*OPTIONS[:5], "--key-env", "canary-key", "--drop", "full"], ["name of an environment variable"]),
        ([*OPTIONS, "--key-env", "K"], ["not both"]),
        ([*OPTIONS, "--at", "25:00"], ["04:15"]),
        ([*OPTIONS, "-m", "jober"], ["Did you mean jobber?"]),
    ],
)
def test_what_is_missing_or_wrong_is_named_and_nothing_is_written(company, arguments, words):
    done = company(*arguments)
    assert done.code == 2
    for word in words:
        assert word in done.err
    assert "canary-key" not in done.err
    assert written(company) == []


@pytest.mark.parametrize(("timer", "words"), [("systemd", "OnCalendar=*-*-* 04:15:00"), ("windows", "/ST 04:15")])
def test_other_timers_have_absolute_paths_too(company, timer, words):
    done = company(*OPTIONS, "--timer", timer)
    assert words in done.out
    assert f"--config {company.folder / 'rotor-import.toml'}" in done.out


def in_a_terminal(company, answers):
    """What the program said, and its exit code; None as an answer is a closed input."""
    main, program = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from rotor_import.cli import main; main(['init', '--timer', 'cron'])"],
        cwd=company.folder,
        env=clean(TERM="dumb", XDG_DATA_HOME=str(company.folder / "data")),
        stdin=program,
        stdout=subprocess.PIPE,
        stderr=program,
    )
    os.close(program)
    told = ""
    for question, answer in answers:
        while question not in told:
            told += os.read(main, 65536).decode()
        told = told.partition(question)[2]
        os.write(main, b"\x04" if answer is None else f"{answer}\n".encode())
    try:
        while some := os.read(main, 65536):
            told += some.decode()
    except OSError:  # the other end is closed
        pass
    process.communicate()
    os.close(main)
    return told, process.returncode


@pytest.mark.parametrize("address", ["https://host/x.csv?sig=canary", " https://host/x.csv?sig=canary "])
def test_a_signature_is_not_written_into_the_file(company, address):
    done = company("init", "--name", "acme", "--folder", address, *OPTIONS[5:])
    assert (done.code, "folder_env" in done.err, "canary" in done.err) == (2, True, False)
    assert written(company) == []


def test_on_a_terminal_it_asks_four_questions_and_a_wrong_answer_again(company):
    answers = [
        ("name for this company", "a b"),
        ("name for this company", "acme"),
        ("folder in which", "nowhere"),
        ("folder in which", "drop"),
        ("API key is", "canary-key"),
        ("API key is", "env:ACME_KEY"),
        ("only changes?", "changes"),
    ]
    told, code = in_a_terminal(company, answers)
    assert code == 0, told
    assert "\ndrop: delta\n" in (company.folder / "acme.yaml").read_text()
    assert 'key_env = "ACME_KEY"' in (company.folder / "rotor-import.toml").read_text()


def test_nothing_is_written_if_a_question_is_interrupted(company):
    _, code = in_a_terminal(company, [("name for this company", "acme"), ("folder in which", None)])
    assert code == 4
    assert written(company) == []
