"""The command of the nightly file drop."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.options import Late, Listed, option, planning_options, with_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.terminal_text import plain
from rotor_import.cli.world import world_of

if TYPE_CHECKING:
    from rotor_import.sync.notifier import Notifier

_EXPLAINED = """
Import new files from FOLDER, and go on with what is pending: for cron or a timer, every night.

\b
Each file is taken once, known by its content, and moved to processed/ or, with the reason, to failed/.
The mapping says what a file is:
  drop: full        the whole truth; only the newest counts, and anyone no longer in it is missing
  drop: delta       changes only; one file after another
  missing: inactive sets who is missing inactive (missing: report only says so)

A file that is unlike the feed's last one (too many new or missing customers, half of the rows, a blank column, another
header or mapping, phones or emails that no longer parse) stops with exit code 8 before anything is sent;
look at it, then run the same command with --yes.
"""
_OPTIONS = (
    option(
        "--pattern",
        type=Listed(),
        metavar="NAMES",
        multiple=True,
        default=("*",),
        show_default=True,
        help="Names to look for; may be repeated.",
    ),
    option(
        "--settle", type=click.FloatRange(0), default=2.0, show_default=True, help="Seconds a file must stand still."
    ),
    option("--done-file", is_flag=True, help="Wait for NAME.done beside each file instead."),
    option("--leave", is_flag=True, help="Move no files."),
    option(
        "--order",
        type=click.Choice(["name", "time"]),
        default="name",
        show_default=True,
        help="Which file is the newer one: by its name, or by its last change.",
    ),
    option("--notify", "webhook", default="", help="Post the summary to this https address."),
    option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="The lines on stderr.",
    ),
)


@click.command(help=_EXPLAINED)
@click.argument("folder", type=click.Path(path_type=Path))
@with_options(*_OPTIONS)
@planning_options
def sync(folder: Path, mapping: str, settings: Late, *, as_json: bool, progress: Progress, **more: Any) -> int:
    from rotor_import.sync import DropSettings  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync import sync as spend  # noqa: PLC0415 - --help has no need of it
    from rotor_import.sync.notifier import Notifier  # noqa: PLC0415 - --help has no need of it

    notifier = Notifier(more.pop("webhook"), more.pop("log_format"), Terminal(err=True).say)
    progress.write = notifier.say
    drop = DropSettings(patterns=tuple(more.pop("pattern")), **more)
    try:
        chosen = settings()
        report = spend(folder, mapping, chosen, drop, world_of(progress))
        progress.close()
    except click.ClickException:
        raise
    except Exception as error:  # noqa: BLE001 - nobody watches: an internal error must be reported too
        return _came_to_nothing(error, notifier, as_json=as_json)
    code = exit_codes.code_of_report(report.summary, report.error, report.troubled, chosen.tolerate)
    summary = {**report.summary, **output.error_of(report.error, code)}
    notifier.night_ended(summary, code)
    output.result(summary, as_json=as_json, text=lambda _terminal: [_line(summary)])
    return exit_codes.Standing(code)


def _line(summary: Mapping[str, Any]) -> str:
    from rotor_import.report import sync_line  # noqa: PLC0415 - --help has no need of it

    return plain(sync_line(summary))


def _came_to_nothing(error: Exception, notifier: Notifier, *, as_json: bool) -> int:
    """Report a night that failed early like any other; the exit code comes back."""
    code, words = exit_codes.code_of(error), output.words_of(error)
    notifier.night_ended({"state": output.state_of(code), "error": {"code": code, "message": words}}, code)
    if as_json:
        output.stopped(code, words)
    return exit_codes.Standing(code)
