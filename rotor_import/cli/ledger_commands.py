"""The group of commands that keep the ledger in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import exit_codes, output
from rotor_import.cli.options import Late, connection_options, option
from rotor_import.cli.progress import Progress
from rotor_import.cli.terminal import Terminal
from rotor_import.cli.terminal_text import folded, plain
from rotor_import.cli.text_table import figures
from rotor_import.cli.world import world_of
from rotor_import.model.clock import in_words

_DAMAGED = (
    "What to do: put a backup of the ledger in its place. Without one, give the file another name, and run the import "
    "again. A new ledger finds customers in Rotor by phone and email; it does not know what was pending, which files "
    "were taken, or what you decided."
)


@click.group()
def ledger() -> None:
    """Check the ledger, and remove what no later run needs."""


@ledger.command()
@connection_options
def check(settings: Late, *, as_json: bool, progress: Progress) -> int:
    """Check the ledger for damage. Needs no key, and changes nothing.

    Exit code 0 if all of it is sound, else 2.
    """
    from rotor_import.pipeline.upkeep import check_ledger  # noqa: PLC0415 - --help has no need of it

    result = check_ledger(settings())
    progress.close()
    output.result(result, as_json=as_json, text=lambda terminal: _checked(result, terminal))
    return exit_codes.DONE if result["sound"] else exit_codes.WRONG_INPUT


@ledger.command()
@option("--older-than", default="400d", show_default=True, metavar="AGE", help="How long ago a run ended: days, weeks.")
@option("--report-dir", "reports", type=click.Path(path_type=Path), help="Remove old reports from this folder too.")
@connection_options
def prune(settings: Late, *, older_than: str, reports: Path | None, as_json: bool, progress: Progress) -> int:
    """Remove finished runs from long ago, with their attempts, outcomes and rejects.

    What later runs need stays: which customer each row belongs to, what was last sent, what is pending or doubtful,
    which files were taken, each feed's last run, and the last 24 hours. `show` no longer knows the runs themselves.
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
        lines.append(f"All of it is sound: {len(result['rows'])} tables, {rows:,} rows." if rows else "It is sound.")
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
    words = [f"The ledger took up {size['before']:,} bytes, and now takes up {size['after']:,}."]
    if result["not_compacted"]:
        words.append(f"It was not made smaller: {result['not_compacted']}. New runs reuse the space.")
    if left:
        words.append(f"Left, because files of yours are in them: {', '.join(left)}")
    return [
        *_folded([f"Removed what ended before {before}:"], terminal),
        *figures([(name, f"{count:,}", "", "") for name, count in counts.items()], terminal),
        *_folded(words, terminal),
    ]


def _folded(lines: Sequence[str], terminal: Terminal) -> list[str]:
    return [part for line in lines for part in folded(plain(line), terminal.width)]
