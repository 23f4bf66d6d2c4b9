"""The group of commands, and what it says to one that it has not got."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_MEANT = {
    "import": "run",
    "upload": "run",
    "send": "run",
    "dry-run": "plan",
    "preview": "plan",
    "continue": "resume",
    "history": "runs",
    "log": "runs",
    "ls": "runs",
    "pull": "directory",
    "customers": "directory",
    "test": "check",
    "ping": "check",
    "serve": "sandbox",
    "presets": "mapping list",
}
"""What other programs call it."""


class Commands(click.Group):
    """Names the command that was meant where click does not: in capitals, in a group below, or by another word."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            if error.possibilities:
                raise
            raise click.UsageError(f"No such command {args[0]!r}. {self._advice(ctx, args[0])}", ctx) from None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            owners = self._owners(error.option_name)
            if not owners:
                raise
            name = owners[0] if len(owners) == 1 else "COMMAND"
            words = f"{error.message} It comes after the command: {ctx.command_path} {name} {error.option_name}"
            raise click.UsageError(words, ctx) from None

    def _advice(self, ctx: click.Context, name: str) -> str:
        meant = _MEANT.get(name.lower())
        if meant is None and name.lower() in self.commands:
            meant = name.lower()
        if meant is None:
            meant = next((f"{group} {name}" for group, one in self._groups() if name in one.commands), None)
        if meant is None and len(name) > 1:
            meant = next((command for command in self.commands if command.startswith(name.lower())), None)
        if meant is not None and (meant.split()[0] in self.commands):
            return f"Did you mean '{meant}'?"
        if Path(name).exists():
            return f"To try a file: {ctx.command_path} plan {name} -m MAPPING"
        return f"The commands are: {', '.join(self.commands)}."

    def _groups(self) -> list[tuple[str, click.Group]]:
        return [(name, one) for name, one in self.commands.items() if isinstance(one, click.Group)]

    def _owners(self, option: str) -> list[str]:
        """The commands that have an option."""
        return [name for name, one in self.commands.items() if any(option in _options(part) for part in one.params)]


def _options(parameter: click.Parameter) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts]


def group(**settings: Any) -> Any:
    """A decorator, as `click.group`."""
    return click.group(cls=Commands, **settings)
