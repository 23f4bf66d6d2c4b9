"""A process that dies at its Nth step: each ledger transaction, each HTTP send and receive, each file written.

Between two such steps nothing lasting happens, so dying just before each of them covers every instant.
"""

import os
import sys
from contextlib import contextmanager

import sqlalchemy as sa
from transports import Between


class Killed(BaseException):
    """No handler for errors sees it, and once it was raised nothing gets out of the process any more."""


NEVER = 10**9


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

    def arm(self, at=NEVER):
        """From now on count anew, and die at this step, if there are so many."""
        self.kinds, self._last, self._dead = [], at, False

    def step(self, kind):
        if self.folder is None:
            return
        self.alive()
        self.kinds.append(kind)
        if len(self.kinds) == self._last:
            self._dead = True
            raise Killed

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

    sa.event.listen(sa.Engine, "commit", commit)
    sa.event.listen(sa.Engine, "begin", begin)
    BOUNDARIES.folder = office.folder
    BOUNDARIES.arm()
    try:
        yield BOUNDARIES
    finally:
        BOUNDARIES.folder = None
        sa.event.remove(sa.Engine, "commit", commit)
        sa.event.remove(sa.Engine, "begin", begin)
