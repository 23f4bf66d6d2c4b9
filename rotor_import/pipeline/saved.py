"""A saved plan's file: what was approved, and everything that it was approved for.

It is a zip file whose first entry, `rotor-plan.json`, says what it is, in which version, and the hash of each other
entry: the plan's tables, and the customers in Rotor that it meets.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from rotor_import.errors import PlanError, SourceError
from rotor_import.files import write_whole
from rotor_import.model.correction import Correction
from rotor_import.model.customer import DirectorySource
from rotor_import.model.decision import Decision
from rotor_import.pipeline.plan_snapshot import KEYS, Tables, as_csv, hashes
from rotor_import.pipeline.saved_mark import MANIFEST
from rotor_import.source.payload import Archive, read_payload

FORMAT: Literal["rotor-import plan"] = "rotor-import plan"
VERSION = 2
_WITHOUT_CORRECTIONS = 1
"""The version of plans that earlier programs can carry out too."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Argument(_Strict):
    """A path as it was given, and what it then led to."""

    given: str
    place: str

    def here(self) -> Path:
        """The path as it was given, if that still leads to the same place, so that reports look alike."""
        given = Path(self.given)
        return given if str(given.resolve()) == self.place else Path(self.place)


class PlannedFile(_Strict):
    path: str
    sha256: str
    rows: int


class Options(_Strict):
    """The settings that the plan depends on."""

    hold_suspicious: bool
    allow_keyless: bool
    directory: DirectorySource


class Manifest(_Strict):
    """What binds a run to its plan: `inputs` is the hash of what was read, `entries` are those of the tables.

    The rest is there to read the same again, and to say what has changed where a hash differs. `id` is the dry run's;
    `mapping` is the whole of it, and `origin` where it came from, None for an object; `last_run` is the feed's last
    import before the plan; `complete` says whether all of Rotor was known.
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
    mapping: dict[str, Any]
    options: Options
    decisions: tuple[Decision, ...]
    corrections: tuple[Correction, ...] = ()
    last_run: str
    complete: bool
    inputs: str
    entries: dict[str, str]


@dataclass(frozen=True)
class SavedPlan:
    """A saved plan as it was read. `tables` are a snapshot's."""

    path: Path
    manifest: Manifest
    tables: Tables


def write_saved_plan(path: Path, manifest: Mapping[str, Any], tables: Tables) -> None:
    """Whole or not at all, and for its owner's eyes only: it holds customers. Raises PlanError."""
    entries = as_csv(tables)
    kind = {"format": FORMAT, "version": VERSION if manifest.get("corrections") else _WITHOUT_CORRECTIONS}
    checked = Manifest.model_validate({**kind, **manifest, "entries": hashes(entries)})
    head = checked.model_dump_json(indent=2, exclude=None if checked.corrections else {"corrections"})
    packed = {MANIFEST: head.encode(), **entries}

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in packed.items():
                archive.writestr(name, data)

    try:
        write_whole(path, write)
    except OSError as error:
        raise PlanError(f"The plan {path} can't be written ({error.strerror}). Choose another place.") from None


def read_saved_plan(path: Path) -> SavedPlan:
    """Raises PlanError if the plan is broken, was changed, or was saved by a newer version."""
    try:
        archive = read_payload(path).archive
        manifest = _manifest(path, archive)
        entries = {name: archive.read(name) for name in manifest.entries}
        if hashes(entries) != manifest.entries:
            raise _broken(path)
        tables = {name: pl.read_csv(entries[f"{name}.csv"], infer_schema=False) for name in KEYS}
    except (SourceError, KeyError, ValueError, pl.exceptions.PolarsError):
        raise _broken(path) from None
    return SavedPlan(path, manifest, tables)


def _manifest(path: Path, archive: Archive) -> Manifest:
    stored = json.loads(archive.read(MANIFEST))
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise _broken(path)
    version = stored.get("version")
    if isinstance(version, int) and version > VERSION:
        raise PlanError(
            f"{path} was saved by a newer version of rotor-import ({stored.get('program')}; its format is {version}, "
            f"this program's is {VERSION}). Use that version, or make the plan again."
        )
    try:
        return Manifest.model_validate(stored)
    except ValidationError:
        raise _broken(path) from None


def _broken(path: Path) -> PlanError:
    return PlanError(
        f"{path} is a saved plan that is damaged or was changed. Make it again: rotor-import plan … -o {path}"
    )
