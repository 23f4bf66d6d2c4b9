"""The group of commands that keep the ledger in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.help_layout import Group
from rotor_import.cli.late_settings import Late
from rotor_import.cli.options import connection_options, option
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.terminal_text import folded, plain
from rotor_import.cli.text_table import figures
from rotor_import.cli.world import world_of
from rotor_import.model.clock import in_words

_DAMAGED = (
    "What to do: replace the ledger with a backup. If you have none, rename the file and run the import again. A new "
    "ledger finds customers in Rotor by phone and email, but it doesn't know what was pending, which files were "
    "imported, or what you decided."
)


@click.group(
    cls=Group,
    short_help="Check the ledger, and prune old runs.",
    examples=("rotor-import ledger check", "rotor-import ledger prune --older-than 52w"),
)
def ledger() -> None:
    """Check the ledger, and remove what no later run needs."""


@ledger.command(
    short_help="Check the ledger for damage.",
    examples=("rotor-import ledger check", "rotor-import ledger check --ledger /opt/rotor/ledger.sqlite"),
)
@connection_options
def check(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Check the ledger for damage. This needs no API key and changes nothing.

    The exit code is 0 if the ledger is sound, and 2 if it is damaged.
    """
    from rotor_import.pipeline.upkeep import check_ledger  # noqa: PLC0415 - --help has no need of it

    result = check_ledger(settings())
    progress.close()
    output.result(result, as_json=as_json, text=lambda terminal: _checked(result, terminal))
    return exit_codes.DONE if result["sound"] else exit_codes.WRONG_INPUT


@ledger.command(
    short_help="Remove old runs that no later run needs.",
    examples=(
        "rotor-import ledger prune",
        "rotor-import ledger prune --older-than 52w --report-dir rotor-import-reports",
    ),
)
@option(
    "--older-than",
    default="400d",
    show_default=True,
    metavar="AGE",
    help="Age of the runs to remove, in days (400d) or weeks (52w).",
)
@option(
    "--report-dir",
    "reports",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Remove old reports from this folder too.",
)
@connection_options
def prune(settings: Late, *, older_than: str, reports: Path | None, as_json: bool, progress: Progress) -> int:
    """Remove runs that ended long ago, with their requests, outcomes and rejected rows.

    What later runs need stays: which customer each row belongs to, what was last sent, what is pending or in doubt,
    which files were imported, each feed's last run, and the last 24 hours. `rotor-import show` no longer finds the runs
    that were removed.
    """
    from rotor_import.pipeline.upkeep import prune_ledger  # noqa: PLC0415 - --help has no need of it

    result = prune_ledger(settings(), older_than, reports, world_of(progress))
    progress.close()
    output.result(result, as_json=as_json, text=lambda terminal: _pruned(result, terminal))
    return exit_codes.DONE


def _checked(result: Mapping[str, Any], terminal: Terminal) -> list[str]:
    lines = [f"Ledger: {result['ledger']}"]
    lines += [f"Warning: {line}" for line in result["warnings"]]
    if result["sound"]:
        rows = sum(result["rows"].values())
        lines.append(f"No damage found: {len(result['rows'])} tables, {rows:,} rows." if rows else "No damage found.")
    else:
        lines += [f"Damaged: {line}" for line in result["problems"]] + [_DAMAGED]
    return _folded(lines, terminal)


def _pruned(result: Mapping[str, Any], terminal: Terminal) -> list[str]:
    removed, size, left = result["removed"], result["bytes"], result["reports"]["left"]
    counts = {
        "Runs": removed["runs"],
        "Requests": removed["requests"],
        "Outcomes": removed["outcomes"],
        "Rejected values": removed["rejects"],
        "Reports": result["reports"]["removed"],
    }
    before = in_words(datetime.fromisoformat(result["before"]).timestamp())
    words = [f"The ledger's size was {size['before']:,} bytes, and is now {size['after']:,}."]
    if result["not_compacted"]:
        words.append(f"The file was not made smaller: {result['not_compacted']}. New runs reuse the space.")
    if left:
        words.append(f"These reports stay because they contain files of your own: {', '.join(left)}")
    return [
        *_folded([f"Removed runs that ended before {before}:"], terminal),
        *figures([(name, f"{count:,}", "", "") for name, count in counts.items()], terminal),
        *_folded(words, terminal),
    ]


def _folded(lines: Sequence[str], terminal: Terminal) -> list[str]:
    return [part for line in lines for part in folded(plain(line), terminal.width)]
