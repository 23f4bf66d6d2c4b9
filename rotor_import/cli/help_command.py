"""The command that shows another command's help: `help mapping suggest` is `mapping suggest --help`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rotor_import.cli import exit_codes
from rotor_import.cli.help_layout import Command


@click.command(
    name="help",
    cls=Command,
    short_help="Show how a command is used.",
    examples=("rotor-import help run", "rotor-import help mapping suggest"),
)
@click.argument("names", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def help_(ctx: click.Context, names: Sequence[str]) -> int:
    """Show how COMMAND is used, as `COMMAND --help` does; without COMMAND, list the commands."""
    shown = ctx.find_root()
    for name in names:
        group = shown.command
        command = group.get_command(shown, name) if isinstance(group, click.Group) else None
        if command is None:
            known = group.commands if isinstance(group, click.Group) else ()
            raise click.NoSuchCommand(name, possibilities=known, ctx=shown)
        shown = click.Context(command, info_name=name, parent=shown)
    click.echo(shown.get_help())
    return exit_codes.DONE
