"""Step 4: the questions, and rejected rows that can be mended."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rotor_import.web.render import render


def show(request: Request) -> Response:
    return render(request, "review.html.j2", "review")


routes = [Route("/review", show)]
