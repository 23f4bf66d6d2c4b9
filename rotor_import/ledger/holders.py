"""Who holds an account: noted in the ledger by each holder, and told to whoever comes second."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.model.clock import in_words

BUSY = "Another run is sending to this account"
WAIT = "Wait until it has finished, then try again."


@dataclass(frozen=True)
class Holder:
    """The process that holds an account. `since` is in seconds since the epoch, 0 if nobody knows."""

    machine: str
    process: int
    since: float

    @classmethod
    def me(cls, since: float) -> Holder:
        return cls(socket.gethostname(), os.getpid(), since)

    def row(self, account: int) -> dict[str, str]:
        """As it is kept in the table `meta`. The lock says whether it still holds; this only says who."""
        return {"name": _name(account), "value": json.dumps(vars(self))}

    def __str__(self) -> str:
        where = "this computer" if self.is_here else self.machine
        return f"process {self.process} on {where}{f', since {in_words(self.since)}' if self.since else ''}"

    @property
    def is_here(self) -> bool:
        return self.machine == socket.gethostname()


def holder_of(tx: sa.Connection, account: int) -> Holder | None:
    """Who took the account last, if that is known."""
    found = tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == _name(account)))
    try:
        return Holder(**json.loads(str(found))) if found else None
    except (ValueError, TypeError):
        return None


def words(holder: Holder | None, advice: str) -> str:
    """What to tell whoever comes second."""
    return f"{BUSY}{f': {holder}' if holder else ''}. {WAIT}{f' {advice}' if advice else ''}"


def _name(account: int) -> str:
    return f"holder-{account}"
