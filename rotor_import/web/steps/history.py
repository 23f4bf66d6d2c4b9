"""The runs with their reports, and the feeds of the nightly drop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rotor_import.web.render import render


def show(request: Request) -> Response:
    return render(request, "history.html.j2")


routes = [Route("/history", show)]
