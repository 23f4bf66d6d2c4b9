"""Commands that show the state of things: status, runs, show, check and directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import click

from rotor_import.cli import completion, exit_codes, output, result_text
from rotor_import.cli.help_layout import Command
from rotor_import.cli.late_settings import Late
from rotor_import.cli.options import EVERY, REPORT_DIR, asking_options, connection_options, option, with_options
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.world import world_of


@click.command(
    cls=Command,
    short_help="Show what is pending, the quota, and when it will be done.",
    examples=("rotor-import status", "rotor-import status --all"),
)
@with_options(*EVERY)
@connection_options
@click.pass_context
def status(
    ctx: click.Context,
    /,
    settings: Late,
    *,
    as_json: bool,
    progress: Progress,  # noqa: ARG001 - a shared option
    every: bool,
    jobs: int,
) -> int:
    """Show what is pending, how much quota is left, and when it will be done. Sends nothing.

    With --all, it shows one line for each profile in rotor-import.toml.
    """
    if every:
        from rotor_import.cli.status_every import status_every  # noqa: PLC0415 - --help has no need of it

        return status_every(ctx, jobs=jobs, as_json=as_json)
    from rotor_import.pipeline.inspect import status as look  # noqa: PLC0415 - --help has no need of it

    result = look(settings())
    return _shown(result, result_text.status, as_json=as_json)


@click.command(
    cls=Command,
    short_help="List past runs.",
    examples=("rotor-import runs", "rotor-import runs --limit 0"),
)
@option(
    "--limit",
    type=click.IntRange(0),
    metavar="NUMBER",
    default=20,
    help="Number of runs to show; 0 for all.  [default: 20]",
)
@connection_options
def runs(settings: Late, *, limit: int, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """List past runs and what each did, the newest last. Sends nothing."""
    from rotor_import.pipeline.history import runs as look  # noqa: PLC0415 - --help has no need of it

    result = look(settings(), limit)
    return _shown(result, result_text.runs, as_json=as_json)


@click.command(
    name="show",
    cls=Command,
    short_help="Show one run: its results, and where its report is.",
    examples=("rotor-import show last", "rotor-import show 20261128T1830"),
)
@click.argument("run", shell_complete=completion.runs)
@REPORT_DIR
@connection_options
def show_(run: str, settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """Show one run: its results, and where its report is. Sends nothing.

    RUN is the run's name, the first letters of it, or `last`. `rotor-import runs` lists the names.
    """
    from rotor_import.pipeline.history import show as look  # noqa: PLC0415 - --help has no need of it

    result = look(run, settings())
    return _shown(result, result_text.run, as_json=as_json)


@click.command(
    cls=Command,
    short_help="Test the API key, its scopes and its quota.",
    ends_in_codes=True,
    examples=("rotor-import check", "rotor-import check --key-file rotor.key"),
)
@connection_options
def check(settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """Test the API key, its scopes and its quota with one request."""
    from rotor_import.pipeline.inspect import check as test  # noqa: PLC0415 - --help has no need of it

    result = test(settings())
    return _shown(result, result_text.check, as_json=as_json)


@click.command(
    cls=Command,
    short_help="Read Rotor's customer list into the ledger.",
    ends_in_codes=True,
    examples=("rotor-import directory", "rotor-import plan clients.csv -m my.yaml --directory ledger"),
)
@asking_options
def directory(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Read Rotor's customer list into the ledger, with one request for every 1000 customers.

    Later commands use it with `--directory-max-age` or `--directory ledger`.
    """
    from rotor_import.pipeline.inspect import read_directory  # noqa: PLC0415 - --help has no need of it

    result = read_directory(settings(), world_of(progress))
    progress.close()
    return exit_codes.Standing(_shown(result, result_text.directory, as_json=as_json))


def _shown(
    result: Mapping[str, Any], text: Callable[[Mapping[str, Any], Terminal], Sequence[str]], *, as_json: bool
) -> int:
    output.result(result, as_json=as_json, text=partial(text, result))
    return exit_codes.DONE
