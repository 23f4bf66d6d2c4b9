"""Step 1: the file, and where its customers go."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rotor_import.errors import RotorImportError
from rotor_import.pipeline.file_found import MOST_BYTES, FileFound, largest_sheet, look_at, sheets_of
from rotor_import.web import given
from rotor_import.web.desk import printable
from rotor_import.web.posted import go, posted, refused
from rotor_import.web.render import render
from rotor_import.web.standing import standing
from rotor_import.web.uploads import Arrived, NoRoom, TooLarge, TooSlow, file_name, receive
from rotor_import.web.workspace import Workspace

_BUSY = "An import is under way. Pause it before you choose another file."
_UNFINISHED = "customers are still to be sent. Finish that import, or take it off this page."
_NO_KEY = "Rotor needs an API key, and none was found. See below how to give one, or choose the sandbox."
_KB = 1024


@dataclass(frozen=True)
class Shown:
    """What is known of the file on the desk; `error` says why it can't be read, `is_gone` that it isn't there."""

    found: FileFound | None = None
    error: str = ""
    is_gone: bool = False
    sheets: tuple[str, ...] = ()

    @property
    def asks_for_sheet(self) -> bool:
        return self.found is None and bool(self.sheets)


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    seen = _seen(workspace)
    return render(
        request,
        "file.html.j2",
        "file",
        seen=seen,
        found=seen.found,
        size=_in_words(seen.found.size) if seen.found else "",
        has_key=bool(workspace.settings.key),
        key_from=workspace.key_from or "the settings",
        key=workspace.key_check.known,
        left=0 if workspace.jobs.running else standing(workspace).left,
        offered=printable(workspace.desk.offered.name) if workspace.desk.offered else "",
        has_answers=workspace.desk.decisions.is_file(),
        most=MOST_BYTES,
        most_words=_in_words(MOST_BYTES),
    )


def _seen(workspace: Workspace) -> Shown:
    now = workspace.desk.now
    if not now.file:
        return Shown()
    path = Path(now.file)
    try:
        return Shown(look_at(path, now.sheet), sheets=sheets_of(path))
    except RotorImportError as error:
        sheet = "" if now.sheet else largest_sheet(path)
        if not sheet:
            return Shown(None, workspace.told(error), not path.is_file(), sheets_of(path))
    with workspace.alone:
        if workspace.desk.now != now:  # somebody chose something meanwhile
            return _seen(workspace)
        workspace.desk.change(sheet=sheet)  # the page shows which one, and lets it be changed
    return Shown(look_at(path, sheet), sheets=sheets_of(path))


def _in_words(size: int) -> str:
    if size < _KB:
        return f"{size} bytes"
    for unit in ("KB", "MB"):
        size = round(size / _KB)
        if size < _KB:
            return f"{size:,} {unit}"
    return f"{size / _KB:.3g} GB"


async def upload(request: Request) -> Response:
    """The file's bytes, its name in a header. It replaces whatever is on the desk, once all of it is there."""
    workspace = Workspace.of(request)
    name = file_name(unquote(request.headers.get("x-file-name", "")))
    why_not = await run_in_threadpool(_why_not, workspace)
    if why_not:
        return refused(why_not, 409)
    try:
        arrived = await receive(request, name, workspace.desk.folder, MOST_BYTES)
    except TooLarge:
        return refused(f"{name} is larger than {_in_words(MOST_BYTES)}. Split it into several files.", 413)
    except NoRoom as error:
        return refused(f"{name} can't be kept here: {error}. Make room on this computer's disk, and try again.", 507)
    except (TooSlow, ClientDisconnect):
        return refused(f"{name} didn't arrive completely. Choose it again.", 400)
    return await run_in_threadpool(_replace, workspace, arrived)


def _why_not(workspace: Workspace) -> str:
    """Why nothing may take the place of the import on the desk now, '' if it may."""
    if workspace.jobs.running is not None:
        return _BUSY
    left = standing(workspace).left
    return f"Of {workspace.desk.now.name}, {left:,} {_UNFINISHED}" if left else ""


