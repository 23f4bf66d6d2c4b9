"""What a command's help shows: topics, examples that are real commands, and no line beyond 80 columns."""

import re
import shlex
import subprocess
import sys

import click
import pytest
from inside import Inside
from program import clean
from test_command_line import commands
from test_terminal import as_seen, on_a_terminal

from rotor_import.cli import cli
from rotor_import.cli.help_layout import TOPICS

NAMES = ["", *(name for name, _ in commands(cli))]


@pytest.fixture
def desk(tmp_path, monkeypatch, capsys):
    return Inside(tmp_path, monkeypatch, capsys)


def command_of(name):
    found = cli
    for part in name.split():
        found = found.commands[part]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_help_fits_80_columns_names_each_option_once_and_shows_examples(desk, name):
    text = desk(*name.split(), "--help").out
    assert max(map(len, text.splitlines())) <= 80
    _, _, listed = text.partition("Examples:")
    assert "..." not in listed, "a command's explanation is cut short"
    for parameter in command_of(name).params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            shown = re.findall(rf"^  (?:-\w, )?{option}\b(?!-)|^  {option}, ", listed, re.MULTILINE)
            assert len(shown) == 1, (option, shown)


def test_on_a_terminal_help_fits_too(tmp_path):
    told, code = on_a_terminal(tmp_path, "run", "--help")
    assert code == 0
    assert max(map(len, as_seen(told))) < 80


@pytest.mark.parametrize("name", [name for name in NAMES if hasattr(command_of(name), "examples")])
def test_every_example_is_a_command_that_the_program_understands(name, tmp_path, monkeypatch):
    (tmp_path / "rotor-import.toml").write_text("[profiles.acme]\n")
    monkeypatch.chdir(tmp_path)
    for example in command_of(name).examples:
        words = shlex.split(example.partition(" > ")[0])
        assert words.pop(0) == "rotor-import"
        context, found = click.Context(cli, info_name="rotor-import"), cli
        while isinstance(found, click.Group) and words and words[0] in found.commands:
            found = found.commands[words.pop(0)]
        found.make_context(found.name, words, parent=context)  # raises for what it does not know


def test_options_stand_under_topics(desk):
    text = desk("run", "--help").out
    titles = re.findall(r"^(\S.*):$", text, re.MULTILINE)
    assert titles == ["Examples", *TOPICS, "Exit codes"]
    assert text.index("Quota and speed:") < text.index("--daily-limit") < text.index("Rotor and the ledger:")


@pytest.mark.parametrize("name", ["run", "mapping suggest", "sandbox reset", ""])
def test_help_command_shows_what_the_option_shows(desk, name):
    assert desk("help", *name.split()).out == desk(*name.split(), "--help").out


def test_help_of_an_unknown_command_names_the_one_that_was_meant(desk):
    done = desk("help", "mapping", "sugest")
    assert (done.code, "Did you mean 'suggest'?" in done.err) == (2, True)
    assert desk("help", "run", "fast").code == 2


def test_the_package_can_be_started_as_a_module(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "rotor_import", "--help"],
        cwd=tmp_path,
        env=clean(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Usage: rotor-import [OPTIONS] COMMAND [ARGS]...")
