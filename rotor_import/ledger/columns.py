"""The columns that many tables of the ledger have."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()


def of_account() -> sa.Column[int]:
    return sa.Column("account", sa.Integer, sa.ForeignKey("accounts.id"), primary_key=True)


def text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False, default="")
