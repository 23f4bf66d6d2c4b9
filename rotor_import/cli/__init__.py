"""The command line: arguments to settings, errors to exit codes; no logic of its own."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rotor_import.cli import exits, pages, show
from rotor_import.cli.advice import words_of
from rotor_import.cli.complete import VARIABLE, completion
from rotor_import.cli.look import check, directory, runs, show_, status
from rotor_import.cli.mapping import mapping as mapping_group
from rotor_import.cli.options import Late, option, planning_options, running_options, sending_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.sandbox import sandbox
from rotor_import.cli.sync import sync
from rotor_import.cli.world import world_of
from rotor_import.errors import RotorImportError

if TYPE_CHECKING:
    from rotor_import.config import Settings
    from rotor_import.pipeline import ImportReport

_EPILOG = "Exit codes: " + "; ".join(f"{code} {words}" for code, words in exits.MEANING.items()) + "."
_FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="rotor-import")
def cli() -> None:
    """Import and sync customers in bulk from spreadsheets into the Rotor CRM."""


@cli.command(epilog=_EPILOG)
@_FILES
@option("--save", "-o", type=click.Path(path_type=Path), help="Save the plan, to be looked at and then carried out.")
@planning_options
def plan(
    files: Sequence[Path],
    mapping: str,
    settings: Late,
    *,
    save: Path | None,
    as_json: bool,
    progress: Progress,
) -> int:
    """The dry run: what `run` would create and update. Sends no customer.

    With -o PLAN the plan is saved: `run PLAN` does exactly that, or says what has changed meanwhile.
    """
    gc.disable()  # a plan is short, and what it makes stays until it ends
    return _import("plan", files, mapping, settings(), as_json=as_json, progress=progress, save=save)


@cli.command(epilog=_EPILOG)
@_FILES
@click.option("--dry-run", is_flag=True, envvar="ROTOR_IMPORT_DRY_RUN", help="The same as plan.")
@running_options
def run(
    files: Sequence[Path],
    mapping: str | None,
    settings: Late,
    *,
    dry_run: bool,
    as_json: bool,
    progress: Progress,
) -> int:
    """Plan, then send; the same command again goes on where it stopped.

    FILE may be a saved plan (plan -o): it is carried out if its files, mapping and customers are as they were. If the
    files were moved, name them after it.
    """
    return _import("plan" if dry_run else "run", files, mapping, settings(), as_json=as_json, progress=progress)


@cli.command(epilog=_EPILOG)
@sending_options
def resume(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Go on with what is pending."""
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    reports = pipeline.resume(chosen, world_of(progress))
    progress.close()
    codes = [_report(report, chosen, as_json=as_json and report is reports[-1]) for report in reports]
    return codes[-1]


for _command in (status, runs, show_, check, directory):
    _command.epilog = _EPILOG
    cli.add_command(_command)
cli.add_command(mapping_group)
cli.add_command(sandbox)
cli.add_command(sync)
cli.add_command(completion)


def _import(
    mode: str,
    files: Sequence[Path],
    mapping: str | None,
    settings: Settings,
    *,
    as_json: bool,
    progress: Progress,
    save: Path | None = None,
) -> int:
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it

    if mode == "run":
        report = pipeline.run_import(files, mapping, settings, world_of(progress))
    else:
        report = pipeline.plan_import(files, mapping, settings, world_of(progress), save=save)
    progress.close()
    return _report(report, settings, as_json=as_json)


def _report(report: ImportReport, settings: Settings, *, as_json: bool) -> int:
    code = exits.code_of_report(report.summary, report.error, report.troubled, settings.tolerate)
    summary = {**report.summary, **show.error_of(report.error, code)}
    if as_json or summary["files"] or "plan" in summary:
        show.notes(summary)
    if report.error is not None:
        show.say(f"{'Paused' if code == exits.PAUSED else 'Stopped'}: {report.error}")
    show.result(summary, as_json=as_json, text=lambda screen: pages.summary(summary, screen))
    return code


def main(arguments: Sequence[str] | None = None) -> None:
    """Every error ends here, in words and an exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = os.environ.get("ROTOR_IMPORT_JSON", "").lower() in ("1", "true", "t", "yes", "y", "on")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no reason to fail
    sys.exit(_guarded(given, as_json=wanted or "--json" in given))


def _guarded(given: list[str], *, as_json: bool) -> int:
    try:
        done = cli.main(given, prog_name="rotor-import", complete_var=VARIABLE, standalone_mode=False)
        return int(done or exits.DONE)
    except RotorImportError as error:
        return show.failure(error, as_json=as_json)
    except click.ClickException as error:
        words = words_of(error, given)
        _explain(words, error)
        if as_json:
            show.stopped(exits.WRONG_INPUT, words)
        return exits.WRONG_INPUT
    except (KeyboardInterrupt, click.Abort):
        words = "Stopped. Nothing is lost: the same command, or resume, goes on."
        show.say(words)
        if as_json:
            show.stopped(exits.PAUSED, words)
        return exits.PAUSED
    except Exception as error:  # noqa: BLE001 - the last resort: words, never a traceback with customer data
        show.complain(show.defect(error))
        if as_json:
            show.stopped(exits.DEFECT, show.defect(error))
        return exits.DEFECT


def _explain(words: str, error: click.ClickException) -> None:
    """What is wrong, how the command is used, and where to read on."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        show.say(words)
        return
    show.complain(words)
    if context is not None:
        show.say(f"{context.get_usage()}\nHelp: {context.command_path} --help")
