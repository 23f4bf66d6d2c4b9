"""Step 2: the columns, and the field that each goes to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rotor_import.files import write_whole
from rotor_import.pipeline.file_found import look_at, proposed_mapping
from rotor_import.web.posted import go, posted
from rotor_import.web.render import render
from rotor_import.web.steps.planning import begin_plan
from rotor_import.web.workspace import Workspace


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    if not workspace.desk.now.file:
        return RedirectResponse("/file", 303)
    _ensure_mapping(workspace)
    return render(request, "columns.html.j2", "columns")


def _ensure_mapping(workspace: Workspace) -> None:
    """Save a mapping for the file, if it has none so far."""
    now = workspace.desk.now
    if now.mapping and Path(now.mapping).is_file():
        return
    preset = look_at(Path(now.file), now.sheet).preset
    text = proposed_mapping(Path(now.file), preset, now.sheet)
    path = _free_name(workspace.folder, now.name)
    write_whole(path, lambda file: file.write(text.encode()))
    workspace.desk.change(mapping=str(path), preset=preset)


def _free_name(folder: Path, name: str) -> Path:
    stem = re.sub(r"[^\w.-]+", "_", Path(name).stem) or "customers"
    path, number = folder / f"{stem}.yaml", 2
    while path.exists():
        path, number = folder / f"{stem}-{number}.yaml", number + 1
    return path


def next_(request: Request, _values: dict[str, Any]) -> Response:
    begin_plan(Workspace.of(request))
    return go("/plan")


routes = [Route("/columns", show), Route("/columns/next", posted(next_), methods=["POST"])]
