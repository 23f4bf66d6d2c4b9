"""Serves the sandbox on this computer alone."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from rotor_import.sandbox.faults import ConnectionDropped, Dripping, NoAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HOST = "127.0.0.1"
_DRIP = 0.05
"""Seconds between the bytes of an answer that drips."""
_RESET = struct.pack("ii", 1, 0)
"""Makes a socket reset its connection when it is closed, even with data still to be sent."""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, _type: str, _message: str, *_args: Any) -> None:
        """Log nothing, because requests hold customer data."""

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:  # noqa: ARG002
        """The client went away, or a fault withholds the answer."""
        self.close_connection = True
        if isinstance(error, Dripping):
            self._drip(str(error).encode())
        elif isinstance(error, NoAnswer):
            select.select([self.connection], [], [])  # until the client gives up
        elif isinstance(error, ConnectionDropped):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()

    def _drip(self, opening: bytes) -> None:
        with suppress(OSError):
            self.connection.sendall(opening)
            while not select.select([self.connection], [], [], _DRIP)[0]:  # until the client gives up
                self.connection.sendall(b"x")


def _server(app: Any, port: int) -> BaseWSGIServer:
    return make_server(HOST, port, app, threaded=True, request_handler=_Handler)


def _base_url(server: BaseWSGIServer) -> str:
    return f"http://{HOST}:{server.server_port}/open-api"


@contextmanager
def serve(app: Any, port: int = 0) -> Iterator[str]:
    """Serve in a thread while the block lasts, and give the base URL. Port 0 takes any free port."""
    server = _server(app, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield _base_url(server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(app: Any, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises OSError if the port is taken."""
    server = _server(app, port)
    try:
        ready(_base_url(server))
        server.serve_forever()
    finally:
        server.server_close()
