"""The group of commands about mappings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import completion, exit_codes, output
from rotor_import.cli.help_layout import Group
from rotor_import.cli.terminal import Style, Terminal
from rotor_import.cli.terminal_text import fitted, folded, plain, plain_lines
from rotor_import.cli.text_table import Column, figures, table
from rotor_import.errors import SettingsError

_PATH = click.Path(path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
_WIDTH = 34


@click.group(
    cls=Group,
    short_help="Propose, test and list mappings.",
    examples=("rotor-import mapping suggest clients.csv -o my.yaml", "rotor-import mapping list"),
)
def mapping() -> None:
    """Propose a mapping for a file, test one, or list the presets."""


@mapping.command(
    short_help="Propose a mapping for a file.",
    examples=(
        "rotor-import mapping suggest clients.csv",
        "rotor-import mapping suggest clients.csv -o my.yaml",
    ),
)
@click.argument("file", type=_PATH)
@click.option(
    "--output",
    "-o",
    "target",
    metavar="MAPPING",
    default="-",
    help="Write the mapping to this file, not to standard output.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def suggest(file: Path, target: str, *, force: bool) -> int:
    """Propose a mapping for FILE, from its column headings and its cells.

    Read it before you use it. Each guess has its reason beside it, and columns that are not imported are named.
    """
    from rotor_import.pipeline.suggesting import suggest_mapping  # noqa: PLC0415 - --help has no need of it

    if target != "-" and Path(target).exists() and not force:
        raise SettingsError(f"{target} already exists. Choose another name, or overwrite it with --force.")
    text = suggest_mapping(file)
    if target == "-":
        click.echo(plain_lines(text) if Terminal().is_tty else text, nl=False)
        return exit_codes.DONE
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"Can't write {target} ({error.strerror}). Choose another name.") from None
    output.say(f"Wrote {target}. Read it, then test it: rotor-import mapping check {target} {file}")
    return exit_codes.DONE


@mapping.command(
    short_help="Test a mapping on files.",
    examples=("rotor-import mapping check my.yaml clients.csv", "rotor-import mapping check jobber clients.csv"),
)
@click.argument("mapping", shell_complete=completion.mappings)
@click.argument("files", nargs=-1, required=True, type=_PATH)
@_JSON
def check(mapping: str, files: Sequence[Path], *, as_json: bool) -> int:
    """Test MAPPING (a path or a preset's name) on FILES: what each field would get, and which columns have problems.

    The exit code is 3 if rows would be rejected.
    """
    from rotor_import.pipeline.mappings import check_mapping  # noqa: PLC0415 - --help has no need of it

    checked = check_mapping(mapping, files)
    output.result(checked.as_json, as_json=as_json, text=lambda terminal: _lines(checked.as_json, terminal))
    return exit_codes.TROUBLED if checked.rejected else exit_codes.DONE


@mapping.command(
    name="list",
    short_help="List the presets.",
    examples=("rotor-import mapping list", "rotor-import plan clients.csv -m jobber"),
)
@_JSON
def list_(*, as_json: bool) -> int:
    """List the presets: mappings for the exports of other systems, to use by name with -m."""
    from rotor_import.pipeline.mappings import list_presets  # noqa: PLC0415 - --help has no need of it

    presets = list_presets()
    if as_json:
        output.json_object({"presets": presets})
        return exit_codes.DONE
    output.result({}, as_json=False, text=lambda terminal: _presets(presets, terminal))
    return exit_codes.DONE


@mapping.command(
    short_help="Print the JSON Schema of mappings, for editors.",
    examples=("rotor-import mapping schema > mapping.schema.json",),
)
def schema() -> int:
    """Print the JSON Schema of mappings. Editors use it to complete and check them."""
    from rotor_import.pipeline.mappings import mapping_schema  # noqa: PLC0415 - --help has no need of it

    click.echo(json.dumps(mapping_schema(), indent=2, ensure_ascii=False))
    return exit_codes.DONE


def _lines(checked: Mapping[str, Any], terminal: Terminal) -> list[str]:
    rows = checked["rows"]
    lines = [
        plain(f"{checked['mapping']} on {rows} rows: {checked['left_out']} left out, {checked['rejected']} rejected"),
        "",
    ]
    kinds = ("filled", "blank", "invalid")
    columns = [Column("field"), *(Column(kind, right=True) for kind in kinds), Column("examples", least=12)]
    fields = checked["fields"].items()
    lines += table(
        columns,
        [(name, *(_rate(field[kind], rows) for kind in kinds), " | ".join(field["samples"])) for name, field in fields],
        terminal,
    )
    lines += ["", "The first rows:"]
    for row in checked["sample_rows"]:
        values = ", ".join(f"{name}: {fitted(plain(value), _WIDTH)}" for name, value in row.items() if name != "row")
        lines += _hanging(f"{row['row']}: {values}", terminal)
    if checked["problems"]:
        problems: list[tuple[str, str | int, str, Style]] = [
            ("", count, reason, "bad") for reason, count in checked["problems"].items()
        ]
        lines += ["", terminal.styled("Rejected rows:", "head"), *figures(problems, terminal)]
    told = [column for column in checked["columns"] if column["problems"]]
    if told:
        lines += ["", terminal.styled("Columns with problems:", "head")]
    for column in told:
        lines += _column(column, terminal)
    return lines


def _column(column: Mapping[str, Any], terminal: Terminal) -> list[str]:
    """A column, what becomes of it, and each of its problems: rows, examples, and the line that would fix it."""
    fields, filled, arriving = column["fields"], column["filled"], column["arriving"]
    goes = f"goes to {', '.join(fields)}: {arriving:,} of {filled:,} arrive" if fields else f"{filled:,} not imported"
    lines = _hanging(f"{plain(fitted(column['column'], _WIDTH))}: {goes}", terminal)
    for problem in column["problems"]:
        rows = ", ".join(map(str, problem["rows"])) + (", …" if problem["count"] > len(problem["rows"]) else "")
        examples = " | ".join(fitted(plain(example), _WIDTH) for example in problem["examples"])
        where = f"{'row' if problem['count'] == 1 else 'rows'} {rows}" if rows else ""
        detail = ", ".join(filter(None, [where, examples and f"such as {examples}"]))
        text = f"{plain(problem['reason']).rstrip('.')} ({problem['count']:,}): {detail}"
        lines += [f"  {line}" for line in _hanging(text, terminal)]
        if problem["fix"]:
            lines += [f"    {line}" for line in _hanging(f"→ {plain(problem['fix'])}", terminal)]
    return lines


def _presets(presets: Sequence[Mapping[str, str]], terminal: Terminal) -> list[str]:
    name_width = max(len(preset["name"]) for preset in presets)
    lines = []
    for preset in presets:
        first, *more = folded(preset["about"], terminal.width - name_width - 2)
        lines += [f"{preset['name']:<{name_width}}  {first}", *(" " * (name_width + 2) + line for line in more)]
    return lines


def _hanging(text: str, terminal: Terminal) -> list[str]:
    first, *more = folded(text, terminal.width - 4)
    return [f"  {first}", *(f"    {line}" for line in more)]


def _rate(count: int, rows: int) -> str:
    return f"{100 * count / rows if rows else 0:.1f}%"
