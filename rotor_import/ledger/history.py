"""What became of runs, counted in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.store import Ledger


@dataclass
class Tally:
    """The counts of one run: outcomes by state, changes in the outbox by state, requests by method."""

    outcomes: dict[str, int] = field(default_factory=dict)
    outbox: dict[str, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)


def tally(ledger: Ledger, runs: Sequence[str]) -> Mapping[str, Tally]:
    """A tally for each of these runs, even if it is empty."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    with ledger.atomic() as tx:
        for name, table, kind in (
            ("outcomes", schema.outcomes, schema.outcomes.c.state),
            ("outbox", schema.outbox, schema.outbox.c.state),
            ("requests", schema.requests, schema.requests.c.method),
        ):
            query = sa.select(table.c.run, kind, sa.func.count()).where(table.c.run.in_(runs))
            for run, word, count in tx.execute(query.group_by(table.c.run, kind)):
                getattr(tallies[run], name)[word] = count
    return {run: tallies[run] for run in runs}
