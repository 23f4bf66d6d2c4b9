"""Serves the page on the loopback, to one browser, until the program is ended."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from rotor_import.errors import SettingsError
from rotor_import.web.application import application
from rotor_import.web.guard import Guard
from rotor_import.web.workspace import Workspace

_LOOPBACK = "127.0.0.1"
_GRACE = 5
"""Seconds that open windows have to take their last answer."""


def serve(workspace: Workspace, port: int, announce: Callable[[str], None], *, in_browser: bool) -> None:
    """Serve until a signal ends it; what is under way is paused then. `announce` is given the address with its token.

    Raises SettingsError if the port is taken.
    """
    listening = _bound(port)
    port = listening.getsockname()[1]
    guard = Guard(application(workspace), port)
    address = f"http://{_LOOPBACK}:{port}/?token={guard.token}"
    server = _Server(
        uvicorn.Config(
            guard,
            log_level="critical",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_GRACE,
        ),
        workspace,
    )
    announce(address)
    if in_browser:
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server.run(sockets=[listening])
    finally:
        workspace.closing.set()
        workspace.jobs.close()


class _Server(uvicorn.Server):
    """Lets open windows go when it is told to end."""

    def __init__(self, config: uvicorn.Config, workspace: Workspace) -> None:
        super().__init__(config)
        self._workspace = workspace

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._workspace.closing.set()
        self._workspace.jobs.stop()
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
