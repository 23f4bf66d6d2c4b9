"""Shell completion: commands and options (by click), presets after `-m`, runs after `show`."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from rotor_import.cli import exit_codes
from rotor_import.cli.help_layout import Command

LAST = "last"
"""Stands for the newest run."""
PROGRAM = "rotor-import"
VARIABLE = "_ROTOR_IMPORT_COMPLETE"
_SHELLS = ("bash", "zsh", "fish")
_HELP = """
Print the script that completes commands, options, presets and runs in a shell.

\b
bash:
  echo 'eval "$(rotor-import completion bash)"' >> ~/.bashrc
zsh (below compinit):
  echo 'eval "$(rotor-import completion zsh)"' >> ~/.zshrc
fish:
  rotor-import completion fish \\
    > ~/.config/fish/completions/rotor-import.fish
"""


@click.command(
    cls=Command,
    help=_HELP,
    short_help="Print the script that completes commands in a shell.",
    examples=("rotor-import completion bash",),
)
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    shell_class = get_completion_class(shell)
    if shell_class is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    click.echo(shell_class(ctx.find_root().command, {}, PROGRAM, VARIABLE).source())
    return exit_codes.DONE


def mappings(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete presets and files."""
    from rotor_import.config import preset_files  # noqa: PLC0415 - only where a shell asks

    names = [name for name in sorted(preset_files()) if name.startswith(incomplete)]
    return [CompletionItem(incomplete, type="file"), *map(CompletionItem, names)]


def profiles(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete the profiles of the file; none if it can't be read."""
    from rotor_import.errors import RotorImportError  # noqa: PLC0415 - only where a shell asks
    from rotor_import.profiles import ProfileFile  # noqa: PLC0415 - only where a shell asks

    try:
        names = ProfileFile(ctx.params.get("config")).names
    except RotorImportError:
        names = []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def runs(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
    """Complete runs, newest first; none if the ledger or the key can't be read: a shell can't show errors."""
    from rotor_import.cli.late_settings import key_of  # noqa: PLC0415 - only where a shell asks
    from rotor_import.config import Settings  # noqa: PLC0415 - only where a shell asks
    from rotor_import.errors import RotorImportError  # noqa: PLC0415 - only where a shell asks

    if incomplete and LAST.startswith(incomplete):
        return [CompletionItem(LAST)]
    given: dict[str, Any] = {
        name: ctx.params[name] for name in Settings.__dataclass_fields__ if ctx.params.get(name) is not None
    }
    from rotor_import.pipeline.history import run_ids  # noqa: PLC0415 - only where a shell asks

    try:
        ids = run_ids(Settings(key=key_of(ctx, alone=False).read(), **given))
    except RotorImportError:
        ids = []
    return [CompletionItem(run) for run in [LAST, *ids] if run.startswith(incomplete)]
