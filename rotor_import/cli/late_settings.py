"""From a command's options to `Settings`: built late, so that a wrong value is reported like any other error."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import click
from click.core import ParameterSource

from rotor_import.cli.key_source import KeySource, key_source
from rotor_import.cli.profile_options import check_profile, chosen_profile
from rotor_import.config import Settings, Tolerance
from rotor_import.errors import RotorImportError, SettingsError

_GIVEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
_PLACE = ("profile", "base_url", "ledger", "sandbox", "sandbox_state")
_TOLD_APART = (*_PLACE[1:], "folder", "mapping")
"""Options by which what is known of one night is told apart from what is known of another."""


class Late:
    """The settings of a command, as a function. Raises SettingsError."""

    def __init__(self, ctx: click.Context, chosen: Mapping[str, Any]) -> None:
        self._ctx = ctx
        self._chosen = dict(chosen)

    def __call__(self) -> Settings:
        check_config(self._ctx)
        profile = chosen_profile(self._ctx)
        storage = {} if profile is None else profile.storage
        return _made(self._chosen, self._key(), storage)

    def place(self) -> Settings | None:
        """Only what says which account of which ledger it is about, if that much can be used.

        For those who are told that the settings are wrong. A profile that can't be used has no key: another one from
        the environment could be another company's.
        """
        if self._is_unknown():
            return None
        named = {name: self._chosen[name] for name in _PLACE if name in self._chosen}
        try:
            check_profile(self._ctx)
            return Settings(**named, key=self._key())
        except RotorImportError:
            with suppress(RotorImportError):
                return Settings(**named)
        return None

    @property
    def profile(self) -> str:
        """The profile that was asked for, whether or not it can be used."""
        return "" if self._ctx.obj is None else str(self._ctx.obj.name)

    def _key(self) -> str:
        return key_source(self._ctx, sandbox=bool(self._chosen.get("sandbox"))).read()

    def _is_unknown(self) -> bool:
        """Whether something that would say what it is about was said, but can't be read, or wasn't said at all."""
        params, choice = self._ctx.params, self._ctx.obj
        if "folder" in params and None in (params["folder"], params.get("mapping")):
            return True
        lost = () if choice is None else choice.lost
        unread = [name for name in _TOLD_APART if name in lost and name in params]
        return any(self._ctx.get_parameter_source(name) not in _GIVEN for name in unread)


def settings_of(ctx: click.Context) -> Settings:
    """The settings of a context that was made for a profile. Its key is the profile's, whatever the environment says.

    Raises SettingsError.
    """
    settings, error = night_settings(ctx, alone=True)
    if error is not None:
        raise error
    return settings


def check_config(ctx: click.Context) -> None:
    """Raises SettingsError for a profile that can't be used, and if somebody named the file, but no profile in it."""
    check_profile(ctx)
    by_hand = ctx.get_parameter_source("config") is ParameterSource.COMMANDLINE
    if chosen_profile(ctx) is None and by_hand:
        raise SettingsError("--config says where the profiles are. Choose one of them with --profile NAME.")


def night_settings(ctx: click.Context, *, alone: bool) -> tuple[Settings, RotorImportError | None]:
    """The settings of a context, and why its key can't be had, if so; `alone` takes the key from the profile alone."""
    check_profile(ctx)
    profile = chosen_profile(ctx)
    chosen = {name: value for name, value in ctx.params.items() if name in Settings.__dataclass_fields__}
    storage = {} if profile is None else profile.storage
    try:
        key = key_of(ctx, alone=alone).read()
    except RotorImportError as error:
        return _made(chosen, "", storage), error
    return _made(chosen, key, storage), None


def key_of(ctx: click.Context, *, alone: bool) -> KeySource:
    """Where such settings have their key."""
    return key_source(ctx, sandbox=bool(ctx.params.get("sandbox")), alone=alone)


def _made(chosen: Mapping[str, Any], key: str, storage: Mapping[str, str]) -> Settings:
    tolerate = chosen.get("tolerate")
    tolerance = Tolerance() if tolerate is None else Tolerance.parse(*tolerate)
    others = {name: value for name, value in chosen.items() if name != "tolerate"}
    return Settings(key=key, tolerate=tolerance, storage=storage, **others)
