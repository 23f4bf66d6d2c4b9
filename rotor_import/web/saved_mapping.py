"""The import's own mapping in the working folder: saved at each change, under a name that nobody else's file has."""

from __future__ import annotations

import hashlib
import re
import threading
from pathlib import Path

from rotor_import.errors import MappingError
from rotor_import.files import write_whole
from rotor_import.pipeline.column_draft import Draft
from rotor_import.pipeline.column_table import ColumnTables
from rotor_import.pipeline.file_found import look_at, proposed_mapping
from rotor_import.web.uploads import file_name
from rotor_import.web.workspace import Workspace

TABLES = ColumnTables()
"""The file that is looked at, read once for all requests."""
EDITING = threading.Lock()
"""Held from reading the mapping to writing it, since two windows may do so at once."""
_KEPT = "columns.json"
_ENDING = ".yaml"


def ensure_mapping(workspace: Workspace) -> None:
    """Save a mapping for the file, if it has none so far. Raises SourceError and MappingError."""
    now = workspace.desk.now
    if now.mapping and Path(now.mapping).is_file():
        return
    preset = look_at(Path(now.file), now.sheet).preset
    text = proposed_mapping(Path(now.file), preset, now.sheet)
    path = _new_file(workspace, re.sub(r"[^\w.-]+", "_", Path(now.name).stem).strip("._") or "customers", text)
    workspace.desk.change(mapping=str(path), preset=preset)


def _new_file(workspace: Workspace, stem: str, text: str) -> Path:
    """In the working folder, or where nothing can be written there, in the import's own."""
    for folder in (workspace.folder, workspace.desk.own):
        try:
            return _write_free(folder, stem, text)
        except OSError:
            continue
    raise MappingError(f"The mapping can't be saved in {workspace.folder}. Start rotor-import in another folder.")


def _write_free(folder: Path, stem: str, text: str) -> Path:
    number = 1
    while True:
        path = folder / (f"{stem}{_ENDING}" if number == 1 else f"{stem}-{number}{_ENDING}")
        try:
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except FileExistsError:
            number += 1
        else:
            return path


def read_draft(workspace: Workspace) -> Draft:
    """The mapping's file as it is now, and what was done to it here. Raises MappingError."""
    path = Path(workspace.desk.now.mapping)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise MappingError(f"{path} can't be read. Save it as UTF-8.") from None
    kept = workspace.desk.own / _KEPT
    return Draft.saved(text, kept.read_text(encoding="utf-8") if kept.is_file() else "")


def save_draft(workspace: Workspace, draft: Draft) -> None:
    """Raises MappingError."""
    path = Path(workspace.desk.now.mapping)
    try:
        write_whole(path, lambda file: file.write(draft.text.encode()))
    except OSError:
        raise MappingError(f"The mapping can't be saved as {path}. Check the folder.") from None
    write_whole(workspace.desk.own / _KEPT, lambda file: file.write(draft.as_json.encode()))


def version(draft: Draft) -> str:
    """Another one after each change, so that a window with an old one can be told."""
    return hashlib.sha256(draft.text.encode()).hexdigest()[:16]


def rename(workspace: Workspace, wanted: str) -> str:
    """Give the mapping's file another name; returns it. Raises MappingError where that is somebody else's file."""
    old = Path(workspace.desk.now.mapping)
    name = file_name(wanted)
    if not wanted.strip():
        raise MappingError("The mapping needs a name.")
    if not name.lower().endswith((_ENDING, ".yml")):
        name += _ENDING
    new = old.with_name(name)
    if new == old:
        return name
    try:
        with new.open("xb") as file:
            file.write(old.read_bytes())
    except FileExistsError:
        raise MappingError(f"There is a file {name} already. Choose another name.") from None
    except OSError:
        raise MappingError(f"The mapping can't be saved as {name}. Choose another name.") from None
    workspace.desk.change(mapping=str(new))
    old.unlink(missing_ok=True)
    return name
