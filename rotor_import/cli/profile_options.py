"""--profile and --config: what a profile of `rotor-import.toml` says, below the command line and the environment.

A profile's values are click's own `default_map`, which has just that rank. The profile itself is the context's object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rotor_import.errors import RotorImportError, SettingsError

if TYPE_CHECKING:
    from rotor_import.profiles import Known, Profile

_PROFILE, _CONFIG = "profile", "config"
BY_HAND = frozenset({_PROFILE, _CONFIG, "all", "jobs", "json", "force", "save", "sample", "dry_run", "key_file"})
"""Options that no profile may have; `key_file` is there otherwise than as an option."""
_NOT_TAKEN = frozenset({"reports"})
"""Parameters that no profile fills: `ledger prune` removes reports only where somebody says so."""
_LATE = "rotor_import.profile_options"


def chosen_profile(ctx: click.Context) -> Profile | None:
    return None if ctx.obj is None else ctx.obj.profile


class Choice:
    """The profile that a command was given; all of the file's are read when somebody asks."""

    def __init__(self, profile: Profile | None, config: Path | None, *, of_environment: bool) -> None:
        self.profile = profile
        self.config = config
        self.of_environment = of_environment
        """Whether only the environment names the profile."""


def remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """The callback of both options, which are eager: once both are known, the profile fills what wasn't given."""
    mine = f"{_LATE}.{id(ctx)}"  # contexts of several threads share what their parent has
    given = ctx.meta.setdefault(mine, {})
    given[param.name] = value
    if {_PROFILE, _CONFIG} <= given.keys():
        del ctx.meta[mine]
        _choose(ctx, given[_PROFILE], given[_CONFIG])
    return value


def _choose(ctx: click.Context, name: str, config: Path | None) -> None:
    source = ctx.get_parameter_source(_PROFILE)
    profile = None
    try:
        if name:
            from rotor_import.profiles import ProfileFile  # noqa: PLC0415 - --help has no need of it

            profile = ProfileFile(config).profile(name, known_options(ctx))
            ctx.default_map = _defaults(ctx, profile)
    except RotorImportError:
        if not ctx.resilient_parsing:  # a shell that completes a word can't show errors
            raise
    ctx.obj = Choice(profile, config, of_environment=source is ParameterSource.ENVIRONMENT)


def known_options(ctx: click.Context) -> Mapping[str, Known]:
    """The options that a profile may have: those of all commands that take one, under their long names."""
    from rotor_import.profiles import Known  # noqa: PLC0415 - --help has no need of it

    found: dict[str, Known] = {}
    for command in _commands(ctx.find_root().command):
        if any(parameter.name == _PROFILE for parameter in command.params):
            for parameter in command.params:
                if key := _key_of(parameter):
                    found.setdefault(key, _known(parameter, by_hand=key in BY_HAND))
    return {**found, "folder": Known(str)}


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _commands(each)


def _key_of(parameter: click.Parameter) -> str:
    """A parameter's name in the file: that of its long option."""
    if parameter.param_type_name == "argument":
        return parameter.name if parameter.name == "folder" else ""
    return next((one[2:].replace("-", "_") for one in parameter.opts if one.startswith("--")), "")


def _known(parameter: click.Parameter, *, by_hand: bool) -> Known:
    from rotor_import.profiles import Known  # noqa: PLC0415 - --help has no need of it

    kind: type[str | int | float | bool | Path] = str
    choices: tuple[str, ...] = ()
    if isinstance(parameter, click.Option) and parameter.is_flag:
        kind = bool
    elif isinstance(parameter.type, click.Choice):
        choices = tuple(map(str, parameter.type.choices))
    elif isinstance(parameter.type, click.Path):
        kind = Path
    elif isinstance(parameter.type, type(click.INT)):
        kind = int
    elif isinstance(parameter.type, type(click.FLOAT)):
        kind = float
    return Known(kind, choices, many=parameter.multiple, by_hand=by_hand)


def _defaults(ctx: click.Context, profile: Profile) -> dict[str, Any]:
    """The profile's values for this command's parameters, tried as the command line would try them."""
    found: dict[str, Any] = {}
    for parameter in ctx.command.params:
        key = _key_of(parameter)
        if key not in profile.options or parameter.name in _NOT_TAKEN:
            continue
        value = profile.options[key]
        value = [str(value)] if parameter.multiple and not isinstance(value, list) else value
        try:
            parameter.type_cast_value(ctx, value)
        except click.BadParameter as error:
            raise SettingsError(f"Profile {profile.name}: {key} can't be used: {error.message}") from None
        found[parameter.name] = value
    return found


def given_by_hand(ctx: click.Context, *, without: frozenset[str] = frozenset()) -> list[str]:
    """The command's options as they stand on its command line, for a command like it."""
    words: list[str] = []
    for parameter in ctx.command.params:
        by_hand = ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
        if not by_hand or parameter.name in without or not isinstance(parameter, click.Option):
            continue
        value = ctx.params[parameter.name]
        flag = max(parameter.opts, key=len)
        if parameter.is_flag:
            words += [flag] if value else []
        else:
            words += [word for each in (value if parameter.multiple else [value]) for word in (flag, str(each))]
    return words


def context_for(ctx: click.Context, name: str, config: Path, without: frozenset[str]) -> click.Context:
    """The command's context as if it had been given this profile. Raises SettingsError."""
    words = [*given_by_hand(ctx, without=without), "--profile", name, "--config", str(config)]
    return ctx.command.make_context(ctx.info_name, words, parent=ctx.parent)
