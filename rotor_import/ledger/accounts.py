"""Which account a key opens, and what of its customers is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.codec import values_from
from rotor_import.ledger.frames import framed, text_of
from rotor_import.ledger.store import Ledger
from rotor_import.model.fields import FIELDS, TAGS_FIELD, UNREADABLE_FIELDS, Values

_SLICE = 5_000


@dataclass(frozen=True)
class Account:
    """`pulled_at` is when the whole directory was last read, in seconds since the epoch."""

    id: int
    base_url: str
    company: str
    scopes: frozenset[str]
    pulled_at: float | None


class Accounts:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._salt = ledger.salt

    def key_hash(self, base_url: str, key: str) -> str:
        """The same key at another address is another key."""
        return hashlib.sha256(f"{self._salt}\n{base_url}\n{key}".encode()).hexdigest()

    def find(self, key_hash: str) -> Account | None:
        """The account of a key that was seen before."""
        keys, accounts = schema.keys.c, schema.accounts.c
        query = (
            sa.select(accounts.id, accounts.base_url, accounts.company, keys.scopes, accounts.pulled_at)
            .join_from(schema.keys, schema.accounts)
            .where(keys.hash == key_hash)
        )
        with self._ledger.atomic() as tx:
            row = tx.execute(query).first()
        return Account(row[0], row[1], row[2], frozenset(row[3]), row[4]) if row else None

    def remember(self, key_hash: str, base_url: str, company: str, scopes: Iterable[str]) -> None:
        accounts = schema.accounts.c
        with self._ledger.atomic() as tx:
            self._ledger.serialize(tx, "accounts")
            where = (accounts.base_url == base_url, accounts.company == company)
            account = tx.scalar(sa.select(accounts.id).where(*where))
            if account is None:
                statement = sa.insert(schema.accounts).values(base_url=base_url, company=company)
                account = tx.execute(statement.returning(accounts.id)).scalar_one()
            row = {"hash": key_hash, "account": account, "scopes": sorted(scopes)}
            self._ledger.upsert(tx, schema.keys, [row])

    def mirror(self, account: int) -> dict[str, Values]:
        """Every customer as Rotor last showed or acknowledged it."""
        query = sa.select(schema.mirror.c.customer, schema.mirror.c.fields)
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.where(schema.mirror.c.account == account)).all()
        return {customer: values_from(fields) for customer, fields in rows}

    def mirror_frame(self, account: int) -> pl.DataFrame:
        """The mirror as a frame: `customer`, and a column for each of FIELDS; blank is null."""
        query = sa.select(schema.mirror.c.customer, text_of(schema.mirror.c.fields))
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.where(schema.mirror.c.account == account))
            frame = framed(rows, {"customer": pl.String, "fields": pl.String})
        kinds = pl.Struct({name: pl.List(pl.String) if name == TAGS_FIELD else pl.String for name in FIELDS})
        return frame.select("customer", pl.col("fields").str.json_decode(kinds)).unnest("fields")

    def mirrored(self, account: int) -> int:
        """How many customers the mirror has."""
        query = sa.select(sa.func.count()).select_from(schema.mirror)
        with self._ledger.atomic() as tx:
            return int(tx.scalar(query.where(schema.mirror.c.account == account)) or 0)

    def replace_mirror(self, account: int, customers: pl.DataFrame, pulled_at: float) -> None:
        """Keep a whole directory that was just read, in the columns of `mirror_frame`."""
        table = schema.mirror
        with self._ledger.atomic() as tx:
            # The account first, as everybody does: two who took it and the customers crosswise would wait for ever.
            update = sa.update(schema.accounts).where(schema.accounts.c.id == account)
            tx.execute(update.values(pulled_at=pulled_at))
            tx.execute(sa.delete(table).where(table.c.account == account))
            for some in customers.iter_slices(_SLICE):
                rows = [
                    {"account": account, "customer": line.pop("customer"), "fields": _filled(line)}
                    for line in some.iter_rows(named=True)
                ]
                self._ledger.upsert(tx, table, rows)


def _filled(line: dict[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in line.items() if cell}


def unreadable(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in UNREADABLE_FIELDS}
