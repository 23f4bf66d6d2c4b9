"""The ledger, opened, and the one door through which everything in it is read and written."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.ledger import schema
from rotor_import.ledger.backends import Backend, Fence
from rotor_import.ledger.holders import Holder, holder_of, words
from rotor_import.ledger.migrations import migrate, statements
from rotor_import.ledger.pending_baselines import PendingBaselines
from rotor_import.ledger.postgres import PostgresDatabase
from rotor_import.ledger.sqlite_file import SqliteFile
from rotor_import.model.location import database_of

Row = Mapping[str, Any]
Write = Callable[[sa.Connection], object]

_BATCH = 5_000


def backend_of(location: str) -> Backend:
    """`location` is the path of a file or the URL of a database. Raises LedgerError."""
    database = database_of(location)
    return SqliteFile(Path(location)) if database is None else PostgresDatabase(database)


class Ledger:
    """A context manager that threads may share. `location` is an SQLite file's path or a postgresql:// URL.

    Raises LedgerError.
    """

    def __init__(self, location: str) -> None:
        self._backend = backend_of(location)
        self._lock = threading.RLock()
        self._fence: Fence | None = None
        self._holding = False
        self._due: list[Write] = []
        self._due_lock = threading.Lock()
        self.pending_baselines = PendingBaselines()
        try:
            self._engine = self._backend.engine()
            with ExitStack() as undo:
                undo.callback(self._engine.dispose)
                self._settle_schema()
                undo.pop_all()
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise LedgerError(
                f"The ledger {self._backend.name} can't be opened: {self._backend.told(error)}. "
                "Correct the path, or choose another with --ledger."
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

        What is due `soon` is written first. Raises LedgerError, and AccountBusy if this process held the account
        and has lost it.
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
                raise LedgerError(
                    f"The ledger {self._backend.name} can't be used: {self._backend.told(error)}."
                ) from None
            with self._due_lock:
                del self._due[: len(due)]

    def soon(self, write: Write) -> None:
        """Write it in the next transaction, whatever that is for; at once if this process holds no account.

        So requests cost no durable transaction of their own: the one that announces them also writes the outcomes of
        those before. After a crash in between, those requests have no outcome, and the next run treats them as unknown.
        """
        with self._due_lock:
            self._due.append(write)
        if not self._holding:
            self.flush()

    def flush(self) -> None:
        """Write what is due."""
        if self._due:
            with self.atomic():
                pass

    @contextmanager
    def hold(self, account: int, since: float = 0.0) -> Iterator[None]:
        """Be the only one that sends to the account until the block or the process ends.

        `since` is the time now, for whoever comes second. Raises AccountBusy, which says who holds the account.
        """
        with ExitStack() as held:
            try:
                fence = held.enter_context(self._backend.hold(account, self._engine))
            except AccountBusy:
                raise AccountBusy(self._who_holds(account)) from None
            except sa.exc.DBAPIError as error:
                raise LedgerError(
                    f"The ledger {self._backend.name} can't be used: {self._backend.told(error)}."
                ) from None
            self._fence, self._holding = fence, True
            try:
                with self.atomic() as tx:
                    self.upsert(tx, schema.meta, [Holder.me(since).row(account)])
                yield
                self.flush()
            finally:
                # Without the fence, what an error left due must not be written; the next run treats it as unknown.
                with self._due_lock:
                    self._due.clear()
                self._fence, self._holding = None, False

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Let no other transaction past this for the same name until this one ends."""
        self._backend.serialize(tx, name)

    def upsert(self, tx: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
        """Insert the rows; one with the same primary key as a stored row replaces it."""
        if not rows:
            return
        statement = self._backend.upsert(table, tuple(rows[0]))
        for start in range(0, len(rows), _BATCH):
            statement.run_each(tx, rows[start : start + _BATCH])

    def insert(self, tx: sa.Connection, table: sa.Table, row: Row) -> bool:
        """Insert the row, unless one with the same primary key is stored; returns whether it was inserted."""
        return self._backend.upsert(table, tuple(row), replacing=False).run(tx, row) > 0

    def compact(self) -> str:
        """Give the room of what was deleted back to the disk; '' if that was done, else why not."""
        with self._lock:
            return self._backend.compact(self._engine)

    def size(self) -> int:
        """The bytes that the ledger takes."""
        return self._backend.size(self._engine)

    @property
    def salt(self) -> str:
        with self.atomic() as tx:
            return str(tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "salt")))

    def _who_holds(self, account: int) -> str:
        with self.atomic() as tx:
            holder = holder_of(tx, account)
        return words(holder, self._backend.advice(account, holder, self._engine))

    def _settle_schema(self) -> None:
        with self._engine.begin() as tx:
            self._backend.serialize(tx, "schema")
            found = self._version(tx)
            if found is None:
                self._create(tx)
            elif 1 <= found < schema.VERSION:
                # In this transaction, so that nobody else can migrate the ledger before it is copied.
                self._backend.keep_copy(found)
                migrate(tx, found)
            elif found != schema.VERSION:
                raise LedgerError(
                    f"The ledger {self._backend.name} was written by a newer version of rotor-import (its schema is "
                    f"{found}, this program's is {schema.VERSION}). Use that version, or choose another ledger with "
                    "--ledger."
                )

    @staticmethod
    def _version(tx: sa.Connection) -> int | None:
        if not sa.inspect(tx).has_table("meta"):
            return None
        found = tx.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == "version"))
        return None if found is None else int(found)

    @staticmethod
    def _create(tx: sa.Connection) -> None:
        for statement in statements(tx.dialect.name):
            tx.exec_driver_sql(statement)
        version, salt = str(schema.VERSION), secrets.token_hex(16)
        rows = [{"name": "version", "value": version}, {"name": "salt", "value": salt}]
        tx.execute(sa.insert(schema.meta), rows)
