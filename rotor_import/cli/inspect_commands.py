"""Commands that look: at what is pending, at what was done, at the key, and at what Rotor holds."""

from __future__ import annotations

import click

from rotor_import.cli import completion, exit_codes, output, result_text
from rotor_import.cli.options import REPORT_DIR, Late, asking_options, connection_options, option
from rotor_import.cli.progress import Progress
from rotor_import.cli.world import world_of


@click.command()
@connection_options
def status(settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """What is pending, what is left of the quota, and when it will be done. Sends nothing."""
    from rotor_import.pipeline.inspect import status as look  # noqa: PLC0415 - --help has no need of it

    found = look(settings())
    output.result(found, as_json=as_json, text=lambda terminal: result_text.status(found, terminal))
    return exit_codes.DONE


@click.command()
@option("--limit", type=click.IntRange(0), default=20, show_default=True, help="So many; 0 for all.")
@connection_options
def runs(settings: Late, *, limit: int, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """The history: what each run did. Sends nothing."""
    from rotor_import.pipeline.history import runs as look  # noqa: PLC0415 - --help has no need of it

    found = look(settings(), limit)
    output.result(found, as_json=as_json, text=lambda terminal: result_text.runs(found, terminal))
    return exit_codes.DONE


@click.command(name="show")
@click.argument("run", shell_complete=completion.runs)
@REPORT_DIR
@connection_options
def show_(run: str, settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """One run: what it came to, and where its report is. RUN is its name, a beginning of it, or last."""
    from rotor_import.pipeline.history import show as look  # noqa: PLC0415 - --help has no need of it

    found = look(run, settings())
    output.result(found, as_json=as_json, text=lambda terminal: result_text.run(found, terminal))
    return exit_codes.DONE


@click.command()
@connection_options
def check(settings: Late, *, as_json: bool, progress: Progress) -> int:  # noqa: ARG001 - a shared option
    """Test the key, its scopes and its quota with one request."""
    from rotor_import.pipeline.inspect import check as test  # noqa: PLC0415 - --help has no need of it

    found = test(settings())
    output.result(found, as_json=as_json, text=lambda terminal: result_text.check(found, terminal))
    return exit_codes.DONE


@click.command()
@asking_options
def directory(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Read all of Rotor's customers into the ledger, a request for each 1000."""
    from rotor_import.pipeline.inspect import read_directory  # noqa: PLC0415 - --help has no need of it

    found = read_directory(settings(), world_of(progress))
    progress.close()
    output.result(found, as_json=as_json, text=lambda terminal: result_text.directory(found, terminal))
    return exit_codes.DONE
