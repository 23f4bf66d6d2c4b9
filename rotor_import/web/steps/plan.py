"""Step 3: what would happen."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from rotor_import.web.posted import go, posted
from rotor_import.web.render import render
from rotor_import.web.steps.planning import begin_plan
from rotor_import.web.workspace import Workspace


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    job = workspace.jobs.job
    if job is None and not workspace.desk.now.plan:
        return RedirectResponse("/columns", 303)
    error = job.error if job is not None and job.kind == "plan" else ""
    return render(request, "plan.html.j2", "plan", error=error)


def again(request: Request, _values: dict[str, Any]) -> Response:
    begin_plan(Workspace.of(request))
    return go("/plan")


routes = [Route("/plan", show), Route("/plan/again", posted(again), methods=["POST"])]
