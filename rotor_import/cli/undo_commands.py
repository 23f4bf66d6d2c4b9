"""Commands that look back at a run: undo takes it back, verify compares it with Rotor."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rotor_import.cli import completion, exit_codes, output, result_text
from rotor_import.cli.help_layout import Command
from rotor_import.cli.late_settings import Late
from rotor_import.cli.options import FORCE, REPORT_DIR, sending_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.question import question
from rotor_import.cli.shown import show_report
from rotor_import.cli.world import world_of


@click.command(
    cls=Command,
    short_help="Take back what a run changed in Rotor.",
    ends_in_codes=True,
    examples=(
        "rotor-import undo last --dry-run",
        "rotor-import undo last",
        "rotor-import undo 20261128T1830 20261127T1830",
    ),
)
@click.argument("runs", nargs=-1, required=True, shell_complete=completion.runs)
@click.option("--dry-run", is_flag=True, envvar="ROTOR_IMPORT_DRY_RUN", help="Only plan the way back; send nothing.")
@FORCE
@REPORT_DIR
@sending_options
def undo(runs: Sequence[str], settings: Late, *, dry_run: bool, as_json: bool, progress: Progress) -> int:
    """Take back what a run changed in Rotor, and what the ledger learned from it.

    RUN is the run's name, the first letters of it, or `last`. Of several runs, the newest is taken back first. After a
    pause, the same command goes on where it stopped.

    Updated customers get their old values back. New customers are set inactive, because Rotor's API can't delete them.
    What somebody has edited in Rotor since stays as it is, and tags stay, because the API can't remove them.
    """
    from rotor_import.pipeline.undoing import undo as take_back  # noqa: PLC0415 - --help has no need of it

    chosen = settings()
    confirm = None if dry_run else question(chosen, progress.close, as_json=as_json)
    report = take_back(runs, chosen, world_of(progress, confirm), dry_run=dry_run)
    return show_report(report, chosen, progress, as_json=as_json)


@click.command(
    cls=Command,
    short_help="Compare Rotor with what a run left there.",
    ends_in_codes=True,
    examples=("rotor-import verify last", "rotor-import verify 20261128T1830 --json"),
)
@click.argument("run", shell_complete=completion.runs)
@REPORT_DIR
@sending_options
def verify(run: str, settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Read Rotor's customer list again, and compare each field with what a run left there.

    RUN is the run's name, the first letters of it, or `last`. Exit code 3 means that something differs: verify.csv in
    the run's report lists it.
    """
    from rotor_import.pipeline.verifying import verify as compare  # noqa: PLC0415 - --help has no need of it

    result = compare(run, settings(), world_of(progress))
    progress.close()
    output.result(result, as_json=as_json, text=lambda terminal: result_text.verified(result, terminal))
    return exit_codes.Standing(exit_codes.TROUBLED if result["fields"]["different"] else exit_codes.DONE)
