"""What the tables of the ledger are made of: one schema for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()


def of_account() -> sa.Column[int]:
    return sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True)


def text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False, default="")
