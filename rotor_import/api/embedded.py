"""A transport to a Rotor that runs in the same process."""

from __future__ import annotations

from typing import Any

import httpx


def wsgi_transport(app: Any) -> httpx.BaseTransport:
    """A transport to a WSGI application. Its own ConnectionError or TimeoutError counts as the network's."""
    return _Embedded(httpx.WSGITransport(app=app))


class _Embedded(httpx.BaseTransport):
    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return self._inner.handle_request(request)
        except ConnectionError as error:
            raise httpx.ReadError("the connection broke", request=request) from error
        except TimeoutError as error:
            raise httpx.ReadTimeout("no answer came", request=request) from error
