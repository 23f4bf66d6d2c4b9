"""Suggestions for an unknown command or option, beyond click's own for similar spellings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

_MEANT = {
    "import": "run",
    "upload": "run",
    "send": "run",
    "preview": "plan",
    "dry-run": "plan",
    "continue": "resume",
    "history": "runs",
    "log": "runs",
    "pull": "directory",
    "customers": "directory",
    "test": "check",
    "serve": "sandbox",
    "presets": "mapping list",
}
"""What other programs call a command."""


def words_of(error: click.ClickException, given: Sequence[str]) -> str:
    """The error's message with what was probably meant; `given` is the whole command line."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None and isinstance(error, click.NoSuchCommand):
        return _about_command(error, context)
    if context is not None and isinstance(error, click.NoSuchOption):
        return _about_option(error, context, given)
    return error.format_message()


def _about_command(error: click.NoSuchCommand, context: click.Context) -> str:
    name, group = error.command_name, context.command
    if not isinstance(group, click.Group):
        return error.format_message()
    meant = _meant(name.lower(), group)
    if meant:
        return f"{error.message} Did you mean '{meant}'?"
    if error.possibilities:
        return error.format_message()
    if Path(name).exists():
        return f"{error.message} To try a file: {context.command_path} plan {name} -m MAPPING"
    return f"{error.message} The commands are: {', '.join(sorted(group.commands))}."


def _meant(name: str, group: click.Group) -> str:
    """The command meant by a word in capitals, another program's word, one of a group, or a prefix; '' if none fits."""
    if name in group.commands:
        return name
    other = _MEANT.get(name, "")
    if other.partition(" ")[0] in group.commands:
        return other
    for command, subgroup in group.commands.items():
        if isinstance(subgroup, click.Group) and name in subgroup.commands:
            return f"{command} {name}"
    return next((command for command in group.commands if command.startswith(name)), "")


def _about_option(error: click.NoSuchOption, context: click.Context, given: Sequence[str]) -> str:
    root = context.find_root().command
    name = error.option_name
    if not isinstance(root, click.Group):
        return error.format_message()
    owners = [command for command, known in root.commands.items() if any(name in _names(part) for part in known.params)]
    if owners and context.command is root:
        owner = next((word for word in given if word in owners), owners[0] if len(owners) == 1 else "COMMAND")
        return f"{error.message} It comes after the command: {context.command_path} {owner} {name}"
    if owners and not error.possibilities:
        return f"{error.message} These commands have it: {', '.join(sorted(owners))}."
    return error.format_message()


def _names(parameter: click.Parameter) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts]
