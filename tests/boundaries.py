"""A process that dies, or to which something fails, at its Nth step.

Its steps are each ledger transaction, each HTTP send and receive, each file written. Between two such steps nothing
lasting happens, so dying just before each of them covers every instant. A failure comes once, and what it failed may be
tried again.
"""

import errno
import os
import sqlite3
import sys
from contextlib import contextmanager
from unittest.mock import patch

import httpx
import psycopg
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from transports import Between


class Killed(BaseException):
    """No handler for errors sees it, and once it was raised nothing gets out of the process any more."""


NEVER = 10**9


def _raised(error):
    def fail(*_):
        raise error

    return fail


def _committed_and_raised(error):
    """The commit came through, and nobody is told."""

    def fail(connection):
        connection.commit()
        raise error

    return fail


def _cut(connection):
    """The database's connection is cut, and the commit with it."""
    connection.driver_connection.pgconn.finish()
    connection.commit()


def _committed_and_cut(connection):
    connection.commit()
    connection.driver_connection.pgconn.finish()
    raise psycopg.OperationalError("server closed the connection unexpectedly")


_ON_DISK = {
    "disk full": lambda: _raised(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))),
    "input/output error": lambda: _raised(OSError(errno.EIO, os.strerror(errno.EIO))),
}
_IN_SQLITE = {
    "disk full": lambda: _raised(sqlite3.OperationalError("database or disk is full")),
    "input/output error": lambda: _committed_and_raised(sqlite3.OperationalError("disk I/O error")),
    "locked": lambda: _raised(sqlite3.OperationalError("database is locked")),
}
_IN_POSTGRES = {
    "disk full": lambda: _raised(psycopg.errors.DiskFull("could not extend file")),
    "connection lost before": lambda: _cut,
    "connection lost after": lambda: _committed_and_cut,
}
_ON_THE_WAY = {
    "reset": lambda: _raised(httpx.ReadError("[Errno 104] Connection reset by peer")),
    "out of memory": lambda: _raised(MemoryError()),
}


def failures_of(kind, place):
    """What can go wrong at a step of this kind, by name; `place` is sqlite or postgres."""
    if kind == "commit":
        return _IN_SQLITE if place == "sqlite" else _IN_POSTGRES
    return _ON_THE_WAY if kind in ("send", "receive") else _ON_DISK


def spread(kinds, every):
    """The numbers of the steps to die at: the first and the last of each kind, and every so many of all."""
    first = {kind: number for number, kind in reversed(list(enumerate(kinds, start=1)))}
    last = {kind: number for number, kind in enumerate(kinds, start=1)}
    return sorted({*first.values(), *last.values(), *range(1, len(kinds) + 1, every)})


class Boundaries:
    def __init__(self):
        self.folder = None
        self.kinds = []
        self._last = 0
        self._dead = False
        self._failure = None
        self._of_commit = None

    def arm(self, at=NEVER, failure=None):
        """From now on count anew, and at this step, if there are so many, die, or let the failure come once."""
        self.kinds, self._last, self._dead, self._failure, self._of_commit = [], at, False, failure, None

    def step(self, kind):
        if self.folder is None:
            return
        self.alive()
        self.kinds.append(kind)
        if len(self.kinds) != self._last:
            return
        if self._failure is None:
            self._dead = True
            raise Killed
        if kind == "commit":
            self._of_commit = self._failure
        else:
            self._failure()

    def commit(self, connection, usual):
        """The database's own commit, which fails where it shall."""
        failure, self._of_commit = self._of_commit, None
        (failure or usual)(connection)

    def alive(self):
        if self._dead:
            raise Killed

    def audit(self, event, arguments):
        """Files and folders that are made below the folder; the ledger's own are SQLite's business."""
        if self.folder is None or event not in ("open", "os.rename", "os.mkdir"):
            return
        path = os.fspath(arguments[0]) if isinstance(arguments[0], str | os.PathLike) else ""
        if not path.startswith((f"{self.folder}/reports", f"{self.folder}/drop")):
            return
        if event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.step(event)


BOUNDARIES = Boundaries()
sys.addaudithook(BOUNDARIES.audit)  # it can never be taken away, so there is one, and it is mostly idle


class Wire(Between):
    """The way to Rotor: a process may die before a request is sent, or before its answer is read."""

    def handle_request(self, request):
        BOUNDARIES.step("send")
        response = super().handle_request(request)
        BOUNDARIES.step("receive")
        return response


@contextmanager
def watched(office):
    """The office's runs take steps that are counted."""
    transport = office.rotor.transport
    office.rotor.transport = lambda: Wire(transport())

    def commit(_connection):
        BOUNDARIES.step("commit")

    def begin(_connection):
        if BOUNDARIES.folder is not None:
            BOUNDARIES.alive()

    usual = DefaultDialect.do_commit

    def do_commit(dialect, connection):
        BOUNDARIES.commit(connection, lambda it: usual(dialect, it))

    sa.event.listen(sa.Engine, "commit", commit)
    sa.event.listen(sa.Engine, "begin", begin)
    BOUNDARIES.folder = office.folder
    BOUNDARIES.arm()
    try:
        with patch.object(DefaultDialect, "do_commit", do_commit):
            yield BOUNDARIES
    finally:
        BOUNDARIES.folder = None
        sa.event.remove(sa.Engine, "commit", commit)
        sa.event.remove(sa.Engine, "begin", begin)
