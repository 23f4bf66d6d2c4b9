"""What a database has to do to be a ledger: everything in which an SQLite file and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from rotor_import.ledger.holders import Holder
from rotor_import.ledger.prepared import Prepared

Fence = Callable[[sa.Connection], None]
"""Raises AccountBusy in a transaction of a process that no longer holds the account."""


class Backend(Protocol):
    """One ledger in one kind of database. `name` is for messages and holds no password."""

    name: str
    reading: Mapping[str, Any]
    """Execution options of a connection that only looks, and keeps nobody from writing."""

    def engine(self) -> sa.Engine: ...

    def upsert(self, table: sa.Table, columns: tuple[str, ...], *, replacing: bool = True) -> Prepared:
        """A statement that inserts rows. One that is stored with the same primary key gets these columns, or stays."""

    def keep_copy(self, version: int) -> None:
        """Save the ledger, which has this version, before it is migrated."""

    def hold(self, account: int, engine: sa.Engine) -> AbstractContextManager[Fence | None]:
        """Keep everybody else from holding the account until the block or the process ends. Raises AccountBusy."""

    def serialize(self, tx: sa.Connection, name: str) -> None:
        """Let no other transaction past this call for the same name until this one ends."""

    def advice(self, account: int, holder: Holder | None, engine: sa.Engine) -> str:
        """What to do if whoever holds the account is not there anymore, '' if there is nothing to say."""

    def faults(self, tx: sa.Connection) -> list[str]:
        """What the database's own checks find wrong with it, in its words."""

    def warnings(self) -> list[str]:
        """What is no damage, but ought to be otherwise."""

    def told(self, error: Exception) -> str:
        """The database's words about an error, in one line, without the statement, its parameters, or a password."""

    def compact(self, engine: sa.Engine) -> str:
        """Give the room of deleted rows back to the disk; '' if that was done, else why not."""

    def size(self, engine: sa.Engine) -> int:
        """The bytes that it takes."""


def words_of(error: Exception) -> str:
    """One line about an error of a database or a file, without the statement and its parameters."""
    cause = getattr(error, "orig", None) or error
    told = getattr(cause, "strerror", None) or str(cause)
    return told.splitlines()[0] if told else type(cause).__name__


@cache
def upserting(
    insert: Callable[[sa.Table], Any], table: sa.Table, columns: tuple[str, ...], *, replacing: bool
) -> Prepared:
    """`insert` is the dialect's own. The statement is cached because making it takes longer than running it."""
    statement = insert(table)
    primary = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in columns if name not in primary}
    if others and replacing:
        return Prepared(statement.on_conflict_do_update(index_elements=primary, set_=others), columns)
    return Prepared(statement.on_conflict_do_nothing(index_elements=primary), columns)
