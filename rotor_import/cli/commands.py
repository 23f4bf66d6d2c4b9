"""The program's commands: the import itself here, the others from the modules of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import output
from rotor_import.cli.completion import completion
from rotor_import.cli.doctor_command import doctor
from rotor_import.cli.help_command import help_
from rotor_import.cli.help_layout import Group
from rotor_import.cli.init_command import init
from rotor_import.cli.inspect_commands import check, directory, runs, show_, status
from rotor_import.cli.late_settings import Late
from rotor_import.cli.ledger_commands import ledger
from rotor_import.cli.mapping_commands import mapping as mapping_group
from rotor_import.cli.open_command import open_
from rotor_import.cli.options import Place, option, planning_options, running_options, sending_options, with_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.question import question
from rotor_import.cli.sandbox_command import sandbox
from rotor_import.cli.shown import show_report
from rotor_import.cli.sync_command import sync
from rotor_import.cli.undo_commands import undo, verify
from rotor_import.cli.watching import LISTENING, Watched
from rotor_import.cli.world import world_of

_TOPICS = {
    "Import": ("open", "plan", "run", "sync", "resume", "undo"),
    "Look": ("status", "runs", "show", "verify"),
    "Prepare": ("init", "doctor", "mapping", "check", "directory", "sandbox"),
    "Maintain": ("ledger", "completion", "help"),
}
_FILES = click.argument("files", nargs=-1, required=True, type=Place())


@click.group(
    cls=Group,
    topics=_TOPICS,
    ends_in_codes=True,
    examples=(
        "rotor-import plan clients.csv -m my.yaml",
        "rotor-import run clients.csv -m my.yaml",
        "rotor-import help run",
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="rotor-import", message="%(prog)s %(version)s")
def cli() -> None:
    """Import customers from spreadsheets into the Rotor CRM, and keep them in sync."""


@cli.command(
    short_help="Show what `run` would add and update (dry run).",
    ends_in_codes=True,
    examples=(
        "rotor-import plan clients.csv -m my.yaml",
        "rotor-import plan clients.csv -m jobber --sandbox",
        "rotor-import plan clients.csv -m my.yaml -o plan.rotor",
    ),
)
@_FILES
@option(
    "--save",
    "-o",
    type=click.Path(path_type=Path),
    metavar="PLAN",
    help="Save the plan in this file, to review it and then run it.",
)
@planning_options
def plan(
    files: Sequence[Path | str],
    mapping: str,
    settings: Late,
    *,
    save: Path | None,
    as_json: bool,
    progress: Progress,
) -> int:
    """Show what `run` would add and update (dry run). No customer is sent.

    With -o PLAN the plan is saved. `rotor-import run PLAN` then carries out that very plan, or says what has changed
    since.
    """
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it
    from rotor_import.pipeline.garbage import no_collection  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    with no_collection(until_exit=True):  # a plan is short
        report = pipeline.plan_import(files, mapping, chosen, world_of(progress), save=save)
        return show_report(report, chosen, progress, as_json=as_json)


@cli.command(
    short_help="Import files: plan, ask, then send.",
    ends_in_codes=True,
    examples=(
        "rotor-import run clients.csv -m my.yaml",
        "rotor-import run clients.csv -m my.yaml --sample 25",
        "rotor-import run clients.csv -m my.yaml --decisions review.csv",
        "rotor-import run plan.rotor --yes --notify https://example.com/hook",
        "rotor-import run clients.csv -m jobber --sandbox",
    ),
)
@_FILES
@click.option("--dry-run", is_flag=True, envvar="ROTOR_IMPORT_DRY_RUN", help="The same as plan.")
@option(
    "--sample",
    type=click.IntRange(1),
    metavar="NUMBER",
    default=None,
    help="Try so many customers first, which together show all that the plan does, then stop.",
)
@with_options(*LISTENING)
@running_options
def run(
    files: Sequence[Path | str],
    mapping: str | None,
    settings: Late,
    *,
    dry_run: bool,
    as_json: bool,
    progress: Progress,
    **listening: Any,
) -> int:
    """Import files: plan, then send. After a pause, the same command goes on where it stopped.

    On a terminal, it shows the plan and asks before it sends anything. It doesn't ask with --yes, --sandbox or --json,
    or if input or messages don't go to a terminal.

    A file may be a saved plan (plan -o). It is carried out if its files, its mapping and Rotor's customers are as they
    were. If the files were moved, name them after it.

    With --sample 25, only 25 customers are sent, and sample.csv says what to look at in Rotor. Without it, the same
    command then sends the rest.

    With --notify, somebody is told how it ended.
    """
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it

    if dry_run:
        chosen = settings()
        report = pipeline.plan_import(files, mapping, chosen, world_of(progress))
        return show_report(report, chosen, progress, as_json=as_json)
    world = world_of(progress)
    watched = Watched("run", (mapping, ""), listening, world, output.warn)
    try:
        chosen = settings()
        confirm = question(chosen, progress.close, as_json=as_json)
        report = pipeline.run_import(files, mapping, chosen, replace(world, confirm=confirm))
    except click.ClickException as error:
        watched.failed(error, settings)
        raise
    except (KeyboardInterrupt, click.Abort):
        watched.stopped()
        raise
    except Exception as error:  # noqa: BLE001 - whoever listens is told of every error
        progress.close()
        code = output.failure(error, as_json=as_json)
        watched.failed(error, settings)
        return code
    code = show_report(report, chosen, progress, as_json=as_json)
    if report.is_declined:
        watched.stopped()
    else:
        watched.ended(report, code, chosen)
    return code


@cli.command(
    short_help="Send what is still pending.",
    ends_in_codes=True,
    examples=("rotor-import resume", "rotor-import resume --wait"),
)
@sending_options
def resume(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Send what is still pending, without the files. It doesn't ask first."""
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    *earlier, last = pipeline.resume(chosen, world_of(progress))
    for report in earlier:
        show_report(report, chosen, progress, as_json=False)
    return show_report(last, chosen, progress, as_json=as_json)


for _command in (
    *(status, runs, show_, verify, undo, check, directory, mapping_group),
    *(ledger, sandbox, sync, open_, completion, help_, init, doctor),
):
    cli.add_command(_command)
