"""The options of the commands, each also an environment variable, ROTOR_IMPORT_<OPTION>.

A new option is a field of `Settings`, and a `setting` with its help in the group of the commands that take it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import click

from rotor_import.cli import completion
from rotor_import.cli.progress import Progress
from rotor_import.config import Settings, Tolerance, read_key_file

Late = Callable[[], Settings]
F = TypeVar("F", bound=Callable[..., Any])

_PREFIX = "ROTOR_IMPORT_"


def option(name: str, *more: str, **settings: Any) -> Callable[[F], F]:
    variable = _PREFIX + name.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(name, *more, envvar=variable, show_envvar=False, **settings)


def setting(name: str, words: str, *letters: str, **more: Any) -> Callable[[F], F]:
    """The option for a field of Settings: its type and its default are the field's own."""
    kind, default = get_type_hints(Settings)[name], Settings.__dataclass_fields__[name].default
    flag = "--" + name.replace("_", "-")
    if kind is bool:
        return option(flag, *letters, is_flag=True, help=words, **more)
    if get_origin(kind) is Literal:
        chosen: Any = click.Choice(get_args(kind))
    else:
        chosen = next(part for part in (get_args(kind) or (kind,)) if part is not NoneType)
    own = {"type": click.Path(path_type=Path) if chosen is Path else chosen, "default": default}
    return option(flag, *letters, help=words, **{**own, "show_default": default not in (None, ""), **more})


_CONNECTION = (
    setting("sandbox", "Use the embedded Rotor: no key is needed."),
    setting("sandbox_state", "The embedded Rotor's file."),
    setting("base_url", "Rotor's address."),
    option("--key-file", type=click.Path(path_type=Path), help="A file with the API key (or ROTOR_API_KEY)."),
    setting("ledger", "The ledger's path, or a postgresql:// URL that machines share."),
    setting("daily_limit", "Requests in any 24 hours."),
    setting("reserve", "Requests left for other programs."),
    setting("timeout", "Seconds for one answer."),
    option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
    option("--quiet", "-q", is_flag=True, help="No progress."),
    option("--verbose", "-v", is_flag=True, help="Say more on stderr."),
)
_ASKING = (
    setting("max_requests", "At most so many requests in this run."),
    setting("max_attempts", "Tries of one request."),
    setting("retry_base", "Seconds before the first retry."),
    setting("retry_cap", "Most seconds before a retry."),
    setting("patience", "Seconds to wait for quota."),
    setting("wait", "Sleep until the quota is back, however long."),
)
_SENDING = (
    setting("directory", "Where to learn what Rotor holds."),
    setting("directory_max_age", "Seconds for which a read directory is good.", show_default=False),
    setting("concurrency", "Requests at the same time."),
    *_ASKING,
    setting("tolerate", "Rows that may go wrong: N or P%.", type=str, default="0"),
    setting("yes", "Go on where a safeguard would ask."),
)
REPORT_DIR = setting("report_dir", "Where the reports go.")
_MAPPING = partial(option, "--mapping", "-m", shell_complete=completion.mappings)
_NEW_MAPPING = _MAPPING(required=True, help="A mapping's path, or a preset's name.")
_OWN_MAPPING = _MAPPING(default=None, help="A mapping's path, or a preset's name; a saved plan has one.")
_PLANNING = (
    REPORT_DIR,
    setting("xlsx", "Write the report as report.xlsx too."),
    setting("hold_suspicious", "Hold rows that share a phone but look like strangers."),
    setting("decisions", "A held.csv with your decisions in it."),
    setting("allow_keyless", "Import rows without phone and e-mail too."),
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
            key_file = arguments.pop("key_file")
            arguments["settings"] = lambda: _build(chosen, key_file)
            with progress:
                return function(progress=progress, **arguments)

        return command  # type: ignore[return-value]  # the same command, with fewer arguments

    return decorated


connection_options = _with_settings(*_CONNECTION)
asking_options = _with_settings(*_ASKING, *_CONNECTION)
"""For a command that only reads from Rotor."""
sending_options = _with_settings(*_SENDING, *_CONNECTION)
planning_options = _with_settings(_NEW_MAPPING, *_PLANNING, *_SENDING, *_CONNECTION)
running_options = _with_settings(_OWN_MAPPING, *_PLANNING, *_SENDING, *_CONNECTION)
"""For planning, but without a required mapping: a saved plan has its own."""


def _build(chosen: dict[str, Any], key_file: Path | None) -> Settings:
    """Settings are built late, so that a wrong value is reported like any other error."""
    key = read_key_file(key_file) if key_file else os.environ.get("ROTOR_API_KEY", "").strip()
    tolerate = chosen.pop("tolerate", None)
    tolerance = Tolerance() if tolerate is None else Tolerance.parse(tolerate)
    return Settings(key=key, tolerate=tolerance, **chosen)
