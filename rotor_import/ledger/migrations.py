"""How a ledger gets its tables: all at once where it is empty, else by steps from an earlier version's schema.

Each step adds something; none removes anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import sqlalchemy as sa

from rotor_import.ledger import schema

STEPS: Mapping[int, Sequence[str]] = {
    1: (
        "ALTER TABLE requests ADD COLUMN recounted_at FLOAT",
        "ALTER TABLE keys ADD COLUMN recounted_at FLOAT",
        "ALTER TABLE outbox ADD COLUMN attempted JSON",
        "UPDATE requests SET account = (SELECT account FROM keys WHERE hash = key_hash) WHERE account IS NULL",
        "CREATE INDEX requests_by_run ON requests (run)",
    ),
    2: (),
    3: (),
    4: (),
}
"""For each version, the statements that lead to the next one, the same for SQLite and PostgreSQL.

A new `schema.VERSION` needs a step from the version before it. That step is empty if only tables are new, because
missing tables are created after the last step.
"""


def migrate(tx: sa.Connection, version: int) -> None:
    """Bring the ledger from `version` to the current one, in the caller's transaction: completely or not at all."""
    for start in range(version, schema.VERSION):
        for statement in STEPS[start]:
            tx.exec_driver_sql(statement)
    schema.metadata.create_all(tx)
    where = schema.meta.c.name == "version"
    tx.execute(sa.update(schema.meta).where(where).values(value=str(schema.VERSION)))


@cache
def statements(dialect: str) -> tuple[str, ...]:
    """What makes the tables in an empty database; worked out once, since that takes longer than to carry it out."""
    made: list[str] = []

    def keep(statement: sa.schema.ExecutableDDLElement, *_: object, **__: object) -> None:
        made.append(str(statement.compile(dialect=engine.dialect)))

    engine = sa.create_mock_engine(f"{dialect}://", keep)
    schema.metadata.create_all(engine, checkfirst=False)
    return tuple(made)
