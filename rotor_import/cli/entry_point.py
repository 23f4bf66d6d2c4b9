"""The program's entry point: it runs a command line, and turns every error into a message and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.commands import cli
from rotor_import.cli.completion import VARIABLE
from rotor_import.cli.did_you_mean import words_of
from rotor_import.cli.streams import protect
from rotor_import.model.location import hidden

_TURN = 0.0005
"""Seconds that threads which come back from polars wait for one that is at work in Python: 5 ms was too much."""

_LIBRARIES = {
    "PYDANTIC_DISABLE_PLUGINS": "true",  # it would look for them in all that is installed
    "_RJEM_MALLOC_CONF": "muzzy_decay_ms:0",  # polars gives back at once what it frees, in no more time
}
"""What libraries that are loaded later find in the environment."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.setswitchinterval(_TURN)
    for name, value in _LIBRARIES.items():
        os.environ.setdefault(name, value)
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = os.environ.get("ROTOR_IMPORT_JSON", "").lower() in ("1", "true", "t", "yes", "y", "on")
    stdout = protect()
    code = _guarded(given, as_json=wanted or "--json" in given)
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(_without_result(code) if stdout is not None and stdout.lost else int(code))


def _without_result(code: int) -> int:
    """The exit code of a command whose result could not be printed."""
    if isinstance(code, exit_codes.Standing):
        output.say("Only the printed result is lost. The command did its work, and the exit code says how it ended.")
        return int(code)
    return int(code) or exit_codes.WRONG_INPUT


def _carried_out(given: list[str]) -> int:
    done: int | None = cli.main(given, prog_name="rotor-import", complete_var=VARIABLE, standalone_mode=False)
    return exit_codes.DONE if done is None else done


def _guarded(given: list[str], *, as_json: bool) -> int:
    try:
        return _carried_out(given)
    except click.ClickException as error:
        words = hidden(words_of(error, given))  # an unquoted connection string falls apart into arguments
        _explain(words, error)
        if as_json:
            output.stopped(exit_codes.WRONG_INPUT, words)
        return exit_codes.WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        words = "Stopped. Nothing is lost. To go on, run the same command again."
        output.say(words)
        if as_json:
            output.stopped(exit_codes.PAUSED, words)
        return exit_codes.PAUSED
    except Exception as error:  # noqa: BLE001 - the last resort: words, never a traceback with customer data
        return output.failure(error, as_json=as_json)


def _explain(words: str, error: click.ClickException) -> None:
    """Say what is wrong, how the command is used, and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        output.say(words)
        return
    output.complain(words)
    if context is not None:
        output.say(f"{context.get_usage()}\nHelp: {context.command_path} --help")
