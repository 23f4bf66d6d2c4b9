"""Opening the ledger, and the one door through which everything is read and written."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from rotor_import.errors import LedgerError
from rotor_import.ledger import schema
from rotor_import.ledger.backends import Fence, place_of
from rotor_import.ledger.migrations import migrate

Row = Mapping[str, Any]
Write = Callable[[sa.Connection], object]

_BATCH = 5_000


class Ledger:
    """`location` is an SQLite file's path or a postgresql:// URL. A context manager; threads may share it.

    Raises LedgerError.
    """

    def __init__(self, location: str) -> None:
        self._place = place_of(location)
        self._lock = threading.RLock()
        self._fence: Fence | None = None
        self._holding = False
        self._due: list[Write] = []
        self._due_lock = threading.Lock()
        try:
            self._engine = self._place.engine()
            with ExitStack() as undo:
                undo.callback(self._engine.dispose)
                self._settle_schema()
                undo.pop_all()
        except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise LedgerError(
                f"The ledger {self._place.name} cannot be opened: {_words(error)}. "
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
        """One transaction, durable when the block ends, undone if it raises.

        What is due `soon` goes first. Raises LedgerError, and AccountBusy where this process held the account
        and holds it no more.
        """
        with self._lock:
            with self._due_lock:
                due = tuple(self._due)
            try:
                with self._engine.begin() as connection:
                    if self._fence is not None:
                        self._fence(connection)
                    for write in due:
                        write(connection)
                    yield connection
            except sa.exc.DBAPIError as error:
                raise LedgerError(f"The ledger {self._place.name} cannot be used: {_words(error)}.") from None
            with self._due_lock:
                del self._due[: len(due)]

    def soon(self, write: Write) -> None:
        """Write it with the next transaction, whatever that is for; at once where this process holds no account.

        Each request then costs one durable transaction: what became of those before it goes with its own intent.
        A crash in between is one before the write: the request has no outcome, and the next run doubts it.
        """
        with self._due_lock:
            self._due.append(write)
        if not self._holding:
            self.flush()

    def flush(self) -> None:
        """Make durable what is due."""
        if self._due:
            with self.atomic():
                pass

    @contextmanager
    def hold(self, account: int) -> Iterator[None]:
        """Be the account's only drainer until the block, or the process, ends. Raises AccountBusy."""
        with self._place.hold(account, self._engine) as fence:
            self._fence, self._holding = fence, True
            try:
                yield
                self.flush()
            finally:
                # What an error left undone may not be written without the fence; the next run doubts it.
                with self._due_lock:
                    self._due.clear()
                self._fence, self._holding = None, False

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Let no other transaction past this for the same name until this one ends."""
        self._place.serialize(tx, name)

    def upsert(self, tx: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert, or replace what has the same primary key."""
        if not rows:
            return
        statement = _upsert(tx.dialect.name, table, tuple(rows[0]))
        for start in range(0, len(rows), _BATCH):
            tx.execute(statement, [dict(row) for row in rows[start : start + _BATCH]])

    @property
    def salt(self) -> str:
        with self.atomic() as tx:
            return str(tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "salt")))

    def _settle_schema(self) -> None:
        with self._engine.begin() as tx:
            self._place.serialize(tx, "schema")
            found = self._version(tx)
            if found is None:
                self._create(tx)
            elif 1 <= found < schema.VERSION:
                self._place.keep_copy(found)  # while nobody else can migrate it: it is one of the old version
                migrate(tx, found)
            elif found != schema.VERSION:
                raise LedgerError(
                    f"The ledger {self._place.name} was written by a newer version of rotor-import (its schema is "
                    f"{found}, this program's is {schema.VERSION}). Use that version, or another ledger with --ledger."
                )

    @staticmethod
    def _version(tx: sa.Connection) -> int | None:
        if not sa.inspect(tx).has_table("meta"):
            return None
        found = tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "version"))
        return None if found is None else int(found)

    @staticmethod
    def _create(tx: sa.Connection) -> None:
        schema.metadata.create_all(tx, checkfirst=False)
        version, salt = str(schema.VERSION), secrets.token_hex(16)
        rows = [{"name": "version", "value": version}, {"name": "salt", "value": salt}]
        tx.execute(sa.insert(schema.meta), rows)


@cache
def _upsert(dialect: str, table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
    """Made once: making it takes longer than carrying it out."""
    statement = _postgresql_insert(table) if dialect == "postgresql" else sqlite.insert(table)
    primary = [column.name for column in table.primary_key]
    rest = {name: statement.excluded[name] for name in columns if name not in primary}
    if not rest:
        return statement.on_conflict_do_nothing(index_elements=primary)
    return statement.on_conflict_do_update(index_elements=primary, set_=rest)


def _postgresql_insert(table: sa.Table) -> Any:
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - it takes long to load, and few ledgers need it

    return postgresql.insert(table)


def _words(error: Exception) -> str:
    """The database's own words, without the statement, its parameters or a password."""
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0] if str(cause) else type(cause).__name__
