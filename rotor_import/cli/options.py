"""The options of the contract: each also an environment variable, ROTOR_IMPORT_<OPTION>."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import click

from rotor_import.cli import complete
from rotor_import.cli.progress import Progress
from rotor_import.config import Group, Settings, Tolerance, flag, options, read_key_file

Late = Callable[[], Settings]
F = TypeVar("F", bound=Callable[..., Any])

_PREFIX = "ROTOR_IMPORT_"


def option(name: str, *more: str, **settings: Any) -> Callable[[F], F]:
    variable = _PREFIX + name.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(name, *more, envvar=variable, show_envvar=False, **settings)


def _of_setting(name: str) -> Callable[[Any], Any]:
    """The option that a field of Settings declares."""
    (kind, about), default = options()[name], getattr(Settings, name)
    if kind is bool:
        return option(flag(name), is_flag=True, help=about.help)
    if kind is Tolerance:
        return option(flag(name), default="0", show_default=True, help=about.help)
    shown = default not in (None, "")
    return option(flag(name), type=_click_type(kind), default=default, show_default=shown, help=about.help)


def _click_type(kind: Any) -> Any:
    """What click parses a value of this type with; `None` beside it is a value that was not given."""
    if get_origin(kind) is Literal:
        return click.Choice(get_args(kind))
    [kind, *_] = [each for each in get_args(kind) if each is not type(None)] or [kind]
    return click.Path(path_type=Path) if kind is Path else kind


def _of_groups(*groups: Group) -> tuple[Callable[[Any], Any], ...]:
    return tuple(_of_setting(name) for name, (_, about) in options().items() if about.group in groups)


_CONNECTION = (
    *_of_groups(Group.CONNECTION),
    option("--key-file", type=click.Path(path_type=Path), help="A file with the API key (or ROTOR_API_KEY)."),
    option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
    option("--quiet", "-q", is_flag=True, help="No progress."),
    option("--verbose", "-v", is_flag=True, help="Say more on stderr."),
)
_ASKING = _of_groups(Group.ASKING)
_SENDING = _of_groups(Group.ASKING, Group.SENDING)
_PLANNING = _of_groups(Group.PLANNING)
REPORT_DIR = _of_setting("report_dir")
_MAPPING = option(
    "--mapping", "-m", required=True, shell_complete=complete.mappings, help="A mapping's path, or a preset's name."
)
_OWN_MAPPING = option(
    "--mapping",
    "-m",
    default=None,
    shell_complete=complete.mappings,
    help="A mapping's path, or a preset's name; a saved plan has one.",
)


def apply(options: tuple[Callable[[Any], Any], ...], function: Any) -> Any:
    for one in reversed(options):
        function = one(function)
    return function


def connection_options(function: F) -> F:
    """Options become `settings`, `as_json` and `progress`; the rest stay the command's own."""
    return _settings(apply(_CONNECTION, function), function)


def asking_options(function: F) -> F:
    """For a command that reads from Rotor, and changes nothing there."""
    return _settings(apply((*_ASKING, *_CONNECTION), function), function)


def sending_options(function: F) -> F:
    return _settings(apply((*_SENDING, *_CONNECTION), function), function)


def planning_options(function: F) -> F:
    return _settings(apply((_MAPPING, *_PLANNING, *_SENDING, *_CONNECTION), function), function)


def running_options(function: F) -> F:
    """As for planning, but a saved plan brings its mapping along."""
    return _settings(apply((_OWN_MAPPING, *_PLANNING, *_SENDING, *_CONNECTION), function), function)


def _settings(with_options: Any, function: F) -> F:
    """Hand the command one Settings instead of thirty arguments."""

    @wraps(function)
    def command(**arguments: Any) -> Any:
        progress = Progress(quiet=arguments.pop("quiet"), verbose=arguments.pop("verbose"))
        fields = Settings.__dataclass_fields__
        chosen = {name: arguments.pop(name) for name in list(arguments) if name in fields}
        key_file = arguments.pop("key_file")
        arguments["settings"] = lambda: _build(chosen, key_file)
        with progress:
            return function(progress=progress, **arguments)

    command.__click_params__ = with_options.__click_params__  # type: ignore[attr-defined]  # click keeps options so
    return command  # type: ignore[return-value]  # the same command, with fewer arguments


def _build(chosen: dict[str, Any], key_file: Path | None) -> Settings:
    """Late, so that wrong values are reported like every other error."""
    import os  # noqa: PLC0415 - used here alone

    key = read_key_file(key_file) if key_file else os.environ.get("ROTOR_API_KEY", "").strip()
    tolerate = chosen.pop("tolerate", None)
    tolerance = Tolerance() if tolerate is None else Tolerance.parse(tolerate)
    return Settings(key=key, tolerate=tolerance, **chosen)
