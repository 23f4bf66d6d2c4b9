"""`rotor-import.toml`: the options of many companies, each a profile, checked before any of them is used.

A profile's values are those of the command line under the long options' names. It names where its key is, never the
key itself: what a file like this holds ends up in backups and repositories.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rotor_import.config import read_key_file
from rotor_import.errors import SettingsError
from rotor_import.profiles.names import NAME_RULE, Variable, is_name, nearest
from rotor_import.profiles.table import Known, Table, Value

FILE = "rotor-import.toml"
REPORTS = "rotor-import-reports"
PROFILES, DEFAULTS = "profiles", "defaults"

_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True)
class Profile:
    """One company's options, checked: paths are whole, and secrets read from the environment."""

    name: str
    file: Path
    options: Mapping[str, Value] = field(repr=False)
    storage: Mapping[str, str] = field(repr=False)
    own_key: Path | Variable | None = None
    common_key: Path | Variable | None = None
    """The key that [defaults] names."""

    @property
    def key_source(self) -> Path | Variable | None:
        return self.own_key or self.common_key

    def where_key(self) -> str:
        """Where the key is, in words that hold no key."""
        source = self.key_source
        if isinstance(source, Path):
            return f"the key file {source}"
        if source is None:
            return "nowhere: the profile has neither key_file nor key_env"
        return f"the environment variable {source}"

    def key(self, environment: Mapping[str, str] = os.environ) -> str:
        """The API key; '' if none is named. Raises SettingsError."""
        source = self.key_source
        if source is None:
            return ""
        if isinstance(source, Path):
            return read_key_file(source)
        key = environment.get(source.name, "").strip()
        if not key:
            raise SettingsError(f"Profile {self.name}: {source.unset} It must hold the API key.")
        return key


_FOLDER = frozenset({"folder", "folder_env"})


