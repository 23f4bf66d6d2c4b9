"""Where a ledger lies: an SQLite file of one machine, or a PostgreSQL database that several share."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.util import LRUCache

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.ledger import schema

Fence = Callable[[sa.Connection], None]
"""Raises AccountBusy in a transaction of somebody who holds the account no more."""

_LOCKS = 0x726F746F
"""The first half of our advisory locks' names; the second is the account."""

PATIENCE = 30.0
"""Seconds to wait for another program that writes to the same file."""


class _Compiled(LRUCache[Any, Any]):
    """Statements compiled for one ledger's file serve those of all: of their keys only the dialect is another."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_without_dialect(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_without_dialect(key), value)


def _without_dialect(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Nothing else is ever taken from a key, however it is made up."""
    return tuple(part for part in key if not isinstance(part, sa.Dialect))


_COMPILED = _Compiled(500)
"""For SQLite, which is the same library for every ledger of a process; each statement is compiled once."""

_BUSY = "Another run is sending to this account. Wait until it ends, then try again."
_TAKEN_OVER = (
    "Another machine took this account over while this one stood still. What was sent is in the ledger; "
    "the other run goes on with the rest."
)


class Place(Protocol):
    """`name` is for messages, and holds no password."""

    name: str

    def engine(self) -> sa.Engine: ...

    def keep_copy(self, version: int) -> None:
        """Before a ledger of that version is migrated, beside it."""

    def hold(self, account: int, engine: sa.Engine) -> AbstractContextManager[Fence | None]:
        """Until it ends, or the process does, nobody else holds the account. Raises AccountBusy."""

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Until the transaction ends, no other one gets past this for the same name."""


class SqliteFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def engine(self) -> sa.Engine:
        """Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        arguments = {"check_same_thread": False, "timeout": PATIENCE}
        options = {"compiled_cache": _COMPILED}
        engine = sa.create_engine(f"sqlite:///{self.path}", connect_args=arguments, execution_options=options)
        sa.event.listen(engine, "connect", _configure)
        sa.event.listen(engine, "begin", _begin_immediate)
        return engine

    def keep_copy(self, version: int) -> None:
        copy = self.path.with_name(f"{self.path.name}.v{version}")
        os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        with closing(sqlite3.connect(self.path)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)

    @contextmanager
    def hold(self, account: int, engine: sa.Engine) -> Iterator[Fence | None]:  # noqa: ARG002 - the other place needs it
        """An OS lock beside the file: only the end of its process can lose it, so no fence is needed."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only who sends needs it, and it loads asyncio

        lock = FileLock(self.path.with_name(f"{self.path.name}.account-{account}.lock"), mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise AccountBusy(_BUSY) from None
        try:
            yield None
        finally:
            lock.release()

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Every transaction has the only write lock already."""


class PostgresDatabase:
    """`url` may hold a password, which no message repeats."""

    def __init__(self, url: str) -> None:
        try:
            self._url = sa.make_url(url)
        except (sa.exc.ArgumentError, ValueError):
            raise LedgerError(
                "The ledger's URL cannot be read. It looks like postgresql://user@host/database."
            ) from None
        if self._url.get_backend_name() != "postgresql":
            raise LedgerError("A ledger is the path of a file, or a URL that begins with postgresql://.")
        self.name = self._url.render_as_string(hide_password=True)

    def engine(self) -> sa.Engine:
        try:
            return sa.create_engine(self._url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        except ImportError:
            raise LedgerError("A ledger on PostgreSQL needs the extra: pip install 'rotor-import[postgres]'.") from None

    def keep_copy(self, version: int) -> None:
        """A database has its own backups, and the migration is one transaction."""

    @contextmanager
    def hold(self, account: int, engine: sa.Engine) -> Iterator[Fence | None]:
        """An advisory lock of a session of its own, which ends with it, and a token that each holder raises.

        The session may be lost while its holder stands still; the token tells it so when it wakes.
        """
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            if not session.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCKS, account))):
                raise AccountBusy(_BUSY)
            try:
                token = _raise_token(engine, account)
                yield _fence(account, token)
            finally:
                _unlock(session, account)

    def serialize(self, tx: sa.Connection, name: str) -> None:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def place_of(location: str) -> Place:
    """Raises LedgerError."""
    return PostgresDatabase(location) if "://" in location else SqliteFile(Path(location))


def _raise_token(engine: sa.Engine, account: int) -> int:
    with engine.begin() as tx:
        update = sa.update(schema.accounts).where(schema.accounts.c.id == account)
        token = schema.accounts.c.token
        return int(tx.execute(update.values(token=token + 1).returning(token)).scalar_one())


def _fence(account: int, token: int) -> Fence:
    query = sa.select(schema.accounts.c.token).where(schema.accounts.c.id == account)

    def check(tx: sa.Connection) -> None:
        # Shared, so that nobody can take over before this transaction ends.
        if tx.scalar(query.with_for_update(read=True)) != token:
            raise AccountBusy(_TAKEN_OVER)

    return check


def _unlock(session: sa.Connection, account: int) -> None:
    try:
        session.execute(sa.select(sa.func.pg_advisory_unlock(_LOCKS, account)))
    except sa.exc.DBAPIError:
        session.invalidate()  # it was lost, and its lock with it


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate alone
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: a transaction that reads first could not be carried out later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
