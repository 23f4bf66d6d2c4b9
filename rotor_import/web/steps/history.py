"""The runs with their reports, what waits, and the feeds of the nightly drop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from rotor_import.errors import RotorImportError
from rotor_import.report.page import PAGE
from rotor_import.web.past import past
from rotor_import.web.render import render
from rotor_import.web.reports import policy_of, report_file
from rotor_import.web.workspace import Workspace

_TYPES = {".html": "text/html", ".csv": "text/csv", ".json": "application/json"}
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(request: Request) -> Response:
    workspace = Workspace.of(request)
    running = workspace.jobs.running
    return render(
        request,
        "history.html.j2",
        past=past(workspace, whole=request.query_params.get("show") == "all"),
        is_sending=running is not None and running.kind == "import",
    )


def report(request: Request) -> Response:
    """A report's page to look at, or one of its tables to keep."""
    workspace, name = Workspace.of(request), request.path_params["name"]
    try:
        path = report_file(workspace, request.path_params["run"], name)
    except RotorImportError:  # no key, or a ledger that can't be read
        path = None
    if path is None:
        return render(request, "report_gone.html.j2", status=404)
    kind = _TYPES.get(path.suffix, _WORKBOOK)
    if name == PAGE:
        return FileResponse(path, media_type=kind, headers={"Content-Security-Policy": policy_of(path)})
    return FileResponse(path, media_type=kind, filename=name)


routes = [Route("/history", show), Route("/reports/{run}/{name}", report)]
