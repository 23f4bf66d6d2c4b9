"""The program's entry point: it runs a command line, and turns every error into a message and an exit code."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.commands import cli
from rotor_import.cli.completion import VARIABLE
from rotor_import.cli.did_you_mean import words_of
from rotor_import.errors import RotorImportError
from rotor_import.model.location import hidden


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = os.environ.get("ROTOR_IMPORT_JSON", "").lower() in ("1", "true", "t", "yes", "y", "on")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="backslashreplace"
        )  # a character that the terminal can't show must not fail the run
    sys.exit(_guarded(given, as_json=wanted or "--json" in given))


def _guarded(given: list[str], *, as_json: bool) -> int:
    try:
        done = cli.main(given, prog_name="rotor-import", complete_var=VARIABLE, standalone_mode=False)
        return int(done or exit_codes.DONE)
    except RotorImportError as error:
        return output.failure(error, as_json=as_json)
    except click.ClickException as error:
        words = hidden(words_of(error, given))  # an unquoted connection string falls apart into arguments
        _explain(words, error)
        if as_json:
            output.stopped(exit_codes.WRONG_INPUT, words)
        return exit_codes.WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        words = "Stopped. Nothing is lost: the same command, or resume, goes on."
        output.say(words)
        if as_json:
            output.stopped(exit_codes.PAUSED, words)
        return exit_codes.PAUSED
    except Exception as error:  # noqa: BLE001 - the last resort: words, never a traceback with customer data
        output.complain(output.defect(error))
        if as_json:
            output.stopped(exit_codes.DEFECT, output.defect(error))
        return exit_codes.DEFECT


def _explain(words: str, error: click.ClickException) -> None:
    """Say what is wrong, how the command is used, and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        output.say(words)
        return
    output.complain(words)
    if context is not None:
        output.say(f"{context.get_usage()}\nHelp: {context.command_path} --help")
