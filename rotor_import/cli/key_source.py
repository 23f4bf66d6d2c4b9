"""Whose API key a command uses, and where it is: a profile's own key meets no other company's files."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from rotor_import.cli.profile_options import chosen_profile
from rotor_import.config import read_key_file

if TYPE_CHECKING:
    from rotor_import.profiles import Profile

_VARIABLE, _FILE_VARIABLE = "ROTOR_API_KEY", "ROTOR_IMPORT_KEY_FILE"


@dataclass(frozen=True)
class KeySource:
    """`words` say where the key is, `name` says it in short, and neither holds a key.

    `read` raises SettingsError if it can't be had there.
    """

    words: str
    name: str
    read: Callable[[], str] = field(repr=False)


def key_source(ctx: click.Context, *, sandbox: bool, alone: bool = False) -> KeySource:
    """--key-file's; else the profile's own; else what the environment names; else what [defaults] names.

    `alone` leaves the first and the third out.
    """
    profile, file = chosen_profile(ctx), None if alone else ctx.params.get("key_file")
    by_hand = ctx.get_parameter_source("key_file") is ParameterSource.COMMANDLINE
    environment = "" if alone else os.environ.get(_VARIABLE, "").strip()
    own = profile is not None and profile.own_key is not None and not sandbox
    if profile is not None and own and not (file and by_hand):
        return _of_profile(profile)
    if file:
        return KeySource(_of_file(file, by_hand=by_hand), f"the key file {file.name}", partial(read_key_file, file))
    if environment or profile is None or sandbox:
        return KeySource(f"the environment variable {_VARIABLE}", _VARIABLE, lambda: environment)
    return _of_profile(profile)


def _of_profile(profile: Profile) -> KeySource:
    return KeySource(profile.where_key(), f"the profile {profile.name}", profile.key)


def _of_file(file: Path, *, by_hand: bool) -> str:
    return f"the key file {file} (of {'--key-file' if by_hand else f'the environment variable {_FILE_VARIABLE}'})"
