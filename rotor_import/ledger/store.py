"""Opening the ledger, and the one door through which everything is read and written."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema

Row = Mapping[str, Any]

_BATCH = 5_000


class Ledger:
    """`path` is an SQLite file's. A context manager; threads may share it. Raises LedgerError."""

    def __init__(self, path: str) -> None:
        if "://" in path:
            raise LedgerError("A ledger on a database server is not supported yet. Give --ledger the path of a file.")
        self.path = Path(path)
        self._lock = threading.RLock()
        try:
            self._engine = self._sqlite(self.path)
            with self.atomic() as tx:
                self._settle_schema(tx)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise LedgerError(
                f"The ledger {self.path} cannot be opened: {_words(error)}. "
                "Give another with --ledger, or mend its place."
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def atomic(self) -> Iterator[sa.Connection]:
        """One transaction, durable when the block ends, undone if it raises."""
        with self._lock:
            try:
                with self._engine.begin() as connection:
                    yield connection
            except sa.exc.OperationalError as error:
                raise LedgerError(f"The ledger cannot be used: {_words(error)}") from None

    def upsert(self, tx: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert, or replace what has the same primary key."""
        if not rows:
            return
        dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table)
        primary = [column.name for column in table.primary_key]
        rest = {name: statement.excluded[name] for name in rows[0] if name not in primary}
        statement = (
            statement.on_conflict_do_update(index_elements=primary, set_=rest)
            if rest
            else statement.on_conflict_do_nothing(index_elements=primary)
        )
        for start in range(0, len(rows), _BATCH):
            tx.execute(statement, [dict(row) for row in rows[start : start + _BATCH]])

    @property
    def salt(self) -> str:
        with self.atomic() as tx:
            return str(tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "salt")))

    def _settle_schema(self, tx: sa.Connection) -> None:
        schema.metadata.create_all(tx)
        found = tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "version"))
        if found is None:
            version, salt = str(schema.VERSION), secrets.token_hex(16)
            rows = [{"name": "version", "value": version}, {"name": "salt", "value": salt}]
            tx.execute(sa.insert(schema.meta), rows)
        elif int(found) != schema.VERSION:
            raise LedgerError(
                f"The ledger was written by another version of rotor-import (its schema is {found}, this "
                f"program's is {schema.VERSION}). Use that version, or another ledger with --ledger."
            )

    def _sqlite(self, path: Path) -> sa.Engine:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        engine = sa.create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": 30.0})
        sa.event.listen(engine, "connect", _configure_sqlite)
        sa.event.listen(engine, "begin", _begin_immediate)
        return engine


def _words(error: Exception) -> str:
    """The database's own words, without the statement, its parameters or a password."""
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate alone
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: a transaction that reads first could not be carried out later."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
