"""The program as a process of its own, and a Rotor that holds some of its requests until it is told to go on."""

import subprocess
import threading

from inside import inside
from program import PROGRAM, clean

PEOPLE = 40


class Gate:
    """A WSGI application before another: POSTs from one number to another wait until the gate is opened."""

    def __init__(self, app, first, last):
        self._app = app
        self._held = range(first, last + 1)
        self._posts = 0
        self._lock = threading.Lock()
        self._open = threading.Event()
        self.full = threading.Event()

    def open(self):
        self._open.set()

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            with self._lock:
                self._posts += 1
                number = self._posts
            if number == self._held[-1]:
                self.full.set()
            if number in self._held:
                self._open.wait(60)
        return self._app(environ, start_response)


class Machine:
    """A folder with a file and a mapping; several may share one ledger."""

    def __init__(self, folder, url, ledger, keyless=0):
        """`keyless` are so many people more, without an email."""
        self._keyless = keyless
        self.folder = folder
        self.folder.mkdir()
        self.write()
        (folder / "map.yaml").write_text("version: 1\nfeed: people\nfields: {first_name: First, email: Email}\n")
        self._options = ["--base-url", url, "--ledger", ledger, "--retry-base", "0"]

    def write(self, edition=""):
        """The file, with first names that begin so."""
        people = "".join(f"{edition}P{at},person{at}@example.com\n" for at in range(PEOPLE))
        keyless = "".join(f"K{at},\n" for at in range(self._keyless))
        (self.folder / "people.csv").write_text(f"First,Email\n{people}{keyless}")

    def start(self, *more, key="a-key"):
        """The running process."""
        return subprocess.Popen(
            [*PROGRAM, *self._run(more)],
            cwd=self.folder,
            env=clean(**self._environment(key)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *more, key="a-key"):
        """The exit code, what it printed, and what it said: in this process, for it is one that nobody ends."""
        done = inside(self.folder, self._run(more), self._environment(key))
        return done.returncode, done.stdout, done.stderr

    def _run(self, more):
        return ["run", "people.csv", "-m", "map.yaml", "--json", *self._options, *more]

    def _environment(self, key):
        return {"XDG_DATA_HOME": str(self.folder), "ROTOR_API_KEY": key}


def ended(process):
    """Its exit code, what it printed, and what it said."""
    with process:
        out, error = process.communicate(timeout=120)
    return process.returncode, out, error
