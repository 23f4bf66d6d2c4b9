"""The options of the contract: each also an environment variable, ROTOR_IMPORT_<OPTION>."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from rotor_import.cli import complete
from rotor_import.cli.progress import Progress
from rotor_import.config import BASE_URL, Settings, Tolerance, read_key_file

Late = Callable[[], Settings]
F = TypeVar("F", bound=Callable[..., Any])

_PREFIX = "ROTOR_IMPORT_"


def option(name: str, *more: str, **settings: Any) -> Callable[[F], F]:
    variable = _PREFIX + name.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(name, *more, envvar=variable, show_envvar=False, **settings)


_CONNECTION = (
    option("--sandbox", is_flag=True, help="Use the embedded Rotor: no key is needed."),
    option("--sandbox-state", type=click.Path(path_type=Path), help="The embedded Rotor's file."),
    option("--base-url", default=BASE_URL, show_default=True, help="Rotor's address."),
    option("--key-file", type=click.Path(path_type=Path), help="A file with the API key (or ROTOR_API_KEY)."),
    option("--ledger", default="", help="The ledger's path, or a postgresql:// URL that machines share."),
    option("--daily-limit", type=int, default=1000, show_default=True, help="Requests in any 24 hours."),
    option("--reserve", type=int, default=0, show_default=True, help="Requests left for other programs."),
    option("--timeout", type=float, default=30.0, show_default=True, help="Seconds for one answer."),
    option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout."),
    option("--quiet", "-q", is_flag=True, help="No progress."),
    option("--verbose", "-v", is_flag=True, help="Say more on stderr."),
)
_ASKING = (
    option("--max-requests", type=int, default=None, help="At most so many requests in this run."),
    option("--max-attempts", type=int, default=5, show_default=True, help="Tries of one request."),
    option("--retry-base", type=float, default=0.5, show_default=True, help="Seconds before the first retry."),
    option("--retry-cap", type=float, default=30.0, show_default=True, help="Most seconds before a retry."),
    option("--patience", type=float, default=900.0, show_default=True, help="Seconds to wait for quota."),
    option("--wait", is_flag=True, help="Sleep until the quota is back, however long."),
)
_SENDING = (
    option(
        "--directory",
        type=click.Choice(["api", "ledger", "none"]),
        default="api",
        show_default=True,
        help="Where to learn what Rotor holds.",
    ),
    option("--directory-max-age", type=float, default=0.0, help="Seconds for which a read directory is good."),
    option("--concurrency", type=int, default=4, show_default=True, help="Requests at the same time."),
    *_ASKING,
    option("--tolerate", default="0", show_default=True, help="Rows that may go wrong: N or P%."),
    option("--yes", is_flag=True, help="Go on where a safeguard would ask."),
)
REPORT_DIR = option(
    "--report-dir",
    type=click.Path(path_type=Path),
    default=Path("rotor-import-reports"),
    show_default=True,
    help="Where the reports go.",
)
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
_PLANNING = (
    REPORT_DIR,
    option("--xlsx", is_flag=True, help="Write the report as report.xlsx too."),
    option("--hold-suspicious", is_flag=True, help="Hold rows that share a phone but look like strangers."),
    option("--decisions", type=click.Path(path_type=Path), help="A held.csv with your decisions in it."),
    option("--allow-keyless", is_flag=True, help="Import rows without phone and e-mail too."),
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
