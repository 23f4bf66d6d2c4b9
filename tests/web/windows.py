"""The page as it runs, on a socket of its own in the test's process, and a real Chromium that uses it."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from browser import LONGEST, rules_broken

from rotor_import.config import Settings
from rotor_import.model.clock import Clock
from rotor_import.pipeline import World
from rotor_import.web.desk import Desk
from rotor_import.web.jobs import Jobs
from rotor_import.web.server import Served
from rotor_import.web.workspace import Workspace

SAMPLES = Path(__file__).parents[2] / "sample_data"
KEY = "canary-key-7f3a9c"
_REFUSED = "Failed to load resource: the server responded with a status of 4"


class Computer:
    """A person's computer: their files, what the program keeps there, and a Rotor with a clock that tests move.

    `work` is the working folder and `data` the program's own; `rotor` is who gets what is sent to Rotor. The sandbox
    that the page offers is another one, in a file.
    """

    def __init__(self, folder, rotor, **settings):
        self.folder, self.rotor = folder, rotor
        self.data, self.work = folder / "data", folder / "work"
        self.work.mkdir(exist_ok=True)
        usual = Settings(
            key=KEY,
            base_url="http://127.0.0.1/open-api",
            ledger=str(folder / "ledger.sqlite"),
            report_dir=folder / "reports",
            sandbox_state=folder / "sandbox.sqlite",
            duplicates="off",
        )
        self.settings = replace(usual, **settings)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def workspace(self):
        """As a new process finds it."""
        hands = self.rotor.hands
        world = World(Clock(hands.now, hands.sleep), lambda: 0.0, self.rotor.transport())
        return Workspace(self.settings, Desk(self.data / "page"), Jobs(world), self.work, key_from="ROTOR_API_KEY")


class Running:
    """A page that is being served: `address` has the one-time token, `origin` is where it is."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.served = Served(workspace)
        self.address = self.served.address
        self.origin = self.address.partition("/?")[0]
        self._thread = threading.Thread(target=self.served.run)
        self._thread.start()

    def new_address(self):
        """The address with another token, as another program of the same person is told it."""
        return f"{self.origin}/?token={self.served.guard.new_token()}"

    def end(self):
        self.served.stop()
        self._thread.join()

    @contextmanager
    def client(self):
        """Someone who was let in, without a browser; `post` sends what a page sends."""
        with httpx.Client(base_url=self.origin, headers={"Origin": self.origin}, timeout=LONGEST) as client:
            assert client.get(self.new_address()).status_code == 303
            yield Client(client, self.workspace)


class Client:
    def __init__(self, http, workspace):
        self.http, self._workspace = http, workspace

    def get(self, where):
        return self.http.get(where)

    def post(self, where, **values):
        now = self._workspace.desk.now
        return self.http.post(where, json={"import": now.id, "run": now.stands, **values})

    def upload(self, name, content):
        return self.http.post("/file/upload", content=content, headers={"X-File-Name": name})


class Window:
    """A window of the browser; `tab` is playwright's. `visit` opens a path of the page."""

    def __init__(self, tab, origin):
        self.tab, self.origin = tab, origin
        self.requests, self.complaints = [], []
        tab.on("request", lambda request: self.requests.append(request.url))
        tab.on("console", lambda message: self.complaints.append(message.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))

    def visit(self, path="/"):
        self.tab.goto(self.origin + path)
        return self

    def file(self, path, to="sandbox"):
        """From the first step to the columns."""
        with self.tab.expect_response("**/file/upload"), self.tab.expect_navigation():
            self.tab.set_input_files("input[type=file]", path)
        self.tab.check(f"input[name=to][value={to}]")
        self.next("columns")

    def columns(self):
        """From the columns to the plan."""
        self.next("plan")
        self.until("planned")

    def planned(self, path, to="sandbox"):
        """From the first step to the plan."""
        self.file(path, to)
        self.columns()
        return self

    def next(self, where):
        self.tab.click("[data-action=next]")
        self.tab.wait_for_url(f"**/{where}")

    def until(self, *states):
        """Waits for the page that shows one of these states, and for its scripts, which are loaded after it."""
        self.tab.wait_for_selector(", ".join(f"[data-state={state}]" for state in states))
        self.tab.wait_for_load_state()

    def figure(self, name):
        return int(self.tab.locator(f"[data-figure={name}]").text_content())

    def quiet(self, refused=False):
        """Nothing elsewhere was asked for, and nothing complained about but, if so, what the program refused."""
        complaints = [words for words in self.complaints if not (refused and words.startswith(_REFUSED))]
        return complaints == [] and [url for url in self.requests if not url.startswith(f"{self.origin}/")] == []

    def accessible(self):
        """The rules of accessibility that it breaks: none."""
        return rules_broken(self)
