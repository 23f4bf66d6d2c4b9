"""The sandbox on a socket of the loopback."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from rotor_import.sandbox.faults import ConnectionDropped, NoAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

HOST = "127.0.0.1"
_RESET = struct.pack("ii", 1, 0)
"""A socket that closes at once and says so, whatever is still to be sent."""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, _type: str, _message: str, *_args: Any) -> None:
        """Nothing: requests hold customer data."""

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:  # noqa: ARG002
        """Either the client went away, or a fault of the sandbox's keeps the answer back."""
        self.close_connection = True
        if isinstance(error, NoAnswer):
            select.select([self.connection], [], [])  # until the client gives up
        elif isinstance(error, ConnectionDropped):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.connection.close()


def _server(app: Any, port: int) -> BaseWSGIServer:
    return make_server(HOST, port, app, threaded=True, request_handler=_Handler)


def _base_url(server: BaseWSGIServer) -> str:
    return f"http://{HOST}:{server.server_port}/open-api"


@contextmanager
def serve(app: Any, port: int = 0) -> Iterator[str]:
    """In a thread, as long as the block lasts; gives the base URL. Port 0 takes a free one."""
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
    """Serve until interrupted. Raises OSError where the port is taken."""
    server = _server(app, port)
    try:
        ready(_base_url(server))
        server.serve_forever()
    finally:
        server.server_close()
