"""The command of the nightly file drop."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.help_layout import Command
from rotor_import.cli.late_settings import Late
from rotor_import.cli.options import EVERY, Listed, Place, option, syncing_options, with_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.watching import LISTENING, Watched, early_summary
from rotor_import.cli.world import world_of
from rotor_import.errors import RotorImportError

if TYPE_CHECKING:
    from rotor_import.sync.night_log import NightLog

_EXPLAINED = """
Import the new files of FOLDER, and go on with what is pending. Made for cron or a timer, every night. It never asks.

Each file is imported once, whatever its name, and then moved to processed/, or to failed/ with the reason.

\b
The mapping says what a file is:
  drop: full         the whole truth: only the newest counts, and anyone no
                     longer in it counts as missing
  drop: delta        changes only: one file after another
  missing: inactive  sets missing customers inactive (report: only says so)

A file that looks very different from the last one is stopped with exit code 8 before anything is sent: too many new or
missing customers, half of the rows, a blank column, other column headings, another mapping, or phones and emails that
are no longer valid. Look at the report. If the file is correct, run the same command with --force.

With --profile NAME, the folder, the mapping, the key and all else come from that profile in rotor-import.toml. --all
syncs each profile that has a folder, several at a time, each by itself: one that fails stops no other.

If there is nothing new, it prints one line, and with --quiet nothing. With --tolerate known, rows that an earlier
night reported don't make the exit code 3 again.

With --notify, people are told once when something goes wrong, and once when it is well again.
"""
_OPTIONS = (
    option(
        "--pattern",
        type=Listed(),
        metavar="NAMES",
        multiple=True,
        default=("*",),
        help="Names of files to import; may be repeated.  [default: *]",
    ),
    option(
        "--settle",
        type=click.FloatRange(0),
        metavar="SECONDS",
        default=2.0,
        help="How long a file must stay unchanged first.  [default: 2]",
    ),
    option("--done-file", is_flag=True, help="Wait for NAME.done beside each file instead."),
    option("--leave", is_flag=True, help="Leave files where they are."),
    option(
        "--order",
        type=click.Choice(["name", "time"]),
        default="name",
        help="How to tell which file is newer.  [default: name]",
    ),
    option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        help="Form of the messages on stderr.  [default: text]",
    ),
)


@click.command(
    cls=Command,
    help=_EXPLAINED,
    short_help="Import the new files of a folder, every night.",
    ends_in_codes=True,
    examples=(
        "rotor-import sync /srv/drop -m my.yaml --quiet",
        "rotor-import sync /srv/drop -m my.yaml --tolerate known --tolerate 5",
        "rotor-import sync /srv/drop -m my.yaml --notify https://example.com/hook",
        "rotor-import sync --all --quiet",
    ),
)
@click.argument("folder", required=False, type=Place())
@with_options(*_OPTIONS, *LISTENING, *EVERY)
@syncing_options
@click.pass_context
def sync(
    ctx: click.Context,
    /,
    folder: Path | str | None,
    mapping: str | None,
    settings: Late,
    *,
    as_json: bool,
    progress: Progress,
    **more: Any,
) -> int:
    every, jobs = more.pop("every"), more.pop("jobs")
    if every:
        from rotor_import.cli.sync_every import sync_every  # noqa: PLC0415 - it needs what is above

        try:
            return sync_every(ctx, jobs=jobs, as_json=as_json, quiet=progress.quiet, log_format=more["log_format"])
        except RotorImportError as error:  # before any profile's sync, which tells of itself
            Watched("sync", (None, ""), more, world_of(progress), output.warn).failed(error, settings)
            raise
    from rotor_import.sync import DropSettings  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync import sync as spend  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.night_log import NightLog, nothing_new  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.opening import shown  # noqa: PLC0415 - --help has no need of it

    log = NightLog(more.pop("log_format"), Terminal(err=True).say, quiet=progress.quiet)
    progress.write, world = log.say, world_of(progress)
    watched = Watched("sync", (mapping, str(folder or "")), more, world, log.warn)
    drop = DropSettings(patterns=tuple(more.pop("pattern")), **more)
    try:
        chosen = settings()
        place, mapping = _given(ctx, folder, mapping)
        report = spend(place, mapping, chosen, drop, world)
        progress.close()
    except click.ClickException as error:
        watched.failed(error, settings)
        raise
    except (KeyboardInterrupt, click.Abort):
        watched.stopped()
        raise
    except Exception as error:  # noqa: BLE001 - nobody watches: an internal error must be reported too
        code = _came_to_nothing(error, log, as_json=as_json)
        watched.failed(error, settings)
        return code
    code = exit_codes.code_of_report(report, chosen.tolerate)
    summary = {**report.summary, **output.error_of(report.error, code)}
    log.night_ended(summary, code)
    if as_json or not (progress.quiet and nothing_new(summary)):
        words = f"Nothing new in {shown(place)}." if nothing_new(summary) else _words(summary)
        output.result(summary, as_json=as_json, text=lambda terminal: terminal.lines(words))
    watched.night_ended(report, code, chosen)
    return exit_codes.Standing(code)


def _given(ctx: click.Context, folder: Path | str | None, mapping: str | None) -> tuple[Path | str, str]:
    """What one folder's sync can't do without. Raises MissingParameter."""
    if folder is not None and mapping is not None:
        return folder, mapping
    missing = "folder" if folder is None else "mapping"
    [parameter] = [one for one in ctx.command.params if one.name == missing]
    raise click.MissingParameter("Give it, or choose a profile that has it: --profile NAME", ctx, parameter)


def _words(summary: Mapping[str, Any]) -> str:
    from rotor_import.report import sync_line  # noqa: PLC0415 - --help has no need of it

    told = sum(sum(run.get("known", {}).values()) for run in [*summary["earlier"], summary])
    return f"{sync_line(summary)}; {told:,} known" if told else sync_line(summary)


def _came_to_nothing(error: Exception, log: NightLog, *, as_json: bool) -> int:
    """Report a night that failed early like any other; the exit code comes back."""
    code, summary = exit_codes.code_of(error), early_summary(error)
    log.night_ended(summary, code)
    if as_json:
        output.stopped(code, summary["error"]["message"])
    return exit_codes.Standing(code)
