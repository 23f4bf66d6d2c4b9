"""What a page sends: small forms and JSON, read up to a bound and in time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from rotor_import.errors import RotorImportError
from rotor_import.web.jobs import Busy

LARGEST = 1_000_000
"""Bytes of a form or of JSON."""
SECONDS = 30.0
_BUSY = "Something is under way already. Wait until it is done, or pause it."
_OTHER = "Another file was chosen in another window. Reload this page."

Handler = Callable[[Request, dict[str, Any]], Response]


def posted(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose handler is given what was sent, and works in a thread.

    What it raises of our own errors is told as JSON: `{"error": "…"}`.
    """

    async def endpoint(request: Request) -> Response:
        try:
            values = await asyncio.wait_for(_values(request), SECONDS)
        except (ValueError, TimeoutError, ClientDisconnect):
            return refused("This request can't be read.", 400)
        return await run_in_threadpool(_answered, handle, request, values)

    return endpoint


def _answered(handle: Handler, request: Request, values: dict[str, Any]) -> Response:
    from rotor_import.web.workspace import Workspace  # noqa: PLC0415 - it imports what this serves

    if values.get("import", "") != Workspace.of(request).desk.now.id:
        return refused(_OTHER, 409)
    try:
        return handle(request, values)
    except Busy:
        return refused(_BUSY, 409)
    except RotorImportError as error:
        return refused(str(error), 400)


def refused(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status)


def go(where: str) -> Response:
    """Let the page go to another one."""
    return JSONResponse({"go": where})


async def _values(request: Request) -> dict[str, Any]:
    """Raises ValueError for what is too large, or neither JSON nor a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise ValueError("too large")
    if request.headers.get("content-type", "").startswith("application/json"):
        found = json.loads(body)
        if not isinstance(found, dict):
            raise ValueError("no object")
        return found
    return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
