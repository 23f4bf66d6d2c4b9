"""A saved plan's file: what was approved, and all that it was approved for.

A zip file whose first entry, `rotor-plan.json`, says what it is, in which version, and the hash of each other entry:
the plan's tables as the report has them, and the customers of Rotor's that the plan is about.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from rotor_import.errors import PlanError, SourceError
from rotor_import.model.decision import Decision
from rotor_import.model.fields import Values
from rotor_import.source.payload import Archive, read_payload

FORMAT: Literal["rotor-import plan"] = "rotor-import plan"
VERSION = 1
STANDARD_INPUT = "-"
TABLES = ("rows", "creates", "updates", "undecided", "held", "warnings")
_MANIFEST = "rotor-plan.json"
_CUSTOMERS = "customers.json"
_HEAD = 30
"""Bytes before the first entry's name in a zip file."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Argument(_Strict):
    """A path as it was given, and where that was."""

    given: str
    place: str

    def here(self) -> Path:
        """As it was given where that still means the same, so that the reports are alike."""
        given = Path(self.given)
        return given if str(given.resolve()) == self.place else Path(self.place)


class PlannedFile(_Strict):
    path: str
    sha256: str
    rows: int


class Options(_Strict):
    """Those that the plan depends on."""

    hold_suspicious: bool
    allow_keyless: bool
    directory: Literal["api", "ledger", "none"]


class Manifest(_Strict):
    """`id` is the dry run's. `mapping` is the whole of it, and `origin` where it came from, None for an object.

    `last_run` is the feed's last import before the plan; `complete` says whether all of Rotor was known.
    """

    format: Literal["rotor-import plan"]
    version: int
    program: str
    id: str
    made: str
    base_url: str
    company: str
    arguments: tuple[Argument, ...]
    files: tuple[PlannedFile, ...]
    origin: Argument | None
    mapping_name: str
    mapping: dict[str, Any]
    options: Options
    decisions: tuple[Decision, ...]
    last_run: str
    complete: bool
    entries: dict[str, str]


@dataclass(frozen=True)
class SavedPlan:
    """`tables` have the report's columns, with the number of a file, from 0, in place of its path."""

    path: Path
    manifest: Manifest
    customers: Mapping[str, Values]
    tables: Mapping[str, pl.DataFrame]


def is_saved_plan(path: Path) -> bool:
    """By its bytes: the first entry's name tells it from every other zip file."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD + len(_MANIFEST))
    except OSError:
        return False
    return head.startswith(b"PK\x03\x04") and head[_HEAD:] == _MANIFEST.encode()


def check_target(path: Path) -> None:
    """Raises PlanError where something else lies that the plan would overwrite, or nothing can be written."""
    if path.is_dir() or (path.exists() and not is_saved_plan(path)):
        raise PlanError(f"{path} is there already and is no saved plan. Name another file for it.")
    if not path.absolute().parent.is_dir():
        raise PlanError(f"There is no folder {path.absolute().parent} for the plan. Make it, or name another.")


def write_saved_plan(
    path: Path, manifest: Mapping[str, Any], customers: Mapping[str, Values], tables: Mapping[str, pl.DataFrame]
) -> None:
    """Whole or not at all, and for its owner's eyes only: it holds customers. Raises PlanError."""
    entries = {f"{name}.csv": tables[name].write_csv().encode() for name in TABLES}
    entries[_CUSTOMERS] = json.dumps(customers, ensure_ascii=False).encode()
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in entries.items()}
    checked = Manifest.model_validate({"format": FORMAT, "version": VERSION, **manifest, "entries": hashes})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_MANIFEST, checked.model_dump_json(indent=2))
        for name, data in entries.items():
            archive.writestr(name, data)
    _write(path, packed.getvalue())


def _write(path: Path, data: bytes) -> None:
    unready = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(unready, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
        unready.replace(path)
    except OSError as error:
        raise PlanError(f"The plan {path} cannot be written ({error.strerror}). Name another place.") from None


def read_saved_plan(path: Path) -> SavedPlan:
    """Raises PlanError, in words, for one that is broken, was changed, or is of a newer program."""
    try:
        archive = read_payload(path).archive
        manifest = _manifest(path, archive)
        entries = {name: archive.read(name) for name in manifest.entries}
        if any(hashlib.sha256(data).hexdigest() != manifest.entries[name] for name, data in entries.items()):
            raise _broken(path)
        return SavedPlan(
            path,
            manifest,
            _customers(json.loads(entries[_CUSTOMERS])),
            {name: _table(entries[f"{name}.csv"]) for name in TABLES},
        )
    except (SourceError, KeyError, ValueError, pl.exceptions.PolarsError):
        raise _broken(path) from None


def _manifest(path: Path, archive: Archive) -> Manifest:
    found = json.loads(archive.read(_MANIFEST))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _broken(path)
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        raise PlanError(
            f"{path} was saved by a newer version of rotor-import ({found.get('program')}; its format is {version}, "
            f"this program's is {VERSION}). Use that version, or make the plan again."
        )
    try:
        return Manifest.model_validate(found)
    except ValidationError:
        raise _broken(path) from None


def _broken(path: Path) -> PlanError:
    return PlanError(
        f"{path} is a saved plan that is broken or was changed. Make it again: rotor-import plan … -o {path}"
    )


def _customers(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Values]:
    return {
        id_: {name: tuple(value) if isinstance(value, list) else str(value) for name, value in values.items()}
        for id_, values in found.items()
    }


def _table(data: bytes) -> pl.DataFrame:
    if not data.strip():
        return pl.DataFrame()
    return pl.read_csv(data, infer_schema=False).fill_null("")
