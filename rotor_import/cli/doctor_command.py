"""The command that looks at everything a night needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.help_layout import Command
from rotor_import.cli.late_settings import check_config, key_of, night_settings
from rotor_import.cli.options import EVERY, looking_options, option, with_options
from rotor_import.cli.profile_options import chosen_profile, context_for
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Style, Terminal
from rotor_import.cli.text_table import figures
from rotor_import.model.error_words import words_of

if TYPE_CHECKING:
    from rotor_import.sync.doctor import Finding

_STYLES: dict[str, Style] = {"ok": "good", "warning": "look", "problem": "bad", "skipped": "dim"}


@click.command(
    cls=Command,
    short_help="Check everything that a nightly sync needs.",
    ends_in_codes=True,
    examples=("rotor-import doctor --profile acme", "rotor-import doctor --all"),
)
@option("--folder", metavar="FOLDER", default="", help="The folder in which files arrive.")
@with_options(*EVERY)
@looking_options
@click.pass_context
def doctor(ctx: click.Context, /, *, every: bool, jobs: int, as_json: bool, progress: Progress, **_more: Any) -> int:
    """Check everything that a nightly sync needs: the key, the ledger, the folder, the mapping, the disk.

    Each line says ok, warning or problem, and what to do. It sends one request, which the ledger counts, and changes
    nothing. The exit code is 0 if there is no problem, else that of the first one.
    """
    if not every:
        result = _examined(ctx, alone=False)
        progress.close()
        output.result(result, as_json=as_json, text=lambda terminal: _lines(result, terminal))
        return int(result["code"])
    return _every(ctx, jobs, as_json=as_json)


def _every(ctx: click.Context, jobs: int, *, as_json: bool) -> int:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - --help has no need of it

    from rotor_import.cli.sync_every import refuse_single  # noqa: PLC0415 - --help has no need of it
    from rotor_import.profiles import ProfileFile  # noqa: PLC0415 - --help has no need of it

    refuse_single(ctx)
    file = ProfileFile(ctx.params["config"])
    with ThreadPoolExecutor(jobs) as pool:
        found = list(pool.map(lambda name: _profile(ctx, name, file.path), file.names))
    results = dict(zip(file.names, found, strict=True))
    code = exit_codes.of_all(result["code"] for result in found)
    whole = {"profiles": results, "code": code}
    output.result(whole, as_json=as_json, text=lambda terminal: _all_lines(results, terminal))
    return code


def _profile(ctx: click.Context, name: str, config: Path) -> dict[str, Any]:
    try:
        return _examined(context_for(ctx, name, config), alone=True)
    except click.ClickException as error:
        return _unusable(exit_codes.WRONG_INPUT, error.format_message(), name)
    except Exception as error:  # noqa: BLE001 - one profile's error is no other's
        return _unusable(exit_codes.code_of(error), words_of(error), name)


def _unusable(code: int, words: str, name: str) -> dict[str, Any]:
    return {"profile": name, "checks": [{"check": "profile", "state": "problem", "message": words}], "code": code}


def _examined(ctx: click.Context, *, alone: bool) -> dict[str, Any]:
    from rotor_import.sync.doctor import Night, examine  # noqa: PLC0415 - --help has no need of it

    profile = chosen_profile(ctx)
    check_config(ctx)
    settings, no_key = night_settings(ctx, alone=alone)
    night = Night(settings, ctx.params["folder"], ctx.params["mapping"] or "", drop_of(ctx), no_key)
    findings = examine(night)
    told = [_told(finding) for finding in findings]
    if profile is not None:
        key = "It needs no key." if settings.sandbox else f"Its key: {key_of(ctx, alone=alone).words}."
        where = f"{profile.name} in {profile.file}. {key}"
        told.insert(0, {"check": "profile", "state": "ok", "message": where})
    return {"profile": settings.profile, "checks": told, "code": _code(findings)}


def _told(finding: Finding) -> dict[str, str]:
    return {"check": finding.check, "state": finding.state, "message": finding.words}


def _code(findings: Sequence[Finding]) -> int:
    errors = [finding.error for finding in findings if finding.error is not None]
    return exit_codes.code_of(errors[0]) if errors else exit_codes.DONE


def drop_of(ctx: click.Context) -> Any:
    """How the profile's sync would look at the folder."""
    from rotor_import.sync import DropSettings  # noqa: PLC0415 - --help has no need of it

    profile = chosen_profile(ctx)
    options = {} if profile is None else dict(profile.options)
    patterns = options.pop("pattern", "*")
    given = {name: options[name] for name in ("done_file", "leave", "order") if name in options}
    return DropSettings(patterns=tuple(patterns) if isinstance(patterns, list) else (str(patterns),), **given)  # type: ignore[arg-type]  # the file's values were checked


def _lines(result: dict[str, Any], terminal: Terminal) -> list[str]:
    from rotor_import.report.line import many  # noqa: PLC0415 - --help has no need of it

    rows = [(one["check"], one["state"], one["message"], _STYLES[one["state"]]) for one in result["checks"]]
    states = [one["state"] for one in result["checks"]]
    problems, warnings = states.count("problem"), states.count("warning")
    if problems or warnings:
        words = f"{many(problems, 'problem')}, {many(warnings, 'warning')}."
    else:
        words = "Nothing is wrong."
    return [*figures(rows, terminal), "", terminal.styled(words, "bad" if problems else "look" if warnings else "good")]


def _all_lines(results: dict[str, dict[str, Any]], terminal: Terminal) -> list[str]:
    lines: list[str] = []
    for name, result in results.items():
        lines += [*([""] if lines else []), terminal.styled(name, "head"), *_lines(result, terminal)]
    return lines
