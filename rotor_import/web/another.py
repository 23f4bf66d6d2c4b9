"""One program for a desk: another that is started asks the first one for a new link to its page, and ends."""

from __future__ import annotations

import dataclasses
import hmac
import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rotor_import.config import Settings
from rotor_import.errors import RotorImportError, SettingsError
from rotor_import.files import write_whole
from rotor_import.web.given import take
from rotor_import.web.guard import ANOTHER
from rotor_import.web.posted import read_json, refused
from rotor_import.web.workspace import Workspace

_LOCK, _WHERE = "page.lock", "open.json"
_SECONDS = 30.0
"""How long the first program may take to answer."""


@contextmanager
def only_program(folder: Path) -> Iterator[bool]:
    """Whether this is the only program on the desk in this folder; it stays so as long as the block lasts."""
    lock = FileLock(folder / _LOCK, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        (folder / _WHERE).unlink(missing_ok=True)
        lock.release()


def tell_where(workspace: Workspace, port: int, secret: str) -> None:
    """Let another program find this one."""
    about = {"process": os.getpid(), "port": port, "secret": secret, "options": _mark(workspace.settings, secret)}
    write_whole(workspace.desk.folder / _WHERE, lambda file: file.write(json.dumps(about).encode()))


def ask_for_link(folder: Path, settings: Settings, file: Path | None) -> str:
    """The address of the page that is open already, with a token that works once; a file is handed over to it.

    Raises SettingsError, and in words what the first program says to the file.
    """
    try:
        about = json.loads((folder / _WHERE).read_text(encoding="utf-8"))
        process, port, secret, options = (about[name] for name in ("process", "port", "secret", "options"))
    except (OSError, ValueError, TypeError, KeyError):
        raise SettingsError("Another rotor-import is just opening the page. Try again in a moment.") from None
    end_it = f"End it first (process {process}): press Ctrl-C in its window."
    if not hmac.compare_digest(options, _mark(settings, secret)):
        raise SettingsError(f"The page is open already, with other options or in another folder. {end_it}")
    try:
        answer = _asked(port, secret, {"file": str(file) if file else ""})
    except (OSError, ValueError, http.client.HTTPException):
        raise SettingsError(f"The page is open already, but it doesn't answer. {end_it}") from None
    if "url" not in answer:
        raise SettingsError(f"The page is open already. {answer.get('error', end_it)}")
    return str(answer["url"])


def _mark(settings: Settings, secret: str) -> str:
    """Tells options and folders apart, without saying what they are."""
    values = [str(Path.cwd()), *(repr(getattr(settings, field.name)) for field in dataclasses.fields(settings))]
    return hmac.digest(secret.encode(), "\0".join(values).encode("utf-8", "surrogateescape"), "sha256").hex()


def _asked(port: int, secret: str, values: dict[str, Any]) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        connection.request("POST", ANOTHER, json.dumps(values), headers)
        found = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - as any answer that isn't ours
    return found


def _take(workspace: Workspace, file: Path) -> None:
    with workspace.alone:
        take(workspace, file)


async def _link(request: Request) -> Response:
    """Another program's request: it was let in by the secret that it showed."""
    try:
        file = str((await read_json(request)).get("file", ""))
    except ValueError:
        return refused("This request can't be read.", 400)
    try:
        if file:
            await run_in_threadpool(_take, Workspace.of(request), Path(file))
    except RotorImportError as error:
        return refused(Workspace.of(request).told(error), 409)
    return JSONResponse({"url": request.app.state.new_link()})


routes = [Route(ANOTHER, _link, methods=["POST"])]
