"""The program's commands: the import itself here, the others from the modules of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rotor_import.cli import exit_codes, output, result_text
from rotor_import.cli.completion import completion
from rotor_import.cli.inspect_commands import check, directory, runs, show_, status
from rotor_import.cli.ledger_commands import ledger
from rotor_import.cli.mapping_commands import mapping as mapping_group
from rotor_import.cli.options import Late, option, planning_options, running_options, sending_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.sandbox_command import sandbox
from rotor_import.cli.sync_command import sync
from rotor_import.cli.world import world_of

if TYPE_CHECKING:
    from rotor_import.config import Settings
    from rotor_import.pipeline import ImportReport

_EPILOG = "Exit codes: " + "; ".join(f"{code} {words}" for code, words in exit_codes.MEANING.items()) + "."
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
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it
    from rotor_import.pipeline.garbage import no_collection  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    with no_collection():  # a plan is short, and what it makes stays until it ends
        report = pipeline.plan_import(files, mapping, chosen, world_of(progress), save=save)
    return _show(report, chosen, progress, as_json=as_json)


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
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    start = pipeline.plan_import if dry_run else pipeline.run_import
    return _show(start(files, mapping, chosen, world_of(progress)), chosen, progress, as_json=as_json)


@cli.command(epilog=_EPILOG)
@sending_options
def resume(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Go on with what is pending."""
    from rotor_import import pipeline  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    *earlier, last = pipeline.resume(chosen, world_of(progress))
    for report in earlier:
        _show(report, chosen, progress, as_json=False)
    return _show(last, chosen, progress, as_json=as_json)


for _command in (status, runs, show_, check, directory):
    _command.epilog = _EPILOG
    cli.add_command(_command)
cli.add_command(mapping_group)
cli.add_command(ledger)
cli.add_command(sandbox)
cli.add_command(sync)
cli.add_command(completion)


def _show(report: ImportReport, settings: Settings, progress: Progress, *, as_json: bool) -> int:
    """Print what a command came to; the exit code comes back."""
    progress.close()
    code = exit_codes.code_of_report(report.summary, report.error, report.troubled, settings.tolerate)
    summary = {**report.summary, **output.error_of(report.error, code)}
    if as_json or summary["files"] or "plan" in summary:
        output.notes(summary)
    if report.error is not None:
        output.say(f"{'Paused' if code == exit_codes.PAUSED else 'Stopped'}: {report.error}")
    output.result(summary, as_json=as_json, text=lambda terminal: result_text.summary(summary, terminal))
    return exit_codes.Standing(code)
