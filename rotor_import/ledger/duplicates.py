"""The pairs of people that a feed's imports asked about, and what was said about each."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.store import Ledger
from rotor_import.model.duplicates import AskedPair

_TABLE = schema.duplicates


class AskedPairs:
    """The pairs of one feed of one account."""

    def __init__(self, ledger: Ledger, account: int, feed: str) -> None:
        self._ledger = ledger
        self._scope = {"account": account, "feed": feed}

    def all(self) -> tuple[AskedPair, ...]:
        columns = (_TABLE.c[name] for name in AskedPair.__dataclass_fields__)
        query = sa.select(*columns).filter_by(**self._scope).order_by(_TABLE.c.question)
        with self._ledger.atomic() as tx:
            return tuple(AskedPair(*row) for row in tx.execute(query))

    def save(self, tx: sa.Connection, pairs: Sequence[AskedPair]) -> None:
        """In the caller's transaction. What is settled is not asked about, and so not saved as open again."""
        self._ledger.upsert(tx, _TABLE, [self._scope | vars(pair) for pair in pairs])
