"""Many companies: a Rotor for each behind one loopback server, and a profile for each on one ledger."""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from program import clean

from rotor_import.sandbox import Options, Sandbox, serve

HEADER = "First,Phone,Email\n"
MAPPING = "version: 1\nfeed: people\nfields: {first_name: First, phone: Phone, email: Email}\n"


class Dispatcher:
    """A WSGI application that leads /NAME/… to the application of that name."""

    def __init__(self):
        self.apps = {}

    def __call__(self, environ, start_response):
        name, _, rest = environ["PATH_INFO"].removeprefix("/").partition("/")
        own = {**environ, "PATH_INFO": f"/{rest}", "SCRIPT_NAME": f"/{name}"}
        own.pop("REQUEST_URI", None)
        own.pop("RAW_URI", None)
        return self.apps[name](own, start_response)


class Companies:
    """A folder with `rotor-import.toml`, a drop folder and a key for each company, and its Rotor."""

    def __init__(self, folder, url, dispatcher, stack):
        self.folder, self.url, self.apps, self._stack = folder, url.removesuffix("/open-api"), dispatcher.apps, stack
        self.rotors = {}
        self.variables = {}
        self.toml, self.defaults = "", ""
        (folder / "my.yaml").write_text(MAPPING, encoding="utf-8")

    def add(self, name, rows, more="", **options):
        """A company whose file has these rows; its key is in a variable of its own."""
        key, variable = f"secret-key-of-{name}", f"KEY_OF_{name.upper().replace('-', '_').replace('.', '_')}"
        rotor = Sandbox(
            options=Options(**({"keys": {key: frozenset({"customers:read", "customers:write"})}} | options))
        )
        self.rotors[name] = self.apps[name] = self._stack.enter_context(rotor)
        self.variables[variable] = key
        if rows:
            self.drop(name, "people.csv", rows)
        self.toml += (
            f"[profiles.{name}]\nfolder = 'drop/{name}'\nkey_env = '{variable}'\n"
            f"base_url = '{self.url}/{name}/open-api'\n{more}\n"
        )
        return rotor

    def drop(self, name, file, rows):
        place = self.folder / "drop" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(rows if isinstance(rows, str) else HEADER + "".join(rows), encoding="utf-8")

    def write(self):
        common = f"[defaults]\nmapping = 'my.yaml'\nsettle = 0\n{self.defaults}\n"
        (self.folder / "rotor-import.toml").write_text(common + self.toml, encoding="utf-8")

    def environment(self, **more):
        places = {"XDG_DATA_HOME": str(self.folder / "data"), "PYTHONPATH": str(Path(__file__).parents[1])}
        return clean(**places, **self.variables, **more)

    def command(self, *arguments):
        return [sys.executable, "-m", "rotor_import", *map(str, arguments)]

    def start(self, *arguments, **environment):
        """The program as a process of its own, run to its end."""
        self.write()
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def customers(self, name):
        return sorted((one["first_name"], one["phone"], one["email"]) for one in self.rotors[name].store.all())


@contextmanager
def companies(folder=None):
    with ExitStack() as stack:
        place = Path(folder or stack.enter_context(tempfile.TemporaryDirectory()))
        dispatcher = Dispatcher()
        url = stack.enter_context(serve(dispatcher))
        yield Companies(place, url, dispatcher, stack)


def people(name, count=2):
    """Rows of a company, each with the company's canary in it; and the customers that they make."""
    number = sum(map(ord, name)) % 90 + int("".join(filter(str.isdecimal, name)) or 0)
    made = [
        (
            f"Canary{name.title().replace('-', '')}",
            f"+1763555{(number * 7 + at) % 9000 + 1000}",
            f"{at}@{name}.example.com",
        )
        for at in range(count)
    ]
    return [",".join(one) + "\n" for one in made], sorted(made)


def cpu_seconds():
    """Processor time of the children that have ended."""
    times = os.times()
    return times.children_user + times.children_system
