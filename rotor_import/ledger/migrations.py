"""From the schema of an earlier version to this one's; each step adds, and none takes away."""

from __future__ import annotations

import sqlalchemy as sa

from rotor_import.ledger import schema

_DROPS = (  # versions 1 and 2 had none yet
    "CREATE TABLE IF NOT EXISTS drops (account INTEGER NOT NULL REFERENCES accounts (id), feed TEXT NOT NULL, "
    "sha256 TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, run TEXT NOT NULL REFERENCES runs (id), "
    "PRIMARY KEY (account, feed, sha256))"
)
STEPS = {
    1: (
        "ALTER TABLE accounts ADD COLUMN token INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE outbox ADD COLUMN lookalikes JSON",
    ),
    2: (
        "ALTER TABLE pins ADD COLUMN gone TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX attempts_by_end ON attempts (key_hash, coalesce(finished_at, expires_at))",
        "CREATE INDEX attempts_by_change ON attempts (change)",
        "CREATE INDEX outbox_by_followed ON outbox (account, follows)",
    ),
    3: (
        "ALTER TABLE pins ADD COLUMN decision TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE pins ADD COLUMN unmoved JSON NOT NULL DEFAULT '[]'",
    ),
    4: (),
    5: (_DROPS, "ALTER TABLE drops ADD COLUMN written_at FLOAT"),
}
"""By the version that each starts from; for SQLite and PostgreSQL alike. New tables are made after the last."""


def migrate(tx: sa.Connection, version: int) -> None:
    """Within one transaction: wholly or not at all."""
    for start in range(version, schema.VERSION):
        for statement in STEPS[start]:
            tx.exec_driver_sql(statement)
    schema.metadata.create_all(tx)
    where = schema.meta.c.name == "version"
    tx.execute(sa.update(schema.meta).where(where).values(value=str(schema.VERSION)))
