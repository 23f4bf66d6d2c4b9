"""Serves the page on the loopback, to one browser, until the program is ended."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable
from types import FrameType

import uvicorn

from rotor_import.errors import SettingsError
from rotor_import.web.application import application
from rotor_import.web.guard import Guard
from rotor_import.web.workspace import Workspace

_LOOPBACK = "127.0.0.1"
_GRACE = 2
"""Seconds that open windows have to take their last answer."""


def serve(workspace: Workspace, port: int, announce: Callable[[str], None], *, in_browser: bool) -> None:
    """Serve until a signal ends it; what is under way is paused then. `announce` is given the address with its token.

    Raises SettingsError if the port is taken.
    """
    served = Served(workspace, port)
    announce(served.address)
    if in_browser:
        threading.Thread(target=webbrowser.open, args=(served.address,), daemon=True).start()
    served.run()


class Served:
    """The page on a port of its own; 0 takes any free one. `address` has the one-time token.

    Raises SettingsError if the port is taken.
    """

    def __init__(self, workspace: Workspace, port: int = 0) -> None:
        self._workspace = workspace
        self._socket = _bound(port)
        self.port = self._socket.getsockname()[1]
        self.guard = Guard(application(workspace), self.port)
        self.address = f"http://{_LOOPBACK}:{self.port}/?token={self.guard.token}"
        self._server = _Server(
            uvicorn.Config(
                self.guard,
                log_level="critical",
                access_log=False,
                server_header=False,
                lifespan="off",
                loop="asyncio",
                http="h11",
                ws="none",
                timeout_graceful_shutdown=_GRACE,
            ),
            self.stop,
        )

    def run(self) -> None:
        """Serve until `stop` is called or a signal comes, then wait until what is in flight was answered."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self.stop()
            self._workspace.jobs.close()

    def stop(self) -> None:
        """Let open windows go, and let the work end as soon as it safely can."""
        self._workspace.closing.set()
        self._workspace.jobs.stop()
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """Stops at a signal, and then lets its caller end the program: uvicorn would end it by the same signal."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's own
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stop()
        await super().shutdown(sockets)


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((_LOOPBACK, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(f"Port {port} is taken: {error.strerror}. Choose another one: --port 0") from None
    return listening
