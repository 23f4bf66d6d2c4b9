"""`status --all`: the state of each profile, from the ledgers alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import exit_codes, output, profile_tables
from rotor_import.cli.late_settings import settings_of
from rotor_import.cli.profile_options import context_for
from rotor_import.cli.sync_every import refuse_single
from rotor_import.errors import SettingsError
from rotor_import.model.error_words import words_of


def status_every(ctx: click.Context, *, jobs: int, as_json: bool) -> int:
    """Print a line for each profile; the exit code comes back."""
    from rotor_import.profiles import ProfileFile  # noqa: PLC0415 - --help has no need of it

    refuse_single(ctx)
    file = ProfileFile(ctx.params["config"])
    if not file.names:
        raise SettingsError(f"{file.path} has no profiles yet. To make one: rotor-import init")
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda name: _status(ctx, name, file.path), file.names))
    results = dict(zip(file.names, found, strict=True))
    code = exit_codes.of_all(result["error"]["code"] for result in found if "error" in result)
    if as_json:
        output.json_object({"profiles": results, "code": code})
    else:
        output.result({}, as_json=False, text=lambda terminal: profile_tables.looked(results, terminal, time.time()))
    return code


def _status(ctx: click.Context, name: str, config: Path) -> dict[str, Any]:
    """A profile's status; what is wrong with it, if it has none."""
    from rotor_import.pipeline.inspect import status  # noqa: PLC0415 - --help has no need of it

    try:
        return status(settings_of(context_for(ctx, name, config)))
    except click.ClickException as error:
        return output.ended_early(exit_codes.WRONG_INPUT, error.format_message())
    except Exception as error:  # noqa: BLE001 - one profile's error is no other's
        return output.ended_early(exit_codes.code_of(error), words_of(error))