class ProfileFile:
    """The file, as far as it can be read at all. Raises SettingsError. What is wrong in one profile is its own."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or Path(FILE)).absolute()
        self._shown = str(path or FILE)
        try:
            self._text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise SettingsError(
                f"There is no profile file {self._shown}. Name it with --config, or make it: rotor-import init"
            ) from None
        except (OSError, UnicodeDecodeError):
            raise SettingsError(
                f"The profile file {self._shown} can't be read. It must be a UTF-8 text file that you may read."
            ) from None
        try:
            content = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(self._not_toml(str(error))) from None
        self._check_top(content)
        self._profiles: Mapping[str, Any] = content.get(PROFILES, {})
        self._defaults: Mapping[str, Any] = content.get(DEFAULTS, {})

    @property
    def names(self) -> list[str]:
        return list(self._profiles)

    def has_folder(self, name: str) -> bool:
        tables = (self._defaults, self._profiles[name])
        return any(isinstance(table, dict) and not _FOLDER.isdisjoint(table) for table in tables)

    def is_sound(self, name: str, known: Mapping[str, Known]) -> bool:
        """Whether nothing is wrong with the profile's own table, such as a misspelled key."""
        try:
            Table(self._table(name), known, self.path.parent, partial(self._wrong, name)).checked()
        except SettingsError:
            return False
        return True

    def variables(self, name: str) -> set[str]:
        """The environment variables that the profile itself names."""
        return _variables_in(self._profiles[name])

    @property
    def common_variables(self) -> set[str]:
        """The environment variables that [defaults] names."""
        return _variables_in(self._defaults)

    def profile(self, name: str, known: Mapping[str, Known], environment: Mapping[str, str] = os.environ) -> Profile:
        """The profile, with what [defaults] says where it says nothing itself. Raises SettingsError."""
        folder = self.path.parent
        own = Table(self._table(name), known, folder, partial(self._wrong, name)).checked()
        common = Table(self._defaults, known, folder, partial(self._wrong, "")).checked()
        values = {**common.values, **own.values}
        values.setdefault("report_dir", str(folder / REPORTS / name))
        storage = {**common.storage, **own.storage}
        return Profile(
            name,
            self.path,
            {
                key: self._placed(key, value, self._read(name, value, environment, known.get(key)), known)
                for key, value in values.items()
            },
            {key: str(self._read(name, value, environment)) for key, value in storage.items()},
            own.key,
            common.key,
        )

    def readable(
        self, name: str, known: Mapping[str, Known], environment: Mapping[str, str] = os.environ
    ) -> tuple[dict[str, Value], frozenset[str]]:
        """The options of a profile that can't be used, as far as they can be read; and the names of those that can't.

        For those who are told that it can't be used.
        """
        found: dict[str, Value] = {}
        lost: set[str] = set()
        for table in (self._defaults, self._profiles.get(name)):
            for key, value in table.items() if isinstance(table, dict) else ():
                option = key.removesuffix("_env")
                try:
                    checked = Table({key: value}, known, self.path.parent, partial(self._wrong, name)).checked()
                    read = {
                        one: self._read(name, each, environment, known.get(one)) for one, each in checked.values.items()
                    }
                except SettingsError:
                    lost.add(option)
                else:
                    found |= read
                    lost -= read.keys()
            if isinstance(table, dict):
                lost |= {key for key in table if f"{key}_env" in table}
        return found, frozenset(lost)

    def _placed(self, key: str, value: Value | Variable, read: Value, known: Mapping[str, Known]) -> Value:
        """A path that comes from a variable is relative to the file's folder, as one that stands in the file is."""
        if not isinstance(value, Variable) or not isinstance(read, str):
            return read
        return Table({}, known, self.path.parent, partial(self._wrong, "")).placed(key, read)

    def _table(self, name: str) -> Mapping[str, Any]:
        if name not in self._profiles:
            raise SettingsError(f"{self._shown} has no profile {name}. {nearest(name, self._profiles)}")
        if not is_name(name):
            raise SettingsError(f"{self.place(name=name)}: {NAME_RULE}")
        table = self._profiles[name]
        if not isinstance(table, dict):
            raise SettingsError(f"{self.place(key=name)}: a profile is a table: [profiles.{name}]")
        return table

    def _read(
        self, name: str, value: Value | Variable, environment: Mapping[str, str], known: Known | None = None
    ) -> Value:
        """A variable's value is what it is in an option's own variable: several are separated by semicolons."""
        if not isinstance(value, Variable):
            return value
        found: Value = environment.get(value.name, "").strip()
        if known is not None and known.many:
            found = [one.strip() for one in str(found).split(";") if one.strip()]
        if not found:
            raise SettingsError(f"{self._shown}: profile {name}: {value.unset} Set it, or remove {value.of}.")
        return found

    def _wrong(self, profile: str, name: str, words: str) -> SettingsError:
        section, whose = (f"{PROFILES}.{profile}", f"profile {profile}") if profile else (DEFAULTS, f"[{DEFAULTS}]")
        return SettingsError(f"{self.place(section, name.partition('.')[0])}: {whose}: {words}")

    def place(self, section: str = "", key: str = "", name: str = "") -> str:
        """The file, and the line of a key or a table where one is found."""
        section = f"{PROFILES}.{name}" if name else section
        inside = not section
        for number, line in enumerate(self._text.splitlines(), start=1):
            if heading := re.match(r"\s*\[([^\[\]]+)\]", line):
                title = re.sub(r"[\"'\s]", "", heading[1])
                inside = not section or title in (section, f"{section}.{key}")
                if title == f"{section}.{key}".strip(".") or (not key and title.startswith(f"{section}.")):
                    return f"{self._shown}:{number}"
            elif inside and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
                return f"{self._shown}:{number}"
        return self._shown

    def _not_toml(self, reason: str) -> str:
        found = _TOML_PLACE.search(reason)
        line = f":{found[1]}" if found and found[1] else ""
        why = _TOML_PLACE.sub("", reason)
        return f"{self._shown}{line}: this can't be read as TOML: {why[:1].lower()}{why[1:]}. Texts need quotes."

    def _check_top(self, content: Mapping[str, Any]) -> None:
        for name, table in content.items():
            if name not in (PROFILES, DEFAULTS):
                raise SettingsError(
                    f"{self.place(name, '') if isinstance(table, dict) else self.place(key=name)}: there is no {name} "
                    f"here. {nearest(name, (PROFILES, DEFAULTS))} Options stand in [profiles.NAME] or in [defaults]."
                )
            if not isinstance(table, dict):
                raise SettingsError(f"{self.place(key=name)}: {name} must be a table, such as [profiles.NAME].")


def _variables_in(table: object) -> set[str]:
    found: set[str] = set()
    for name, value in table.items() if isinstance(table, dict) else ():
        if name.endswith("_env"):
            found |= {one for one in (value.values() if isinstance(value, dict) else [value]) if isinstance(one, str)}
    return found
