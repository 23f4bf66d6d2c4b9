"""From a command's options to `Settings`: built late, so that a wrong value is reported like any other error."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from rotor_import.cli.profile_options import chosen_profile
from rotor_import.config import Settings, Tolerance, read_key_file
from rotor_import.errors import RotorImportError, SettingsError

if TYPE_CHECKING:
    from rotor_import.profiles import Profile

_PLACE = ("profile", "base_url", "ledger", "sandbox", "sandbox_state")


class Late:
    """The settings of a command, as a function. Raises SettingsError."""

    def __init__(self, ctx: click.Context, chosen: Mapping[str, Any], key_file: Path | None) -> None:
        self._ctx = ctx
        self._chosen = dict(chosen)
        self._key_file = key_file

    def __call__(self) -> Settings:
        check_config(self._ctx)
        profile = chosen_profile(self._ctx)
        storage = {} if profile is None else profile.storage
        return _made(self._chosen, _key(profile, self._key_file, self._chosen), storage)

    def place(self) -> Settings | None:
        """Only what says which account of which ledger it is about, if that much can be used.

        For those who are told that the settings are wrong.
        """
        named = {name: self._chosen[name] for name in _PLACE if name in self._chosen}
        try:
            return Settings(**named, key=_key(chosen_profile(self._ctx), self._key_file, self._chosen))
        except RotorImportError:
            with suppress(RotorImportError):
                return Settings(**named)
        return None


def settings_of(ctx: click.Context) -> Settings:
    """The settings of a context that was made for a profile. Its key is the profile's, whatever the environment says.

    Raises SettingsError.
    """
    settings, error = night_settings(ctx, alone=True)
    if error is not None:
        raise error
    return settings


def check_config(ctx: click.Context) -> None:
    """Raises SettingsError if somebody named the file, but no profile in it: it would not be used."""
    by_hand = ctx.get_parameter_source("config") is ParameterSource.COMMANDLINE
    if chosen_profile(ctx) is None and by_hand:
        raise SettingsError("--config says where the profiles are. Choose one of them with --profile NAME.")


def night_settings(ctx: click.Context, *, alone: bool) -> tuple[Settings, RotorImportError | None]:
    """The settings of a context, and why its key can't be had, if so; `alone` takes the key from the profile alone."""
    profile = chosen_profile(ctx)
    chosen = {name: value for name, value in ctx.params.items() if name in Settings.__dataclass_fields__}
    storage = {} if profile is None else profile.storage
    try:
        if alone and profile is not None:
            key = "" if chosen.get("sandbox") else profile.key()
        else:
            key = _key(profile, ctx.params.get("key_file"), chosen)
    except RotorImportError as error:
        return _made(chosen, "", storage), error
    return _made(chosen, key, storage), None


def _key(profile: Profile | None, key_file: Path | None, chosen: Mapping[str, Any]) -> str:
    """The API key: --key-file's, else the profile's own, else ROTOR_API_KEY, else what [defaults] names."""
    if key_file:
        return read_key_file(key_file)
    environment = os.environ.get("ROTOR_API_KEY", "").strip()
    if profile is None or chosen.get("sandbox"):
        return environment
    return profile.key(own=True) or environment or profile.key()


def _made(chosen: Mapping[str, Any], key: str, storage: Mapping[str, str]) -> Settings:
    tolerate = chosen.get("tolerate")
    tolerance = Tolerance() if tolerate is None else Tolerance.parse(*tolerate)
    others = {name: value for name, value in chosen.items() if name != "tolerate"}
    return Settings(key=key, tolerate=tolerance, storage=storage, **others)
