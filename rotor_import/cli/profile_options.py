"""--profile, --config, --all: what a profile of `rotor-import.toml` says, below the command line and the environment.

A profile's values are click's own `default_map`, which has just that rank. The profile itself is the context's object.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rotor_import.errors import RotorImportError, SettingsError

if TYPE_CHECKING:
    from rotor_import.profiles import Known, Profile, Value

_PROFILE, _CONFIG, _EVERY = "profile", "config", "every"
_EARLY = (_PROFILE, _CONFIG, _EVERY)
BY_HAND = frozenset({_PROFILE, _CONFIG, "all", "jobs", "json", "force", "save", "sample", "dry_run", "key_file"})
"""Options that no profile may have; `key_file` is there otherwise than as an option."""
_NOT_TAKEN = frozenset({"reports"})
"""Parameters that no profile fills: `ledger prune` removes reports only where somebody says so."""
_OF_ALL = frozenset({"every", "jobs", "as_json", "config"})
"""Parameters of a command for all profiles that its command for one of them doesn't repeat."""
_LATE = "rotor_import.profile_options"


def chosen_profile(ctx: click.Context) -> Profile | None:
    return None if ctx.obj is None else ctx.obj.profile


@dataclass
class Choice:
    """The profile that a command was given; all of the file's are read when somebody asks."""

    name: str
    profile: Profile | None = None
    error: RotorImportError | None = None
    """Why the profile can't be used, of a command that others listen to: they are told before it is raised."""
    lost: Collection[str] = ()
    """Of such a profile, the options that can't be read either."""


def check_profile(ctx: click.Context) -> None:
    """Raises the error of a profile that can't be used."""
    if ctx.obj is not None and ctx.obj.error is not None:
        raise ctx.obj.error


def remember(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """The callback of these options, which are eager: once all are known, the profile fills what wasn't given."""
    mine = f"{_LATE}.{id(ctx)}"  # contexts of several threads share what their parent has
    given = ctx.meta.setdefault(mine, {})
    given[param.name] = value
    if given.keys() >= {parameter.name for parameter in ctx.command.params if parameter.name in _EARLY}:
        del ctx.meta[mine]
        by_hand = ctx.get_parameter_source(_PROFILE) is ParameterSource.COMMANDLINE
        ignored = given.get(_EVERY) and not by_hand
        ctx.obj = _chosen(ctx, "" if ignored else given[_PROFILE], given[_CONFIG])
    return value


def _chosen(ctx: click.Context, name: str, config: Path | None) -> Choice:
    if not name:
        return Choice(name)
    from rotor_import.profiles import ProfileFile  # noqa: PLC0415 - --help has no need of it

    file, known = None, known_options(ctx)
    try:
        file = ProfileFile(config)
        profile = file.profile(name, known)
        ctx.default_map = _defaults(ctx, profile.options, partial(_refuse, name))
    except RotorImportError as error:
        # a shell that completes a word can't show errors
        if not ctx.resilient_parsing and not any(parameter.name == "notify" for parameter in ctx.command.params):
            raise
        options, lost = ({}, known.keys()) if file is None else file.readable(name, known)
        refused = set(lost)
        ctx.default_map = _defaults(ctx, options, lambda key, _words: refused.add(key))
        return Choice(name, error=error, lost=refused)
    return Choice(name, profile)


def _refuse(profile: str, key: str, words: str) -> None:
    raise SettingsError(f"Profile {profile}: {key} can't be used: {words}") from None


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


def _defaults(
    ctx: click.Context, options: Mapping[str, Value], refused: Callable[[str, str], object]
) -> dict[str, Any]:
    """A profile's values for this command's parameters, tried as the command line would try them."""
    found: dict[str, Any] = {}
    for parameter in ctx.command.params:
        key = _key_of(parameter)
        if key not in options or parameter.name in _NOT_TAKEN:
            continue
        value = options[key]
        value = [str(value)] if parameter.multiple and not isinstance(value, list) else value
        try:
            parameter.type_cast_value(ctx, value)
        except click.BadParameter as error:
            refused(key, error.message)
        else:
            found[parameter.name] = value
    return found


def given_by_hand(ctx: click.Context) -> list[str]:
    """The options on the command line of a command for all profiles, for its command for one of them."""
    words: list[str] = []
    for parameter in ctx.command.params:
        by_hand = ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
        if not by_hand or parameter.name in _OF_ALL or not isinstance(parameter, click.Option):
            continue
        value = ctx.params[parameter.name]
        flag = max(parameter.opts, key=len)
        if parameter.is_flag:
            words += [flag] if value else []
        else:
            words += [word for each in (value if parameter.multiple else [value]) for word in (flag, str(each))]
    return words


def context_for(ctx: click.Context, name: str, config: Path) -> click.Context:
    """The context of a command for all profiles as if it had been given this one. Raises SettingsError."""
    words = [*given_by_hand(ctx), "--profile", name, "--config", str(config)]
    return ctx.command.make_context(ctx.info_name, words, parent=ctx.parent)
