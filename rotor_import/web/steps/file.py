"""Step 1: the file, and where its customers go."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from rotor_import.errors import RotorImportError
from rotor_import.pipeline.file_found import MOST_BYTES, FileFound, look_at
from rotor_import.pipeline.inspect import check
from rotor_import.web.posted import go, posted, refused
from rotor_import.web.render import render
from rotor_import.web.uploads import TooLarge, TooSlow, file_name, receive
from rotor_import.web.workspace import Workspace

_BUSY = "An import is under way. Pause it before you choose another file."


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    found, error = _found(workspace)
    return render(
        request,
        "file.html.j2",
        "file",
        found=found,
        error=error,
        has_key=bool(workspace.settings.key),
        most=MOST_BYTES >> 20,
    )


def _found(workspace: Workspace) -> tuple[FileFound | None, str]:
    """What the file on the desk is, or why it can't be read."""
    now = workspace.desk.now
    if not now.file:
        return None, ""
    try:
        return look_at(Path(now.file)), ""
    except RotorImportError as error:
        return None, str(error)


async def upload(request: Request) -> Response:
    """The file's bytes, its name in a header. It replaces whatever is on the desk, once all of it is there."""
    workspace = Workspace.of(request)
    if workspace.jobs.running is not None:
        return refused(_BUSY, 409)
    name = file_name(unquote(request.headers.get("x-file-name", "")))
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > MOST_BYTES:
        return refused(_too_large(name), 413)
    try:
        place = await receive(request, name, workspace.desk.folder, MOST_BYTES)
    except TooLarge:
        return refused(_too_large(name), 413)
    except (TooSlow, ClientDisconnect, asyncio.CancelledError):
        return refused(f"{name} didn't arrive completely. Choose it again.", 400)
    to = workspace.desk.now.to
    await run_in_threadpool(lambda: workspace.desk.begin(place, uploaded=True, to=to))
    workspace.jobs.forget()
    return go("/file")


def _too_large(name: str) -> str:
    return f"{name} is larger than {MOST_BYTES >> 20} MB. Split it into several files."


def check_key(request: Request, _values: dict[str, Any]) -> Response:
    """Whether the key works; costs one request of its quota."""
    from starlette.responses import JSONResponse  # noqa: PLC0415 - used here alone

    return JSONResponse(check(Workspace.of(request).settings))


def choose(request: Request, values: dict[str, Any]) -> Response:
    """Go on to the columns, once the file can be read and there is a key if one is needed."""
    workspace = Workspace.of(request)
    to = values.get("to")
    if to not in ("sandbox", "rotor"):
        return refused("Choose where the customers go.", 400)
    look_at(Path(workspace.desk.now.file))
    workspace.desk.change(to=to)
    if to == "rotor" and not workspace.settings.key:
        return refused("Rotor needs an API key. Save it in a file, and start again with --key-file.", 400)
    return go("/columns")


def discard(request: Request, _values: dict[str, Any]) -> Response:
    workspace = Workspace.of(request)
    if workspace.jobs.running is not None:
        return refused(_BUSY, 409)
    workspace.desk.clear()
    workspace.jobs.forget()
    return go("/file")


routes = [
    Route("/file", show),
    Route("/file/upload", upload, methods=["POST"]),
    Route("/file/key", posted(check_key), methods=["POST"]),
    Route("/file/next", posted(choose), methods=["POST"]),
    Route("/file/discard", posted(discard), methods=["POST"]),
]
