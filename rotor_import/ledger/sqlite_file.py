"""A ledger in an SQLite file, for the runs of one machine."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.util import LRUCache

from rotor_import.errors import AccountBusy, LedgerError
from rotor_import.files import create_private, make_private
from rotor_import.ledger.backends import Fence, upserting, words_of
from rotor_import.ledger.codec import written
from rotor_import.ledger.holders import BUSY, Holder
from rotor_import.ledger.prepared import Prepared, carry_out

_OTHERS = 0o077
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
"""Every ledger of a process uses the same library, so each statement is compiled once."""


class SqliteFile:
    """A file, by its only name: two names for one file would have two locks, and two journals."""

    reading: Mapping[str, Any] = MappingProxyType({"only_looks": True})

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        try:
            self.path = path.resolve()
        except (OSError, RuntimeError):
            raise LedgerError(_circle(self.name)) from None

    def engine(self) -> sa.Engine:
        """Raises OSError, and LedgerError for a file with two names."""
        try:
            make_private(self.path.parent)
            create_private(self.path)
            names = self.path.stat().st_nlink
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise LedgerError(_circle(self.name)) from None
            raise
        if names > 1:
            raise LedgerError(
                f"The ledger {self.name} has {names} names (hard links), and SQLite can lose data in such files. "
                "Delete the other names, or copy the file and use the copy."
            )
        arguments = {"check_same_thread": False, "timeout": PATIENCE}
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self.path)),
            connect_args=arguments,
            execution_options={"compiled_cache": _COMPILED},
            json_serializer=written,
        )
        sa.event.listen(engine, "connect", _configure)
        sa.event.listen(engine, "begin", _begin_immediate)
        return engine

    def upsert(self, table: sa.Table, columns: tuple[str, ...], *, replacing: bool = True) -> Prepared:
        return upserting(sqlite.insert, table, columns, replacing=replacing)

    def keep_copy(self, version: int) -> None:
        """In a file beside it, which only its owner can read. Raises OSError."""
        copy = self.path.with_name(f"{self.path.name}.v{version}")
        copy.unlink(missing_ok=True)
        create_private(copy)
        try:
            with closing(sqlite3.connect(self.path)) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)
        except sqlite3.Error as error:
            raise OSError(*error.args) from error

    @contextmanager
    def hold(self, account: int, engine: sa.Engine) -> Iterator[Fence | None]:  # noqa: ARG002 - PostgreSQL needs it
        """A lock of the operating system beside the file. A process has it until it ends, so no fence is needed."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - only sending needs it, and it loads asyncio

        path = self.path.with_name(f"{self.path.name}.account-{account}.lock")
        lock = FileLock(path, mode=0o600, fallback_to_soft=False)  # a soft lock would outlive a crash
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise AccountBusy(BUSY) from None
        except (OSError, NotImplementedError) as error:
            why = getattr(error, "strerror", None) or "this drive doesn't support locks"
            raise LedgerError(
                f"Can't lock the ledger: {path} ({why}). Keep the ledger in a folder of your own on a local "
                "disk; to share it between machines, use PostgreSQL."
            ) from None
        try:
            yield None
        finally:
            lock.release()

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Nothing to do: every transaction has the only write lock from its beginning."""

    def advice(self, account: int, holder: Holder | None, engine: sa.Engine) -> str:  # noqa: ARG002 - PostgreSQL's
        """The lock is the operating system's, so on one computer it never outlives its process."""
        if holder is None or holder.is_here:
            return ""
        return (
            f"The ledger's file is shared with {holder.machine}. If that computer is off, the file server "
            "releases its lock after a while. To share a ledger between machines, use PostgreSQL."
        )

    def told(self, error: Exception) -> str:
        return words_of(error)

    def warnings(self) -> list[str]:
        if os.name != "posix" or not self.path.stat().st_mode & _OTHERS:
            return []
        return [
            f"Other users of this computer can read it, and it contains customers. Protect it: chmod 600 {self.path}"
        ]

    def faults(self, tx: sa.Connection) -> list[str]:
        found = [str(row[0]) for row in tx.exec_driver_sql("PRAGMA integrity_check(20)")]
        orphans = tx.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
        return [
            *(f"SQLite says: {line}." for line in found if line != "ok"),
            *(f"A row of {row[0]} belongs to a row of {row[2]} that is missing." for row in orphans),
        ]

    def compact(self, engine: sa.Engine) -> str:
        """VACUUM writes the file anew, so there must be room for it twice, and nobody may be writing."""
        needed, free = self.size(engine), shutil.disk_usage(self.path.parent).free
        if free < 2 * needed:
            return f"it takes {2 * needed:,} free bytes on the disk, which has only {free:,}"
        with closing(engine.raw_connection()) as connection:
            try:
                connection.execute("VACUUM")
                with suppress(sqlite3.Error):  # a reader may keep the journal; the next writer empties it
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
            except sqlite3.Error as error:
                return str(error)
        return ""

    def size(self, engine: sa.Engine) -> int:  # noqa: ARG002 - PostgreSQL needs it
        journal = self.path.with_name(f"{self.path.name}-wal")
        return self.path.stat().st_size + (journal.stat().st_size if journal.exists() else 0)


def _circle(name: str) -> str:
    return f"The ledger {name} can't be opened: its symbolic links form a loop. Correct them, or the path."


def _configure(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate alone
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: sa.Connection) -> None:
    """Take the write lock at once: a transaction that read first might fail to get it later."""
    only_looks = connection.get_execution_options().get("only_looks")
    carry_out(connection, "BEGIN" if only_looks else "BEGIN IMMEDIATE")
