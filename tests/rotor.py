"""A Rotor whose clock only tests move, and offices that use it."""

import shutil
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from hands import Hands
from office import Office

from rotor_import.api import wsgi_transport
from rotor_import.sandbox import Options, Sandbox

MEMORY = Path("/dev/shm")  # noqa: S108 - thousands of ledgers, each with its own random name, spare the disk


class Rotor:
    """The sandbox, with a clock that only tests move; `path` is its file, or in memory."""

    def __init__(self, path=":memory:", **options):
        self.hands = Hands()
        settings = Options(**({"daily_limit": 1_000_000} | options))
        self.sandbox = Sandbox(path, options=settings, now=lambda: datetime.fromtimestamp(self.hands.at, UTC))

    def transport(self):
        return wsgi_transport(self.sandbox)

    def seed(self, customers):
        return self.sandbox.store.insert(customers)

    def customers(self):
        return self.sandbox.store.all()

    def posts(self):
        return sum(request.method == "POST" for request in self.sandbox.store.requests())

    def requests(self):
        return self.sandbox.store.requests()


@contextmanager
def opened(keyed=True, more="", settings=None, strangers="merge", **options):
    """An office with an empty ledger and an empty Rotor, that follows Rotor's rule where strangers share a key."""
    folder = Path(tempfile.mkdtemp(prefix="office", dir=MEMORY if MEMORY.is_dir() else None))
    rotor = Rotor(**options)
    try:
        with rotor.sandbox:
            yield Office(folder, rotor, keyed=keyed, more=more, settings=settings, strangers=strangers)
    finally:
        shutil.rmtree(folder)
