"""What a page sends: JSON, read up to a bound and in time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from rotor_import.errors import RotorImportError
from rotor_import.model.error_words import words_of
from rotor_import.web.jobs import Busy
from rotor_import.web.workspace import Workspace

_DIGITS = 9
"""A number of more is none of a row, a column or a page: no file has so many."""
LARGEST = 1_000_000
"""Bytes of what a page sends."""
SECONDS = 30.0
_BUSY = "Something is under way already. Wait until it is done, or pause it."
_OTHER = "Another file was chosen in another window. Reload this page."
_UNREADABLE = "This request can't be read. Reload this page."

Handler = Callable[[Request, dict[str, Any]], Response]


def posted(handle: Handler, *, alone: bool = True) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose handler is given what was sent, and works in a thread; `alone`, while no other one does.

    What it raises is told as JSON: `{"error": "…"}`.
    """

    async def endpoint(request: Request) -> Response:
        try:
            values = await read_json(request)
        except ValueError:
            return refused(_UNREADABLE, 400)
        return await run_in_threadpool(_answered, handle, request, values, alone=alone)

    return endpoint


def _answered(handle: Handler, request: Request, values: dict[str, Any], *, alone: bool) -> Response:
    workspace = Workspace.of(request)
    with workspace.alone if alone else nullcontext():
        if values.get("import", "") != workspace.desk.now.id:
            return refused(_OTHER, 409)
        try:
            return handle(request, values)
        except Busy:
            return refused(_BUSY, 409)
        except RotorImportError as error:
            return refused(workspace.told(error), 400)
        except Exception as error:  # noqa: BLE001 - words, never a traceback with customer data
            return refused(words_of(error), 500)


def refused(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status)


def go(where: str) -> Response:
    """Let the page go to another one."""
    return JSONResponse({"go": where})


def whole_number(value: object) -> int | None:
    """The number that a page sent or an address has, None for anything else."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


async def read_json(request: Request) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object, too large, too deep, or comes too slowly."""
    try:
        body = await asyncio.wait_for(_body(request), SECONDS)
    except (TimeoutError, ClientDisconnect):
        raise ValueError("it didn't arrive") from None
    try:
        found = json.loads(body)
        json.dumps(found, ensure_ascii=False).encode()  # half a letter can't be saved anywhere
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - as any other text that isn't one
    return found


async def _body(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise ValueError("no JSON")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise ValueError("too large")
    return bytes(body)
