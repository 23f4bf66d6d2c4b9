"""Help while typing: completion in a real shell, and the right word for a wrong one."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rotor_import.cli import cli
from rotor_import.sandbox import Sandbox, serve


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["paln"], "No such command 'paln'. Did you mean 'plan'?"),
        (["PLAN"], "Did you mean 'plan'?"),
        (["import", "people.csv"], "Did you mean 'run'?"),
        (["history"], "Did you mean 'runs'?"),
        (["dir"], "Did you mean 'directory'?"),
        (["suggest", "people.csv"], "Did you mean 'mapping suggest'?"),
        (["mapping", "sugest"], "Did you mean 'suggest'?"),
        (["people.csv", "-m", "map.yaml"], "To try a file: rotor-import plan people.csv -m MAPPING"),
        (["xyzzy"], "The commands are: check, completion, directory, doctor, help, init, ledger, mapping, "),
        (["plan", "people.csv", "--maping", "x"], "No such option '--maping'. Did you mean '--mapping'?"),
        (["--sandbox", "runs"], "It comes after the command: rotor-import runs --sandbox"),
        (["plan", "people.csv", "--dry-run"], "These commands have it: run, undo."),
        (
            ["plan", "people.csv", "-m", "map.yaml", "--directory", "apis"],
            "'apis' is not one of 'api', 'ledger', 'none'",
        ),
        (["show"], "Missing argument 'RUN'"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(desk, arguments, words):
    done = desk(*arguments, COLUMNS="200")
    assert done.code == 2
    assert done.out == ""
    assert done.err.startswith("Error: ")
    assert words in done.err
    assert "--help" in done.err


def test_without_a_command_the_help_is_shown(desk):
    done = desk()
    assert done.code == 2
    assert done.err.startswith("Usage: rotor-import")
    assert all(name in done.err for name in cli.commands)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_script(desk, shell):
    done = desk("completion", shell)
    assert done.code == 0
    assert f"_ROTOR_IMPORT_COMPLETE={shell}_complete" in done.out
    if program := shutil.which(shell):
        subprocess.run(
            [program, "-n", "-c" if shell == "fish" else "/dev/stdin"], input=done.out, text=True, check=True
        )


TYPED = """
eval "$(rotor-import completion bash)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_rotor_import_completion rotor-import 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


def typed(desk, *words, **environment):
    """What bash offers for the last of these words."""
    programs = str(Path(sys.executable).parent)
    done = subprocess.run(
        ["/usr/bin/env", "bash", "-c", TYPED, "bash", "rotor-import", *words],
        env={"PATH": f"{programs}:/usr/bin:/bin", "XDG_DATA_HOME": str(desk.folder / "data"), **environment},
        cwd=desk.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_options_presets_and_runs(desk):
    run = desk("run", "people.csv", "-m", "map.yaml", "--sandbox", "--json").json["run"]
    assert typed(desk, "s") == ["sandbox", "show", "status", "sync"]
    assert typed(desk, "plan", "--xl") == ["--xlsx"]
    assert typed(desk, "plan", "people.csv", "-m", "jo") == ["jobber", "jobber_custom_fields"]
    assert typed(desk, "mapping", "check", "work") == ["workiz"]
    assert typed(desk, "show", "--sandbox", "") == ["last", run]
    assert typed(desk, "completion", "") == ["bash", "zsh", "fish"]


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_a_run_is_completed_with_the_key_that_the_command_would_use(desk):
    """The profile's own key outranks a key file that the environment names."""
    (desk.folder / "other.key").write_text("other")
    (desk.folder / "other.key").chmod(0o600)
    with Sandbox() as sandbox, serve(sandbox) as url:
        desk.put("rotor-import.toml", f"[profiles.acme]\nkey_env = 'ACME_KEY'\nbase_url = '{url}'\n")
        keys = {"ACME_KEY": "acme", "ROTOR_IMPORT_KEY_FILE": "other.key"}
        run = desk("run", "people.csv", "-m", "map.yaml", "--profile", "acme", "--json", **keys).json["run"]
        assert typed(desk, "show", "--profile", "acme", "", **keys) == ["last", run]
    assert typed(desk, "show", "--profile", "acme", "2", ROTOR_IMPORT_KEY_FILE="other.key") == []


def test_completing_a_run_makes_no_ledger_and_says_no_error(desk):
    assert typed(desk, "show", "--sandbox", "2") == []
    assert typed(desk, "show", "--key-file", "nowhere", "2") == []
    assert not (desk.folder / "data").exists()
