"""A way to a Rotor in the same process."""

from __future__ import annotations

from typing import Any

import httpx


def wsgi_transport(app: Any) -> httpx.BaseTransport:
    """`app` is a WSGI application."""
    return httpx.WSGITransport(app=app)
