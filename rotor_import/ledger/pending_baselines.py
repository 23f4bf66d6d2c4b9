"""The baselines that a snapshot has of customers with a pending change, kept from one acknowledgement to the next.

Each acknowledgement asks for one customer's, and reading the part of the snapshot that has them takes longer than all
the rest of it. So those of all customers are kept who come next, and read again where the part was written anew.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.snapshots import Snapshot
from rotor_import.model import baselines as frames
from rotor_import.model.three_way import Baseline

_MOST = 10_000
"""How many customers are read ahead."""
_OUTBOX = schema.outbox
_NEXT = (
    sa.select(_OUTBOX.c.customer)
    .where(_OUTBOX.c.account == sa.bindparam("of_account"), _OUTBOX.c.feed == sa.bindparam("of_feed"))
    .order_by(_OUTBOX.c.number)
    .limit(_MOST)
)
_NOTHING: Mapping[str, Baseline] = {}

_Part = tuple[int, str, int]


class PendingBaselines:
    """What was read of each part, beside the checksum that it had. Used under the ledger's lock."""

    def __init__(self) -> None:
        self._known: dict[_Part, tuple[bytes, dict[str, Mapping[str, Baseline]]]] = {}

    def of(self, tx: sa.Connection, snapshot: Snapshot, number: int, customer: str) -> Mapping[str, Baseline]:
        """The customer's baselines in this part of a feed's snapshot."""
        part, checksum = (snapshot.account, snapshot.feed, number), snapshot.checksum(tx, number)
        known = self._known.get(part)
        if known is None or known[0] != checksum or customer not in known[1]:
            upcoming = [*tx.scalars(_NEXT, {"of_account": snapshot.account, "of_feed": snapshot.feed}), customer]
            some = pl.Series(upcoming, dtype=pl.String).implode()
            found = frames.baselines(snapshot.part(tx, number, pl.col("customer").is_in(some)))
            # Whoever is in another part is not asked for here.
            known = self._known[part] = checksum, {customer: _NOTHING, **found}
        return known[1][customer]
