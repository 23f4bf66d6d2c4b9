"""Step 5: the import itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rotor_import.pipeline import World, run_import
from rotor_import.web.posted import go, posted
from rotor_import.web.render import render
from rotor_import.web.workspace import Workspace, summary_in


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    run = workspace.desk.now.run
    outcome = summary_in(workspace.settings.report_dir / run) if run else None
    job = workspace.jobs.job
    error = job.error if job is not None and job.kind == "import" else ""
    return render(request, "import.html.j2", "import", outcome=outcome, error=error)


def start(request: Request, _values: dict[str, Any]) -> Response:
    workspace = Workspace.of(request)
    desk, settings = workspace.desk.now, workspace.settings_now()

    def work(world: World) -> None:
        report = run_import([Path(desk.file)], desk.mapping, settings, world)
        workspace.desk.change(run=report.summary["run"])

    workspace.jobs.begin("import", work)
    return go("/import")


def pause(request: Request, _values: dict[str, Any]) -> Response:
    Workspace.of(request).jobs.stop()
    return go("/import")


routes = [
    Route("/import", show),
    Route("/import/start", posted(start), methods=["POST"]),
    Route("/import/pause", posted(pause), methods=["POST"]),
]
