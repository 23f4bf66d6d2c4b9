"""The accounts that keys open, and the mirror: what is known of each account's customers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.frames import framed, text_of
from rotor_import.ledger.snapshots import Snapshot, completed, filled, shared, sliced
from rotor_import.ledger.store import Ledger
from rotor_import.model.fields import UNREADABLE_FIELDS, Values
from rotor_import.model.listed import KINDS

_FIELDS = pl.Struct(KINDS)
_COLUMNS = {"customer": pl.String, **KINDS}

# Made once, because making a statement takes longer than running it.
_ACKNOWLEDGED = sa.select(schema.mirror.c.customer, text_of(schema.mirror.c.fields)).where(
    schema.mirror.c.account == sa.bindparam("of_account")
)
_FIND = (
    sa.select(
        *(schema.accounts.c[name] for name in ("id", "base_url", "company")),
        schema.keys.c.scopes,
        schema.accounts.c.pulled_at,
    )
    .join_from(schema.keys, schema.accounts)
    .where(schema.keys.c.hash == sa.bindparam("of_hash"))
)


@dataclass(frozen=True)
class Account:
    """One company in Rotor. `pulled_at` is when its whole directory was last read, in seconds since the epoch."""

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
        """The hash includes the address, because the same key at another address is another key."""
        return hashlib.sha256(f"{self._salt}\n{base_url}\n{key}".encode()).hexdigest()

    def find(self, key_hash: str) -> Account | None:
        """The account of a key that was seen before."""
        with self._ledger.atomic() as tx:
            row = tx.execute(_FIND, {"of_hash": key_hash}).first()
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

    def forget(self, account: int) -> None:
        """Take away all that is known of an account, its keys and their requests too. The caller holds it."""
        runs = sa.select(schema.runs.c.id).where(schema.runs.c.account == account)
        hashes = sa.select(schema.keys.c.hash).where(schema.keys.c.account == account)
        with self._ledger.atomic() as tx:
            tx.execute(sa.delete(schema.requests).where(schema.requests.c.key_hash.in_(hashes)))
            for table in reversed(schema.metadata.sorted_tables):
                if table is schema.accounts:
                    tx.execute(sa.delete(table).where(table.c.id == account))
                elif "account" in table.c:
                    tx.execute(sa.delete(table).where(table.c.account == account))
                elif "run" in table.c:
                    tx.execute(sa.delete(table).where(table.c.run.in_(runs)))

    def mirror_frame(self, account: int) -> pl.DataFrame:
        """Every customer as Rotor last showed or acknowledged it: `customer`, and a column for each of FIELDS.

        Blank is null.
        """
        with self._ledger.atomic() as tx:
            shared(tx, account)
            newer = _acknowledged(tx, account)
            shown = Snapshot(account, "mirror").read(tx, _COLUMNS)
        if newer.is_empty():
            return shown
        return _overlaid(shown, newer.select("customer", pl.col("fields").str.json_decode(_FIELDS)).unnest("fields"))

    def mirrored(self, account: int) -> int:
        """How many customers the mirror has."""
        query = sa.select(schema.mirror.c.customer).where(schema.mirror.c.account == account)
        with self._ledger.atomic() as tx:
            shared(tx, account)
            shown, newer = Snapshot(account, "mirror"), pl.Series(tx.scalars(query).all(), dtype=pl.String)
            if newer.is_empty():
                return shown.lines(tx)
            known = shown.read(tx, {"customer": pl.String})
        return known.height + int((~newer.is_in(known.get_column("customer").implode())).sum())

    def acknowledged(self, account: int) -> pl.DataFrame:
        """Customers that Rotor acknowledged since the whole directory was last saved, as it acknowledged them."""
        with self._ledger.atomic() as tx:
            return _acknowledged(tx, account)

    def replace_mirror(self, account: int, customers: pl.DataFrame, pulled_at: float, before: pl.DataFrame) -> None:
        """Save a whole directory that was just read, in the columns of `mirror_frame`.

        `before` is what was `acknowledged` before it was read. Another program may have been sending meanwhile, and
        what Rotor acknowledged to that one is newer than the list.
        """
        with self._ledger.atomic() as tx:
            # Every transaction locks the account first; in different orders, two of them could block each other.
            update = sa.update(schema.accounts).where(schema.accounts.c.id == account)
            tx.execute(update.values(pulled_at=pulled_at))
            newer = _acknowledged(tx, account)
            newer = newer.join(before, on=before.columns, how="anti") if newer.height and before.height else newer
            tx.execute(sa.delete(schema.mirror).where(schema.mirror.c.account == account))
            rows = [{"account": account, "customer": name, "fields": json.loads(text)} for name, text in newer.rows()]
            self._ledger.upsert(tx, schema.mirror, rows)
            Snapshot(account, "mirror").replace(tx, sliced(customers))


def _acknowledged(tx: sa.Connection, account: int) -> pl.DataFrame:
    return framed(tx.execute(_ACKNOWLEDGED, {"of_account": account}), {"customer": pl.String, "fields": pl.String})


def _overlaid(shown: pl.DataFrame, newer: pl.DataFrame) -> pl.DataFrame:
    """The customers that Rotor showed, some of them replaced by what it acknowledged since.

    Their fields that it never shows stay as they were.
    """
    again = shown.get_column("customer").is_in(newer.get_column("customer").implode())
    hidden = sorted(UNREADABLE_FIELDS)
    before = shown.filter(again).select("customer", *(pl.col(name).alias(f"shown {name}") for name in hidden))
    both = newer.join(before, on="customer", how="left", maintain_order="left")
    newer = both.with_columns(pl.coalesce(name, f"shown {name}").alias(name) for name in hidden).select(shown.columns)
    parts = [filled(part) for part in (shown.filter(~again), newer) if part.height]
    return completed(pl.concat(parts, how="diagonal", rechunk=True), _COLUMNS)


def unreadable(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in UNREADABLE_FIELDS}