def _replace(workspace: Workspace, arrived: Arrived) -> Response:
    with workspace.alone, closing(arrived):
        why_not = _why_not(workspace)  # something may have begun while the file was coming
        try:
            if not why_not:
                workspace.desk.begin(arrived.place, uploaded=True, to=workspace.desk.now.to)
                workspace.jobs.forget()
        except RotorImportError as error:
            why_not = workspace.told(error)
    return refused(why_not, 409) if why_not else go("/file")


def check_key(request: Request, _values: dict[str, Any]) -> Response:
    """Whether the key works; costs one request of its quota, once."""
    workspace = Workspace.of(request)
    if not workspace.settings.key:
        return refused(_NO_KEY, 400)
    return JSONResponse(vars(workspace.key_check.ask()))


def choose(request: Request, values: dict[str, Any]) -> Response:
    """Go on to the columns, once the file can be read and there is a key if one is needed."""
    workspace = Workspace.of(request)
    to, now = values.get("to"), workspace.desk.now
    if to not in ("sandbox", "rotor"):
        return refused("Choose where the customers go.", 400)
    if not now.file:
        return refused("Choose a file first.", 400)
    if look_at(Path(now.file), now.sheet).rows == 0:
        return refused(f"{now.name} has column names but no rows. Export it again with its customers.", 400)
    if to != now.to and (why_not := _why_not(workspace)):
        return refused(why_not, 409)
    if to == "rotor":
        if not workspace.settings.key:
            return refused(_NO_KEY, 400)
        key = workspace.key_check.ask()
        if key.state == "refused":
            return refused(key.words, 400)
    workspace.desk.change(to=to)
    workspace.desk.is_asking = False
    return go("/columns")


def choose_sheet(request: Request, values: dict[str, Any]) -> Response:
    """Another sheet has other columns, so what was decided about the one before no longer counts."""
    workspace = Workspace.of(request)
    sheet, now = values.get("sheet"), workspace.desk.now
    if sheet not in sheets_of(Path(now.file)):
        return refused("The file has no such sheet. Reload this page.", 400)
    if why_not := _why_not(workspace):
        return refused(why_not, 409)
    if sheet != now.sheet:
        workspace.desk.decisions.unlink(missing_ok=True)
        workspace.desk.corrections.unlink(missing_ok=True)  # of rows with the same numbers on the sheet before
        workspace.desk.change(sheet=sheet, preset="", mapping="", plan="", planned_from="", run="")
        workspace.jobs.forget()
    return go("/file")


def choose_offered(request: Request, values: dict[str, Any]) -> Response:
    """The file that the command line named, or the import that isn't finished."""
    workspace = Workspace.of(request)
    offered = workspace.desk.offered
    if offered is not None and values.get("which") == "offered":
        if why_not := _why_not(workspace):
            return refused(why_not, 409)
        given.check(offered)
        given.begin(workspace, offered)
    workspace.desk.offered, workspace.desk.is_asking = None, False
    return go("/file" if values.get("which") == "offered" else "/")


def discard(request: Request, _values: dict[str, Any]) -> Response:
    workspace = Workspace.of(request)
    if workspace.jobs.running is not None:
        return refused(_BUSY, 409)
    workspace.again.cancel()
    workspace.desk.clear()
    workspace.jobs.forget()
    return go("/file")


routes = [
    Route("/file", show),
    Route("/file/upload", upload, methods=["POST"]),
    Route("/file/key", posted(check_key, alone=False), methods=["POST"]),
    Route("/file/next", posted(choose), methods=["POST"]),
    Route("/file/sheet", posted(choose_sheet), methods=["POST"]),
    Route("/file/offered", posted(choose_offered), methods=["POST"]),
    Route("/file/discard", posted(discard), methods=["POST"]),
]
