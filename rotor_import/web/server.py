"""Serves the page on the loopback, to one browser, until the program is ended."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from rotor_import.errors import SettingsError
from rotor_import.web.application import application
from rotor_import.web.guard import Guard
from rotor_import.web.workspace import Workspace

_LOOPBACK = "127.0.0.1"
_GRACE = 2
"""Seconds that open windows have to take their last answer."""
FIRST_SECONDS = 30.0
"""How long a connection may be open without a whole request's headers."""
DRAINED_SECONDS = 30.0
"""How long the rest of a refused request is read: many clients look for the answer only after they sent all of it."""


class Served:
    """The page on a port of its own; 0 takes any free one. `address` is where it is, with a token that works once.

    Raises SettingsError if the port can't be used.
    """

    def __init__(self, workspace: Workspace, port: int = 0) -> None:
        self._workspace = workspace
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        app = application(workspace)
        self.guard = Guard(app, self.port)
        app.state.new_link = lambda: self._with(self.guard.new_token())
        self._server = _Server(
            uvicorn.Config(
                self.guard,
                log_level="critical",
                access_log=False,
                server_header=False,
                lifespan="off",
                loop="asyncio",
                http=_Protocol,
                ws="none",
                timeout_graceful_shutdown=_GRACE,
            ),
            self.stop,
        )

    @property
    def address(self) -> str:
        return self._with(self.guard.token)

    def _with(self, token: str) -> str:
        return f"http://{_LOOPBACK}:{self.port}/?token={token}"

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` is called or a signal comes, then wait until what is in flight was answered.

        `ready` is called once a signal would end it so.
        """
        self._server.ready = ready
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self.stop()
            self._workspace.jobs.close()
            self._socket.close()

    def stop(self) -> None:
        """Let open windows go, and let the work end as soon as it safely can."""
        self._workspace.closing.set()
        self._workspace.jobs.end()
        self._server.should_exit = True


class _Server(uvicorn.Server):
    """Stops at a signal and then lets its caller end the program; uvicorn would end it by the same signal."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready: Callable[[], None] = lambda: None
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stop()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Only the main thread of a program is told about signals; a terminal that is closed sends one too."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _signals()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's own
        self.should_exit = True


class _Protocol(H11Protocol):
    """Gives up on a connection over which no request comes, or one that was refused doesn't end."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._timers = [self.loop.call_later(FIRST_SECONDS, self._close_if, lambda: self.cycle is None)]
        self._is_draining = False

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_rest() and not self._is_draining:
            self._is_draining = True
            self._timers.append(self.loop.call_later(DRAINED_SECONDS, self._close_if, self._is_rest))

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers:
            timer.cancel()
        super().connection_lost(exc)

    def _is_rest(self) -> bool:
        """Whether what comes belongs to a request that was answered already."""
        is_answered = self.cycle is not None and self.cycle.response_complete
        return is_answered and self.conn.their_state is h11.SEND_BODY

    def _close_if(self, is_stuck: Callable[[], bool]) -> None:
        self._is_draining = False
        if is_stuck():
            self.transport.close()


def _signals() -> list[int]:
    found: list[int] = [signal.SIGINT, signal.SIGTERM]
    if sys.platform == "win32":
        found.append(signal.SIGBREAK)
    elif signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # else nohup keeps it running
        found.append(signal.SIGHUP)
    return found


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # nobody else may have it too
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # free at once after the last time
        listening.bind((_LOOPBACK, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"Can't use port {port} ({error.strerror}). Choose another with --port; 0 picks any free one."
        ) from None
    return listening
