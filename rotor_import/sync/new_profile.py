"""A new profile: its mapping, and then its table in `rotor-import.toml`, each written whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from rotor_import.config import preset_files
from rotor_import.errors import RotorImportError, SettingsError
from rotor_import.files import write_ordinary
from rotor_import.mapping import load_mapping, parse_mapping
from rotor_import.model.remote import is_address
from rotor_import.pipeline.suggesting import suggest_mapping
from rotor_import.profiles import ProfileFile, check_name
from rotor_import.sync.drop_folder import DropSettings
from rotor_import.sync.folder_check import FolderLook, looked_at

DropKind = Literal["full", "delta"]

_DROP = re.compile(r"^drop:.*\n", re.MULTILINE)
_FEED = re.compile(r"^feed:.*\n", re.MULTILINE)
_VERSION = re.compile(r"^version:.*$", re.MULTILINE)
_NO_FILE = (
    "There is no file in {folder} yet, so there is no mapping {mapping} yet. When the first file is there: "
    "rotor-import mapping suggest FILE -o {mapping}"
)


@dataclass(frozen=True)
class NewProfile:
    """What somebody said of a company; `mapping` is a preset's name, a mapping's path, or '' to suggest one.

    `drop` is None where an existing mapping says it. Of `key_file` and `key_env`, one is given.
    """

    name: str
    folder: str
    drop: DropKind | None
    key_file: Path | None = None
    key_env: str = ""
    mapping: str = ""


@dataclass(frozen=True)
class Written:
    """What was written; `notes` say what is left to do."""

    file: Path
    mapping: Path | None
    notes: tuple[str, ...]


def write_profile(new: NewProfile, config: Path, *, force: bool) -> Written:
    """Raises SettingsError before anything is written, if something is in the way. `force` overwrites."""
    check_name(new.name)
    config = config.absolute()
    config = config.resolve() if config.is_symlink() else config
    document = _document(config)
    profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
    if new.name in profiles and not force:
        raise SettingsError(f"{config.name} has a profile {new.name} already. Choose another name, or use --force.")
    path, text, notes = _mapping(new, config)
    if text and path.exists() and not force:
        raise SettingsError(f"{path} already exists. Use it with -m {path.name}, or overwrite it with --force.")
    if new.name in profiles:
        del profiles[new.name]
    profiles[new.name] = _table(new, config, path)
    try:
        if text:
            write_ordinary(path, lambda file: file.write(text.encode()))
        write_ordinary(config, lambda file: file.write(tomlkit.dumps(document).encode()))
    except OSError as error:
        raise SettingsError(f"Can't write {config} ({error.strerror}). Give this user permission.") from None
    if new.key_env:
        notes.append(f"The environment variable {new.key_env} must be set where the sync runs, for a timer too.")
    return Written(config, path if text else None, tuple(notes))


def _document(config: Path) -> tomlkit.TOMLDocument:
    if not config.exists():
        document = tomlkit.document()
        document.add(tomlkit.comment("The companies that rotor-import syncs. No key stands here."))
        return document
    ProfileFile(config)  # it says what is wrong better than tomlkit does
    try:
        return tomlkit.parse(config.read_text(encoding="utf-8-sig"))
    except (TOMLKitError, OSError):
        raise SettingsError(f"{config} can't be read as TOML.") from None


def _table(new: NewProfile, config: Path, mapping: Path | str) -> Table:
    table = tomlkit.table()
    table["folder"] = new.folder if is_address(new.folder) else str(Path(new.folder).absolute())
    table["mapping"] = _beside(mapping, config) if isinstance(mapping, Path) else mapping
    if new.key_file is not None:
        table["key_file"] = str(new.key_file.absolute())
    else:
        table["key_env"] = new.key_env
    return table


def _beside(path: Path, config: Path) -> str:
    return path.name if path.parent == config.parent else str(path)


def _mapping(new: NewProfile, config: Path) -> tuple[Path, str, list[str]]:
    """Where the profile's mapping is, its text if it has to be written, and what to do about it."""
    own = config.parent / f"{new.name}.yaml"
    if new.mapping in preset_files():
        return own, _own(preset_files()[new.mapping].read_text(encoding="utf-8"), new), []
    if new.mapping:
        loaded = load_mapping(new.mapping)
        if new.drop is not None and loaded.drop != new.drop:
            raise SettingsError(f"{new.mapping} says drop: {loaded.drop}. Change it there, or leave out --drop.")
        return Path(new.mapping).absolute(), "", []
    return _suggested(new, own)


def _suggested(new: NewProfile, own: Path) -> tuple[Path, str, list[str]]:
    with looked_at(new.folder, DropSettings(leave=True), {}) as look:
        return _guessed(new, own, look)


def _guessed(new: NewProfile, own: Path, look: FolderLook) -> tuple[Path, str, list[str]]:
    nothing = _NO_FILE.format(folder=new.folder, mapping=own) + f", and add drop: {new.drop}"
    if look.newest is None:
        return own, "", [nothing]
    try:
        text = _own(suggest_mapping(look.newest), new)
        parse_mapping(text, own.name, new.name)
    except RotorImportError as error:
        return own, "", [f"No mapping could be suggested: {error}", nothing]
    return own, text, [f"The mapping {own} is a guess from {look.newest.name}. Read it, and correct it."]


def _own(text: str, new: NewProfile) -> str:
    """The mapping's text with the profile's kind of drop, and with a feed of its own.

    Two companies' files are often called alike; as one feed, each would look like the successor of the other.
    """
    text = _FEED.sub("", text, count=1)
    text = _DROP.sub("", text, count=1)
    lines = f"feed: {new.name}\ndrop: {new.drop or 'full'}"
    return _VERSION.sub(lambda found: f"{found[0]}\n{lines}", text, count=1)
