"""The page's program as a process of its own, driven by what a browser would send."""

import re
import signal
import subprocess
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

import httpx
from program import PROGRAM, clean

LONGEST = 60


class Driven:
    """A window that has exchanged the token for its cookie."""

    def __init__(self, address):
        parts = urlsplit(address)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.client = httpx.Client(
            base_url=self.origin, headers={"Origin": self.origin}, follow_redirects=True, timeout=LONGEST
        )
        self.first = self.client.get(f"/?{parts.query}")
        assert self.first.status_code == 200

    def get(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path, **values):
        """What a form or a button sends, with the import that the page shows."""
        now, run = re.search(r'data-import="([^"]*)" data-run="([^"]*)"', self.get("/file")).groups()
        return self.client.post(path, json={"import": now, "run": run, **values}).json()

    def upload(self, path):
        with path.open("rb") as file:
            answer = self.client.post(
                "/file/upload", content=file.read(), headers={"X-File-Name": quote(path.name, safe="")}
            )
        assert answer.json() == {"go": "/file"}

    def state(self, path="/import"):
        found = re.search(r'<main[^>]* data-state="([a-z]*)"', self.get(path))
        return found[1] if found else ""

    def until(self, *wanted, path="/import"):
        """The state, once it is one of these; each answer comes when something has changed, so nothing is slept."""
        with self.client.stream("GET", "/events") as events:
            for _ in events.iter_lines():
                state = self.state(path)
                if state in wanted:
                    return state
        raise AssertionError(self.get(path))


@contextmanager
def program(folder, *arguments, **environment):
    """The process and its page; it is ended as a person ends it."""
    process = subprocess.Popen(
        [*PROGRAM, "open", "--no-browser", *arguments],
        cwd=folder,
        env=clean(XDG_DATA_HOME=str(folder / "data"), **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    page = Driven(process.stdout.readline().strip())
    try:
        yield process, page
    finally:
        page.client.close()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=LONGEST)
