"""A server on loopback that answers as a script says, and the clock and meter that go with it."""

from __future__ import annotations

import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "canary-key-5f0c1e"


@dataclass(frozen=True)
class Says:
    status: int
    body: object = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    """So many bytes fewer are sent than announced."""

    def content(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Drops:
    """Resets the connection before it has read the request, or hangs up after."""

    before_reading: bool = False


@dataclass(frozen=True)
class SaysNothing:
    pass


def timeout_for(step):
    """Be short only where the silence itself is tested, so that a busy machine breaks no other test."""
    return 0.2 if step == SaysNothing() else 5.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


class ScriptedRotor(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.steps: list[Says | Drops | SaysNothing] = []
        self.peers: set[tuple[str, int]] = set()
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/open-api"

    def script(self, *steps):
        self.steps.extend(steps)

    def next_step(self):
        with self._lock:
            return self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]

    def stop(self):
        self.over.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request, client_address):
        """A client that went away in the middle is part of many scripts."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10

    def handle_one_request(self):
        try:
            waiting = self.rfile.peek(1)
        except OSError:
            waiting = b""
        if not waiting:
            self.close_connection = True
            return
        self.step = self.server.next_step()
        if self.step == Drops(before_reading=True):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        super().handle_one_request()

    def do_GET(self):
        self._follow()

    def do_POST(self):
        self._follow()

    def _follow(self):
        self.server.peers.add(self.client_address)
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.server.requests.append(Request(self.command, url.path, parse_qs(url.query), headers, body))
        if isinstance(self.step, Says):
            self._say(self.step)
            return
        if isinstance(self.step, SaysNothing):
            self.server.over.wait(10)
        self.close_connection = True

    def _say(self, step):
        content = step.content()
        self.send_response(step.status)
        self.send_header("content-length", str(len(content)))
        for name, value in step.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) - step.missing])
        if step.missing:
            self.close_connection = True

    def log_message(self, *args):
        pass


class Clock:
    """Sleeping only moves it on."""

    def __init__(self):
        self.time = 1000.0
        self.slept: list[float] = []

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


class RecordingMeter:
    def __init__(self):
        self.admitted: list[tuple[str, str, str | None]] = []
        self.settled: dict[int, list[str]] = {}
        self.events: list[str] = []
        self._lock = threading.Lock()

    def admit(self, method, path, change):
        with self._lock:
            self.admitted.append((method, path, change))
            self.events.append("admit")
            ticket = len(self.admitted)
            self.settled[ticket] = []
            return ticket

    def settle(self, ticket, result):
        with self._lock:
            self.events.append("settle")
            self.settled[ticket].append(result)

    @property
    def results(self):
        return [result for results in self.settled.values() for result in results]

    def assert_each_attempt_was_settled_once(self):
        assert [len(results) for results in self.settled.values()] == [1] * len(self.admitted)
