"""From the schema of an earlier version to this one's; each step adds, and none takes away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from rotor_import.ledger import schema

STEPS: Mapping[int, Sequence[str]] = {}
"""Statements by the version that each step starts from, for SQLite and PostgreSQL alike.

Raising `schema.VERSION` takes a step for the version before it, empty where only tables are new: those are made
after the last step.
"""


def migrate(tx: sa.Connection, version: int) -> None:
    """Bring the ledger from `version` to the present one within one transaction: wholly or not at all."""
    for start in range(version, schema.VERSION):
        for statement in STEPS[start]:
            tx.exec_driver_sql(statement)
    schema.metadata.create_all(tx)
    where = schema.meta.c.name == "version"
    tx.execute(sa.update(schema.meta).where(where).values(value=str(schema.VERSION)))
