"""The pages and what they call, put together."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from rotor_import.errors import RotorImportError
from rotor_import.web import another, render
from rotor_import.web.jobs import Job
from rotor_import.web.plan_shown import get_ready
from rotor_import.web.steps import columns, file, history, plan, review, sending
from rotor_import.web.workspace import Workspace

_HEARTBEAT = 1.0
"""Seconds after which a window looks whether the program is closing."""


def application(workspace: Workspace) -> Starlette:
    app = Starlette(
        routes=[
            Route("/", _start),
            Route("/static/page.css", _style),
            Route("/static/icon.svg", _icon),
            Route("/static/{name}", _script),
            Route("/events", _events),
            *another.routes,
            *file.routes,
            *columns.routes,
            *plan.routes,
            *review.routes,
            *sending.routes,
            *history.routes,
        ],
        exception_handlers={404: _no_page, 405: _no_page, RotorImportError: _trouble, Exception: _trouble},
    )
    app.state.workspace = workspace
    get_ready(workspace)
    return app


def _start(request: Request) -> Response:
    """The step at which the import stands."""
    workspace = Workspace.of(request)
    desk, running = workspace.desk.now, workspace.jobs.running
    if workspace.desk.is_asking:
        return RedirectResponse("/file", 303)
    if (running and running.kind == "import") or desk.run:
        return RedirectResponse("/import", 303)
    if running or desk.plan:
        return RedirectResponse("/plan", 303)
    return RedirectResponse("/columns" if desk.mapping else "/file", 303)


def _no_page(request: Request, _error: Exception) -> Response:
    return render.render(request, "trouble.html.j2", status=404, title="There is no such page", why="")


def _trouble(request: Request, error: Exception) -> Response:
    """What went wrong, in words; an error that isn't ours never shows its own, which could hold customer data."""
    ours = isinstance(error, RotorImportError)
    title = "This page can't be shown" if ours else "Something went wrong"
    status = 400 if ours else 500
    why = Workspace.of(request).told(error)
    return render.render(request, "trouble.html.j2", status=status, title=title, why=why)


def _style(_request: Request) -> Response:
    return PlainTextResponse(render.style(), media_type="text/css")


def _icon(_request: Request) -> Response:
    return PlainTextResponse(render.icon(), media_type="image/svg+xml")


def _script(request: Request) -> Response:
    text = render.script(request.path_params["name"])
    if text is None:
        return PlainTextResponse("There is no such file.", 404)
    return PlainTextResponse(text, media_type="text/javascript")


def _events(request: Request) -> Response:
    """How far the work is, told whenever it changes."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request), media_type="text/event-stream", headers=headers)


async def _told(request: Request) -> AsyncIterator[str]:
    workspace, number = Workspace.of(request), -1
    while not workspace.closing.is_set() and not await request.is_disconnected():
        job = await run_in_threadpool(workspace.jobs.wait, number, _HEARTBEAT)
        if job is not None and job.number != number:
            number = job.number
            yield f"data: {json.dumps(_as_json(job))}\n\n"
        else:
            number = number if job is not None else 0
            yield ": still there\n\n"


def _as_json(job: Job) -> dict[str, object]:
    return {
        "kind": job.kind,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "over": job.is_over,
        "error": job.error,
        "waits_until": job.waits_until,
        "began": job.began,
    }
