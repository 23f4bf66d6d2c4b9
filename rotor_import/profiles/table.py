"""One table of `rotor-import.toml`, checked: which options it may have, and what their values must be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rotor_import.config import preset_files
from rotor_import.errors import SettingsError
from rotor_import.model.remote import is_address
from rotor_import.profiles.names import Variable, is_variable, nearest

Value = str | int | float | bool | list[str]

_SECRET = ("folder", "ledger", "notify", "ping")
"""Options that may hold a password or a signature: `<option>_env` names an environment variable instead."""
_KEYS = ("key_file", "key_env")
_OWN = "ROTOR_IMPORT_"
"""How the variables of the command line's own options begin."""
_STORAGE = ("storage", "storage_env")
_STORAGE_FILES = ("client_keys", "known_hosts")
"""Options of a server of files that are paths."""
_PLACES = ("folder", "ledger", "metrics")
"""Paths, unless they are URLs."""
_BY_HAND = {
    "key": "Never put a key into this file. Name a file with key_file, or an environment variable with key_env.",
    **dict.fromkeys(("api_key", "rotor_api_key"), "Never put a key into this file. Use key_file or key_env."),
}


@dataclass(frozen=True)
class Known:
    """What an option's value has to be in the file; `many` takes a list too, and `by_hand` isn't for files."""

    kind: type[str | int | float | bool | Path]
    choices: tuple[str, ...] = ()
    many: bool = False
    by_hand: bool = False


@dataclass(frozen=True)
class Checked:
    values: Mapping[str, Value | Variable]
    storage: Mapping[str, str | Variable]
    key: Path | Variable | None


@dataclass(frozen=True)
class Table:
    """One table of the file, to be checked."""

    content: Mapping[str, Any]
    known: Mapping[str, Known]
    folder: Path
    """What relative paths are relative to."""
    wrong: Callable[[str, str], SettingsError]
    """The error for a key: its place and these words."""

    def checked(self) -> Checked:
        values: dict[str, Value | Variable] = {}
        storage: dict[str, str | Variable] = {}
        key: Path | Variable | None = None
        for name, value in self.content.items():
            option = name.removesuffix("_env")
            if name in _KEYS:
                self._only(name, key)
                key = self._key(name, value)
            elif name in _STORAGE:
                storage |= self._storage(name, value)
            elif name.endswith("_env") and option in _SECRET and option in self.known:
                self._only(name, values.get(option))
                values[option] = self._variable(name, value)
            else:
                self._only(name, values.get(name))
                values[name] = self._value(name, value)
        return Checked(values, storage, key)

    def _only(self, name: str, before: object) -> None:
        if before is not None:
            raise self.wrong(name, f"both {name.removesuffix('_env')}… and its other form are given. Keep one of them.")

    def _key(self, name: str, value: Any) -> Path | Variable:
        if name == "key_env":
            return self._variable(name, value)
        return Path(self._path(str(self._typed(name, value, Known(str)))))

    def _storage(self, name: str, value: Any) -> dict[str, str | Variable]:
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise self.wrong(name, f'{name} must be a table of texts: {name} = {{option = "…"}}')
        if name == "storage":
            return {option: self._path(text) if option in _STORAGE_FILES else text for option, text in value.items()}
        return {option: self._variable(f"{name}.{option}", variable) for option, variable in value.items()}

    def _variable(self, name: str, value: Any) -> Variable:
        if not isinstance(value, str) or not is_variable(value):
            raise self.wrong(name, f"{name} must be the name of an environment variable, such as ACME_KEY.")
        if value.upper().startswith(_OWN):
            raise self.wrong(name, f"{name} must be a variable of its own: those that begin with {_OWN} count for all.")
        return Variable(value, name)

    def _value(self, name: str, value: Any) -> Value:
        known = self.known.get(name)
        if name in _BY_HAND:
            raise self.wrong(name, _BY_HAND[name])
        if known is None:
            raise self.wrong(name, self._unknown(name, value))
        if known.by_hand:
            raise self.wrong(name, f"{name} can't stand in a profile. Give it on the command line, for one command.")
        if isinstance(value, list) and known.many:
            return [str(self._typed(name, one, known)) for one in value]
        typed = self._typed(name, value, known)
        if name == "mapping" and str(typed) not in preset_files():
            return self._path(str(typed))
        return self.placed(name, typed) if isinstance(typed, str) else typed

    def placed(self, name: str, text: str) -> str:
        """The value of an option: a path from the file's own folder, anything else as it is."""
        known = self.known.get(name)
        is_path = name in _PLACES or (known is not None and known.kind is Path)
        return self._path(text) if is_path and not is_address(text) else text

    def _typed(self, name: str, value: Any, known: Known) -> Value:
        """The words never repeat the value, which could be a secret in the wrong place."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if known.kind is bool:
            fits, what = isinstance(value, bool), "true or false"
        elif known.kind is int:
            fits, what = is_number and isinstance(value, int), "a whole number"
        elif known.kind is float:
            fits, what = is_number, "a number"
        else:
            fits, what = (isinstance(value, str) and value != "") or (known.many and is_number), "text in quotes"
        if not fits:
            raise self.wrong(name, f"{name} must be {what}{', or a list of such' if known.many else ''}.")
        if known.choices and value not in known.choices:
            raise self.wrong(name, f"{name} must be one of these: {', '.join(known.choices)}.")
        return str(value) if known.many else value

    def _unknown(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            return f'There is no table {name} here. A profile name with a dot needs quotes: [profiles."a.b"]'
        names = [*(one for one, known in self.known.items() if not known.by_hand), *_KEYS, *_STORAGE]
        names += [f"{one}_env" for one in _SECRET if one in self.known]
        return f"There is no option {name}. {nearest(name.replace('-', '_').lower(), names)}"

    def _path(self, text: str) -> str:
        return os.path.normpath(self.folder / Path(text).expanduser())
