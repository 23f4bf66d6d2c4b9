"""Mappings: proposed, tried, listed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from rotor_import.cli import exits
from rotor_import.errors import SettingsError

_PATH = click.Path(path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")
_WIDTH = 34


@click.group()
def mapping() -> None:
    """Propose a mapping for a file, try one, list the presets."""


@mapping.command()
@click.argument("file", type=_PATH)
@click.option("--output", "-o", default="-", show_default=True, help="Where to write it; - is stdout.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def suggest(file: Path, output: str, *, force: bool) -> int:
    """Propose a mapping for FILE: by its headers and by what its cells hold.

    The result is a mapping to look through: each guess has its reason beside it; columns that no field takes are named.
    """
    from rotor_import.pipeline.mappings import suggest_mapping  # noqa: PLC0415 - --help has no need of it

    if output != "-" and Path(output).exists() and not force:
        raise SettingsError(f"{output} is there already. Give another name, or --force.")
    text = suggest_mapping(file)
    if output == "-":
        click.echo(text, nl=False)
        return exits.DONE
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{output} cannot be written ({error.strerror}). Give another name.") from None
    click.echo(f"Wrote {output}. Look through it, then: rotor-import mapping check {output} {file}", err=True)
    return exits.DONE


@mapping.command()
@click.argument("mapping")
@click.argument("files", nargs=-1, required=True, type=_PATH)
@_JSON
def check(mapping: str, files: Sequence[Path], *, as_json: bool) -> int:
    """Try MAPPING (a path or a preset's name) on FILES: what each field would get, and what is wrong."""
    from rotor_import.pipeline.mappings import check_mapping  # noqa: PLC0415 - --help has no need of it

    found = check_mapping(mapping, files)
    if as_json:
        click.echo(json.dumps(found.as_json, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found.as_json)))
    return exits.TROUBLED if found.rejected else exits.DONE


@mapping.command(name="list")
@_JSON
def list_(*, as_json: bool) -> int:
    """The presets: give a name with -m."""
    from rotor_import.pipeline.mappings import list_presets  # noqa: PLC0415 - --help has no need of it

    found = list_presets()
    if as_json:
        click.echo(json.dumps({"presets": found}, ensure_ascii=False, indent=2))
        return exits.DONE
    width = max(len(one["name"]) for one in found)
    for one in found:
        click.echo(f"{one['name']:<{width}}  {one['about']}")
    return exits.DONE


@mapping.command()
def schema() -> int:
    """The JSON Schema of mappings: editors complete and check them with it."""
    from rotor_import.pipeline.mappings import mapping_schema  # noqa: PLC0415 - --help has no need of it

    click.echo(json.dumps(mapping_schema(), indent=2, ensure_ascii=False))
    return exits.DONE


def _lines(found: Mapping[str, Any]) -> list[str]:
    rows = found["rows"]
    lines = [f"{found['mapping']} on {rows} rows: {found['left_out']} left out, {found['rejected']} rejected", ""]
    width = max([len(name) for name in found["fields"]], default=0)
    lines.append(f"{'field':<{width}}  filled   blank  invalid  for example")
    for name, one in found["fields"].items():
        samples = " | ".join(_short(sample) for sample in one["samples"])
        rates = "  ".join(_rate(one[kind], rows) for kind in ("filled", "blank", "invalid"))
        lines.append(f"{name:<{width}}  {rates}   {samples}")
    lines += ["", "The first rows:"]
    for row in found["sample_rows"]:
        values = ", ".join(f"{name}: {_short(value)}" for name, value in row.items() if name != "row")
        lines.append(f"  {row['row']}: {values}")
    if found["problems"]:
        lines += ["", "What is wrong:", *(f"  {count:>6}  {reason}" for reason, count in found["problems"].items())]
    if found["unused_columns"]:
        lines += ["", "Columns that the mapping does not use:", *(f"  {name}" for name in found["unused_columns"])]
    return lines


def _rate(count: int, rows: int) -> str:
    return f"{100 * count / rows if rows else 0:>5.1f}%"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
