"""The options of the commands, each also an environment variable, ROTOR_IMPORT_<OPTION>.

Those of a run are made from the fields of `Settings`, which declare their type, help and group of commands.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin

import click

from rotor_import.cli import completion
from rotor_import.cli.late_settings import Late
from rotor_import.cli.profile_options import remember
from rotor_import.cli.progress import Progress
from rotor_import.config import Group, Settings, Tolerance, flag, options
from rotor_import.model.remote import is_address

F = TypeVar("F", bound=Callable[..., Any])

_PREFIX = "ROTOR_IMPORT_"
_METAVARS = {
    **dict.fromkeys(("report_dir",), "FOLDER"),
    **dict.fromkeys(("decisions", "corrections", "sandbox_state"), "FILE"),
    **dict.fromkeys(("directory_max_age", "retry_base", "retry_cap", "patience", "timeout"), "SECONDS"),
    **dict.fromkeys(("concurrency", "max_requests", "max_attempts", "daily_limit", "reserve"), "NUMBER"),
    "base_url": "URL",
    "ledger": "PLACE",
}
"""What the help calls the value of an option; otherwise it names its type."""


class _Option(click.Option):
    """An option whose help doesn't show its range as a formula: who leaves the range is told so."""

    def get_help_extra(self, ctx: click.Context) -> click.types.OptionHelpExtra:
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        return extra


def option(name: str, *more: str, **settings: Any) -> Callable[[F], F]:
    variable = _PREFIX + name.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(name, *more, cls=_Option, envvar=variable, show_envvar=False, **settings)


class Listed(click.ParamType[str]):
    """An option whose values are separated by semicolons in its environment variable, since values have spaces."""

    name = "words"
    envvar_list_splitter = ";"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return value.strip()


class Place(click.Path):
    """A file or folder: a path, or an address such as sftp://host/drop, which is no path and stays as it is."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        text = os.fspath(value)
        return text if is_address(text) else super().convert(value, param, ctx)


def _of_setting(name: str) -> Callable[[Any], Any]:
    """The option that a field of Settings declares."""
    (kind, about), default = options()[name], getattr(Settings, name)
    if kind is bool:
        return option(flag(name), is_flag=True, help=about.help)
    if kind is Tolerance:
        return option(
            flag(name),
            type=Listed(),
            metavar="LIMIT",
            multiple=True,
            default=("0",),
            help=f"{about.help}  [default: 0]",
        )
    shown = f"{default:g}" if isinstance(default, int | float) else str(default or "")
    return option(
        flag(name),
        type=_click_type(kind),
        metavar=_METAVARS.get(name),
        default=default,
        help=f"{about.help}  [default: {shown}]" if shown else about.help,
    )


def _click_type(kind: Any) -> Any:
    """What click parses a value of this type with; `None` beside it is a value that was not given."""
    if get_origin(kind) is Literal:
        return click.Choice(get_args(kind))
    [kind, *_] = [each for each in get_args(kind) if each is not NoneType] or [kind]
    return click.Path(path_type=Path) if kind is Path else kind


def _of_groups(*groups: Group) -> tuple[Callable[[Any], Any], ...]:
    return tuple(_of_setting(name) for name, (_, about) in options().items() if about.group in groups)


CONFIG = option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    is_eager=True,
    callback=remember,
    help="The file of profiles.  [default: rotor-import.toml]",
)
EVERY = (
    option(
        "--all",
        "every",
        is_flag=True,
        is_eager=True,
        callback=remember,
        help="Do it for every profile in rotor-import.toml.",
    ),
    option(
        "--jobs",
        type=click.IntRange(1, 64),
        metavar="NUMBER",
        default=4,
        help="With --all: how many profiles at a time.  [default: 4]",
    ),
)
_CONNECTION = (
    option(
        "--profile",
        metavar="NAME",
        default="",
        is_eager=True,
        callback=remember,
        shell_complete=completion.profiles,
        help="Take the options of this profile in rotor-import.toml.",
    ),
    CONFIG,
    *_of_groups(Group.CONNECTION),
    option(
        "--key-file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A file with the API key, instead of ROTOR_API_KEY.",
    ),
    option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
    option("--quiet", "-q", is_flag=True, help="Show no progress."),
    option("--verbose", "-v", is_flag=True, help="Show each step on a line."),
)
_ASKING = _of_groups(Group.ASKING)
_SENDING = _of_groups(Group.ASKING, Group.SENDING)
_PLANNING = _of_groups(Group.PLANNING)
_FILES = _of_groups(Group.FILES)
REPORT_DIR, FORCE = _of_setting("report_dir"), _of_setting("force")
_MAPPING = partial(option, "--mapping", "-m", shell_complete=completion.mappings)
_NEW_MAPPING = _MAPPING(required=True, metavar="MAPPING", help="A mapping's path, or a preset's name.")
_DROP_MAPPING = _MAPPING(default=None, metavar="MAPPING", help="A mapping's path, or a preset's name.")
_OWN_MAPPING = _MAPPING(
    default=None, metavar="MAPPING", help="A mapping's path, or a preset's name; a saved plan has its own."
)


def with_options(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    def decorated(function: F) -> F:
        for decorator in reversed(options):
            function = decorator(function)
        return function

    return decorated


def _with_settings(*options: Callable[[Any], Any]) -> Callable[[F], F]:
    """The command gets one `settings` instead of thirty arguments, `as_json`, `progress`, and its own options."""

    def decorated(function: F) -> F:
        function = with_options(*options)(function)

        @wraps(function)
        def command(**arguments: Any) -> Any:
            progress = Progress(quiet=arguments.pop("quiet"), verbose=arguments.pop("verbose"))
            fields = Settings.__dataclass_fields__
            chosen = {name: arguments.pop(name) for name in list(arguments) if name in fields}
            del arguments["key_file"], arguments["config"]
            arguments["settings"] = Late(click.get_current_context(), chosen)
            with progress:
                return function(progress=progress, **arguments)

        return command  # type: ignore[return-value]  # the same command, with fewer arguments

    return decorated


connection_options = _with_settings(*_CONNECTION)
looking_options = _with_settings(_DROP_MAPPING, REPORT_DIR, *_CONNECTION)
asking_options = _with_settings(*_ASKING, *_CONNECTION)
"""For a command that only reads from Rotor."""
sending_options = _with_settings(*_SENDING, *_CONNECTION)
syncing_options = _with_settings(_DROP_MAPPING, *_PLANNING, *_SENDING, *_CONNECTION)
planning_options = _with_settings(_NEW_MAPPING, *_FILES, *_PLANNING, *_SENDING, *_CONNECTION)
running_options = _with_settings(_OWN_MAPPING, *_FILES, *_PLANNING, *_SENDING, *_CONNECTION)
"""For planning, but without a required mapping: a saved plan has its own."""
page_options = _with_settings(*_PLANNING, *_SENDING, *_CONNECTION)
"""For the page, which makes the mapping."""
