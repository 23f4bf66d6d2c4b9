"""Servers on this computer that people's messages, pings and mails go to."""

import json
import socketserver
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass(frozen=True)
class Taken:
    """A request that came in."""

    path: str
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def receiver(*statuses, meanwhile=lambda: None):
    """Answers so, one after another, and the last one from then on; its address and the requests that it took.

    `meanwhile` is done between a request and its answer.
    """
    taken, left = [], list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            taken.append(Taken(self.path, self.rfile.read(int(self.headers["content-length"]))))
            meanwhile()
            self.send_response(left.pop(0) if len(left) > 1 else left[0])
            self.end_headers()

        def log_message(self, *_):
            pass

    with serving(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}", taken


@contextmanager
def webhook(*statuses):
    """The same for one address; the objects that it was sent."""

    class Objects:
        def __init__(self, taken):
            self._taken = taken

        def __getitem__(self, at):
            return [one.json for one in self._taken][at]

        def __len__(self):
            return len(self._taken)

        def __iter__(self):
            return iter([one.json for one in self._taken])

    with receiver(*statuses) as (url, taken):
        yield f"{url}/hook", Objects(taken)


@contextmanager
def mail_server():
    """A server that takes every mail; its port, and the mails as they came."""
    mails = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
                if word == b"QUIT":
                    return

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, mails
