"""A web server with one export, which says its ETag, and whose answers can be told to differ."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Export:
    """What is at the address now, and what was asked for it. `answers` come first, each a status and its headers."""

    def __init__(self):
        self.content, self.etag, self.changed = b"", "", ""
        self.answers, self.asked = [], []
        self.cut_after, self.says_length = None, True
        self.url = ""

    def say(self, content, etag="", changed=""):
        self.content, self.etag, self.changed = content, etag, changed

    def fetched(self):
        """How often the content was sent."""
        return sum(request["status"] == 200 for request in self.asked)


@contextmanager
def web_export():
    export = Export()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers = export.answers.pop(0) if export.answers else (200, {})
            if status == 200 and export.etag and self.headers.get("if-none-match") == export.etag:
                status = 304
            export.asked.append(
                {"status": status, "path": self.path, **{k.lower(): v for k, v in self.headers.items()}}
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            for name, value in (("ETag", export.etag), ("Last-Modified", export.changed)):
                if value:
                    self.send_header(name, value)
            content = export.content if status == 200 else b""
            if export.says_length:
                self.send_header("Content-Length", str(len(content)))
            else:
                self.close_connection = True
            self.end_headers()
            if export.cut_after is not None:
                content, export.cut_after = content[: export.cut_after], None
                self.close_connection = True
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    export.url = f"http://127.0.0.1:{server.server_port}/out/people.csv"
    try:
        yield export
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
