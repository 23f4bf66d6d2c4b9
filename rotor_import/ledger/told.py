"""The problems that a feed's runs have told already: rows that were rejected or held, and fields that were held."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.store import Ledger

_TABLE = schema.told


class ToldProblems:
    """The problems of one feed of one account, each a hash of what it is about and why."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._scope = {"account": account, "feed": feed}

    def all(self) -> frozenset[str]:
        with self._ledger.atomic() as tx:
            return frozenset(tx.scalars(sa.select(_TABLE.c.problem).filter_by(**self._scope)))

    def save(self, tx: sa.Connection, problems: Iterable[str], run: str) -> None:
        """In the caller's transaction; `run` is the newest one that tells them, with which they are forgotten."""
        self._ledger.upsert(tx, _TABLE, [self._scope | {"problem": one, "run": run} for one in sorted(set(problems))])
