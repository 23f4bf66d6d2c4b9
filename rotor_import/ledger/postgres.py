"""A ledger in a PostgreSQL database, which several machines share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.ledger import schema
from rotor_import.ledger.backends import Fence, upserting, words_of
from rotor_import.ledger.codec import written
from rotor_import.ledger.holders import BUSY, Holder
from rotor_import.ledger.prepared import Prepared
from rotor_import.model.location import Database

_LOCKS = 0x726F746F
"""The first half of our advisory locks' names; the second is the account."""

_KEEPALIVE = {"tcp_keepalives_idle": "60", "tcp_keepalives_interval": "15", "tcp_keepalives_count": "4"}
"""After two minutes without a sign of life from a machine, the server ends its session, and its lock with it."""

_HOLDS = sa.text(
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = :locks AND objid = :account "
    "AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_KEEP_ALIVE = sa.select(*(sa.func.set_config(name, value, False) for name, value in _KEEPALIVE.items()))
_NAME = sa.bindparam("name", type_=sa.Text)
_SERIALIZE = Prepared(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(_NAME, 0))))
_TOKEN = Prepared(
    sa.select(schema.accounts.c.token)
    .where(schema.accounts.c.id == sa.bindparam("of_account"))
    .with_for_update(read=True)  # nobody can take over before this transaction ends
)
_TAKEN_OVER = (
    "Another machine took over this account while this one was paused. What was sent is in the ledger; "
    "the other run continues with the rest."
)


class PostgresDatabase:
    """A database that several machines share."""

    reading: Mapping[str, Any] = MappingProxyType({"isolation_level": "REPEATABLE READ"})

    def __init__(self, database: Database) -> None:
        self._database = database
        self.name = str(database)

    def engine(self) -> sa.Engine:
        base = self._database
        url = sa.URL.create(
            "postgresql+psycopg",
            username=base.user or None,
            password=base.password or None,
            host=base.host or None,
            port=base.port,
            database=base.name or None,
            query={name: values if len(values) > 1 else values[0] for name, values in base.query.items()},
        )
        try:
            return sa.create_engine(url, pool_pre_ping=True, json_serializer=written)
        except ImportError:
            raise LedgerError(
                "A ledger on PostgreSQL needs an extra package: pip install 'rotor-import[postgres]'"
            ) from None

    def upsert(self, table: sa.Table, columns: tuple[str, ...], *, replacing: bool = True) -> Prepared:
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - it loads slowly, and few ledgers need it

        return upserting(postgresql.insert, table, columns, replacing=replacing)

    def keep_copy(self, version: int) -> None:
        """Nothing to do: such a database has its own backups, and the migration is one transaction."""

    @contextmanager
    def hold(self, account: int, engine: sa.Engine) -> Iterator[Fence | None]:
        """An advisory lock in a session of its own, and a token that each holder of the account raises.

        The lock ends with the session, which may be lost while its process stands still. When the process wakes, the
        token tells it whether somebody else has held the account since.
        """
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            if not session.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCKS, account))):
                raise AccountBusy(BUSY)
            try:
                session.execute(_KEEP_ALIVE)
                token = _raise_token(engine, account)
                yield _fence(account, token)
            finally:
                _unlock(session, account)

    def serialize(self, tx: sa.Connection, name: str) -> None:
        _SERIALIZE.first(tx, {"name": name})

    def advice(self, account: int, holder: Holder | None, engine: sa.Engine) -> str:
        """A session's lock ends once the server knows that its machine is gone, which it may learn late."""
        with engine.begin() as tx:
            session = tx.scalar(_HOLDS, {"locks": _LOCKS, "account": account})
        if session is None:
            return ""
        where = f"{holder.machine} " if holder and not holder.is_here else "that computer "
        return (
            f"If {where}is off or has lost its connection, PostgreSQL releases its lock within a few minutes; "
            f"to release it now: SELECT pg_terminate_backend({session})"
        )

    def told(self, error: Exception) -> str:
        return self._database.hide(words_of(error))

    def warnings(self) -> list[str]:
        return []

    def faults(self, tx: sa.Connection) -> list[str]:  # noqa: ARG002 - SQLite's own
        """Nothing to ask: PostgreSQL checks its pages as it reads them, and enforces its foreign keys."""
        return []

    def compact(self, engine: sa.Engine) -> str:  # noqa: ARG002 - SQLite's own
        return "PostgreSQL's autovacuum does this by itself"

    def size(self, engine: sa.Engine) -> int:
        tables = [f"pg_total_relation_size('{name}')" for name in schema.metadata.tables]
        with engine.begin() as tx:
            return int(tx.exec_driver_sql(f"SELECT {' + '.join(tables)}").scalar_one())


def _raise_token(engine: sa.Engine, account: int) -> int:
    with engine.begin() as tx:
        update = sa.update(schema.accounts).where(schema.accounts.c.id == account)
        token = schema.accounts.c.token
        return int(tx.execute(update.values(token=token + 1).returning(token)).scalar_one())


def _fence(account: int, token: int) -> Fence:
    def check(tx: sa.Connection) -> None:
        if _TOKEN.first(tx, {"of_account": account}) != (token,):
            raise AccountBusy(_TAKEN_OVER)

    return check


def _unlock(session: sa.Connection, account: int) -> None:
    try:
        session.execute(sa.select(sa.func.pg_advisory_unlock(_LOCKS, account)))
    except sa.exc.DBAPIError:
        session.invalidate()  # the session was lost, and its lock with it
