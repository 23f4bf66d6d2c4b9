"""Commands that show the state of things: status, runs, show, check and directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import click

from rotor_import.cli import completion, exit_codes, output, result_text
from rotor_import.cli.options import REPORT_DIR, Late, asking_options, connection_options, option
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.world import world_of


@click.command()
@connection_options
def status(settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """What is pending, what is left of the quota, and when it will be done. Sends nothing."""
    from rotor_import.pipeline.inspect import status as look  # noqa: PLC0415 - --help has no need of it

    result = look(settings())
    return _shown(result, result_text.status, as_json=as_json)


@click.command()
@option("--limit", type=click.IntRange(0), default=20, show_default=True, help="So many; 0 for all.")
@connection_options
def runs(settings: Late, *, limit: int, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """The history: what each run did. Sends nothing."""
    from rotor_import.pipeline.history import runs as look  # noqa: PLC0415 - --help has no need of it

    result = look(settings(), limit)
    return _shown(result, result_text.runs, as_json=as_json)


@click.command(name="show")
@click.argument("run", shell_complete=completion.runs)
@REPORT_DIR
@connection_options
def show_(run: str, settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """One run: what it came to, and where its report is. RUN is its name, a beginning of it, or last."""
    from rotor_import.pipeline.history import show as look  # noqa: PLC0415 - --help has no need of it

    result = look(run, settings())
    return _shown(result, result_text.run, as_json=as_json)


@click.command()
@connection_options
def check(settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """Test the key, its scopes and its quota with one request."""
    from rotor_import.pipeline.inspect import check as test  # noqa: PLC0415 - --help has no need of it

    result = test(settings())
    return _shown(result, result_text.check, as_json=as_json)


@click.command()
@asking_options
def directory(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Read all of Rotor's customers into the ledger, a request for each 1000."""
    from rotor_import.pipeline.inspect import read_directory  # noqa: PLC0415 - --help has no need of it

    result = read_directory(settings(), world_of(progress))
    progress.close()
    return exit_codes.Standing(_shown(result, result_text.directory, as_json=as_json))


def _shown(
    result: Mapping[str, Any], text: Callable[[Mapping[str, Any], Terminal], Sequence[str]], *, as_json: bool
) -> int:
    output.result(result, as_json=as_json, text=partial(text, result))
    return exit_codes.DONE
