"""Names in `rotor-import.toml`: of profiles and of environment variables."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from rotor_import.errors import SettingsError

NAME_RULE = "a profile's name has letters, digits, - _ and . only, and begins with a letter or a digit."

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLAIN_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
"""Surely a variable's name, and not a key that somebody put in its place: it may be shown."""


@dataclass(frozen=True)
class Variable:
    """An environment variable that holds a value; `of` is the key that names it."""

    name: str
    of: str

    def __str__(self) -> str:
        return self.name if _PLAIN_VARIABLE.fullmatch(self.name) else f"that {self.of} names"

    @property
    def unset(self) -> str:
        return f"the environment variable {self} isn't set ({self.of})."


def is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name))


def check_name(name: str) -> str:
    """The name itself. Raises SettingsError if no profile can be called that."""
    if not is_name(name):
        raise SettingsError(f"{name!r} can't be used: {NAME_RULE}")
    return name


def is_variable(name: str) -> bool:
    return bool(_VARIABLE.fullmatch(name))


def check_variable(name: str) -> str:
    """The name of an environment variable itself. Raises SettingsError, whose words don't repeat what may be a key."""
    if not is_variable(name) or not (name in os.environ or _PLAIN_VARIABLE.fullmatch(name)):
        raise SettingsError(
            "That isn't the name of an environment variable, such as ACME_KEY. Name the variable that holds the API "
            "key, not the key itself."
        )
    return name


def nearest(name: str, names: Collection[str]) -> str:
    """Which of the names was probably meant, as a sentence; all of them if none is near."""
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {close[0]}?"
    return f"These exist: {', '.join(names)}." if names else "It has no profiles yet: rotor-import init"
