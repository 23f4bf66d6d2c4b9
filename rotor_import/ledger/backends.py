"""The databases that can be a ledger: an SQLite file of one machine, or a PostgreSQL database that several share.

Everything in which they differ is in this file.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.util import LRUCache

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.ledger import schema
from rotor_import.ledger.codec import written

Fence = Callable[[sa.Connection], None]
"""Raises AccountBusy in a transaction of a process that no longer holds the account."""

_LOCKS = 0x726F746F
"""The first half of our advisory locks' names; the second is the account."""

PATIENCE = 30.0
"""Seconds to wait for another program that writes to the same file."""


class _Compiled(LRUCache[Any, Any]):
    """Statements that were compiled for one file serve every file: their keys differ only in the dialect object."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_without_dialect(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_without_dialect(key), value)


def _without_dialect(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Whatever else a key consists of stays in it."""
    return tuple(part for part in key if not isinstance(part, sa.Dialect))


_COMPILED = _Compiled(500)
"""For SQLite: every ledger of a process uses the same library, so each statement is compiled once."""

_BUSY = "Another run is sending to this account. Wait until it ends, then try again."
_TAKEN_OVER = (
    "Another machine took this account over while this one stood still. What was sent is in the ledger; "
    "the other run goes on with the rest."
)


class Backend(Protocol):
    """One ledger in one kind of database. `name` is for messages and holds no password."""

    name: str

    def engine(self) -> sa.Engine: ...

    def upsert(self, table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
        """A statement that inserts rows, or replaces these columns of the rows with the same primary key."""

    def keep_copy(self, version: int) -> None:
        """Save the ledger, which has this version, before it is migrated."""

    def hold(self, account: int, engine: sa.Engine) -> AbstractContextManager[Fence | None]:
        """Keep everybody else from holding the account until the block or the process ends. Raises AccountBusy."""

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Let no other transaction past this call for the same name until this one ends."""


class SqliteFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def engine(self) -> sa.Engine:
        """Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        arguments = {"check_same_thread": False, "timeout": PATIENCE}
        engine = sa.create_engine(
            f"sqlite:///{self.path}",
            connect_args=arguments,
            execution_options={"compiled_cache": _COMPILED},
            json_serializer=written,
        )
        sa.event.listen(engine, "connect", _configure)
        sa.event.listen(engine, "begin", _begin_immediate)
        return engine

    def upsert(self, table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
        return _upsert(sqlite.insert, table, columns)

    def keep_copy(self, version: int) -> None:
        """In a file beside it, which only its owner can read. Raises OSError."""
        copy = self.path.with_name(f"{self.path.name}.v{version}")
        os.close(os.open(copy, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            with closing(sqlite3.connect(self.path)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
        except sqlite3.Error as error:
            raise OSError(*error.args) from error

    @contextmanager
    def hold(self, account: int, engine: sa.Engine) -> Iterator[Fence | None]:  # noqa: ARG002 - PostgreSQL needs it
        """A lock of the operating system beside the file. A process has it until it ends, so no fence is needed."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only sending needs it, and it loads asyncio

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
        """Nothing to do: every transaction has the only write lock from its beginning."""


class PostgresDatabase:
    """A database that several machines share. `url` may hold a password, which no message repeats."""

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
            url = self._url.set(drivername="postgresql+psycopg")
            return sa.create_engine(url, pool_pre_ping=True, json_serializer=written)
        except ImportError:
            raise LedgerError("A ledger on PostgreSQL needs the extra: pip install 'rotor-import[postgres]'.") from None

    def upsert(self, table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - it loads slowly, and few ledgers need it

        return _upsert(postgresql.insert, table, columns)

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
                raise AccountBusy(_BUSY)
            try:
                token = _raise_token(engine, account)
                yield _fence(account, token)
            finally:
                _unlock(session, account)

    def serialize(self, tx: sa.Connection, name: str) -> None:
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def backend_of(location: str) -> Backend:
    """`location` is the path of a file or the URL of a database. Raises LedgerError."""
    return PostgresDatabase(location) if "://" in location else SqliteFile(Path(location))


def _raise_token(engine: sa.Engine, account: int) -> int:
    with engine.begin() as tx:
        update = sa.update(schema.accounts).where(schema.accounts.c.id == account)
        token = schema.accounts.c.token
        return int(tx.execute(update.values(token=token + 1).returning(token)).scalar_one())


def _fence(account: int, token: int) -> Fence:
    query = sa.select(schema.accounts.c.token).where(schema.accounts.c.id == account)

    def check(tx: sa.Connection) -> None:
        # A shared lock on the row, so that nobody can take over before this transaction ends.
        if tx.scalar(query.with_for_update(read=True)) != token:
            raise AccountBusy(_TAKEN_OVER)

    return check


def _unlock(session: sa.Connection, account: int) -> None:
    try:
        session.execute(sa.select(sa.func.pg_advisory_unlock(_LOCKS, account)))
    except sa.exc.DBAPIError:
        session.invalidate()  # the session was lost, and its lock with it


@cache
def _upsert(insert: Callable[[sa.Table], Any], table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
    """`insert` is the dialect's own. The statement is cached because making it takes longer than running it."""
    statement = insert(table)
    primary = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in columns if name not in primary}
    if others:
        return statement.on_conflict_do_update(index_elements=primary, set_=others)  # type: ignore[no-any-return]
    return statement.on_conflict_do_nothing(index_elements=primary)  # type: ignore[no-any-return]


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate alone
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: a transaction that read first might fail to get it later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
