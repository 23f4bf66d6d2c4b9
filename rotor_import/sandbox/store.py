"""The sandbox's state in one SQLite file: its customers, and a log of all requests."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from rotor_import.sandbox.customer_fields import FIELDS

_MIGRATIONS = (
    """
    CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS customers (
        number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, created_at TEXT NOT NULL,
        phone_key TEXT NOT NULL, email_key TEXT NOT NULL, archived INTEGER NOT NULL, fields TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS by_phone ON customers (phone_key);
    CREATE INDEX IF NOT EXISTS by_email ON customers (email_key);
    CREATE TABLE IF NOT EXISTS requests (
        number INTEGER PRIMARY KEY, at REAL NOT NULL, key TEXT NOT NULL,
        method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS by_key ON requests (key, at);
    """,
    """
    ALTER TABLE requests ADD COLUMN fault TEXT NOT NULL DEFAULT '';
    ALTER TABLE requests ADD COLUMN counted INTEGER NOT NULL DEFAULT 1;
    UPDATE requests SET counted = 0 WHERE status = 429;
    """,
)
"""Each script brings a file from one version to the next; SQLite's user_version counts them."""

Keys = Callable[[Mapping[str, Any]], tuple[str, str]]
"""Gives a customer's phone and email as the server compares them, '' if there is none."""


@dataclass(frozen=True)
class Request:
    """A request in the log.

    `at` is in seconds since the epoch. `key` is a hash of the API key. `status` is 0 if there was no answer. `fault` is
    what went wrong on purpose. `counted` is 1 if the quota counts the request, else 0.
    """

    at: float
    key: str
    method: str
    path: str
    status: int
    fault: str = ""
    counted: int = 1


class Store:
    """Customers and requests in a SQLite file, or in memory (':memory:'). Threads may share it. A context manager.

    `comparing` names the way in which `keys` compares. Unless `archived_match` is False, the phones and emails of
    archived customers are found too.
    """

    def __init__(self, path: str | Path, keys: Keys, *, comparing: str = "", archived_match: bool = True) -> None:
        self._keys = keys
        self._matching = "" if archived_match else "AND archived = 0"
        self._lock = threading.RLock()
        if str(path) != ":memory:":
            _make_private(Path(path))
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30.0)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._migrate()
        self._compare_as(comparing)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """One request at a time, whole or not at all."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @property
    def company_id(self) -> str:
        return self.meta("company_id", "")

    def meta(self, name: str, default: str) -> str:
        with self._lock:
            row = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def set_meta(self, name: str, value: str) -> None:
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def get(self, id_: str) -> dict[str, Any] | None:
        return self._one("WHERE id = ?", id_.lower())

    def by_phone(self, key: str) -> dict[str, Any] | None:
        """The oldest customer with this phone."""
        return self._one(f"WHERE phone_key = ? {self._matching} ORDER BY number", key) if key else None

    def by_email(self, key: str) -> dict[str, Any] | None:
        return self._one(f"WHERE email_key = ? {self._matching} ORDER BY number", key) if key else None

    def insert(self, customers: Iterable[Mapping[str, Any]]) -> list[str]:
        """Add customers as they are, without Rotor's rule; `id`, `created_at` and `archived` may be given."""
        rows = [self._row(customer) for customer in customers]
        with self._lock:
            self._db.executemany(
                "INSERT INTO customers (id, created_at, phone_key, email_key, archived, fields) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
        return [str(row[0]) for row in rows]

    def update(self, id_: str, fields: Mapping[str, Any]) -> None:
        """Replace all fields of the customer."""
        phone, email = self._keys(fields)
        text = json.dumps({name: fields[name] for name in FIELDS if fields.get(name) not in (None, "")})
        with self._lock:
            self._db.execute(
                "UPDATE customers SET phone_key = ?, email_key = ?, fields = ? WHERE id = ?",
                (phone, email, text, id_),
            )

    def delete(self, id_: str) -> None:
        with self._lock:
            self._db.execute("DELETE FROM customers WHERE id = ?", (id_,))

    def all(self, *, archived: bool = True) -> list[dict[str, Any]]:
        """All customers, in the order in which they were created."""
        where = "" if archived else "WHERE archived = 0"
        with self._lock:
            rows = self._db.execute(f"{_SELECT} {where} ORDER BY number").fetchall()
        return [_customer(row) for row in rows]

    def archive(self, id_: str) -> None:
        with self._lock:
            self._db.execute("UPDATE customers SET archived = 1 WHERE id = ?", (id_,))

    def slice(self, start: int, limit: int, *, archived: bool) -> tuple[list[dict[str, Any]], int]:
        """A page of customers from `start` on, and how many there are in all."""
        where = "" if archived else "WHERE archived = 0"
        with self._lock:
            total = self._db.execute(f"SELECT count(*) FROM customers {where}").fetchone()[0]  # noqa: S608 - constants
            query = f"{_SELECT} {where} ORDER BY number LIMIT ? OFFSET ?"
            rows = self._db.execute(query, (limit, start)).fetchall()
        return [_customer(row) for row in rows], int(total)

    def count(self, key: str, since: float) -> int:
        """How many requests of a key after a moment the quota counts."""
        query = "SELECT count(*) FROM requests WHERE key = ? AND at > ? AND counted"
        with self._lock:
            return int(self._db.execute(query, (key, since)).fetchone()[0])

    def log(self, request: Request) -> None:
        with self._lock:
            self._db.execute(
                "INSERT INTO requests (at, key, method, path, status, fault, counted) VALUES (?, ?, ?, ?, ?, ?, ?)",
                astuple(request),
            )

    def requests(self) -> list[Request]:
        with self._lock:
            query = "SELECT at, key, method, path, status, fault, counted FROM requests ORDER BY number"
            return [Request(*row) for row in self._db.execute(query)]

    def reset(self) -> tuple[int, int]:
        """Forget every customer, every request and how far the clock was moved: it is another company from now on.

        How many customers and requests there were comes back.
        """
        with self.atomic():
            comparing = self.meta("comparing", "")
            counts = [self._db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _FORGOTTEN]  # noqa: S608 - constants
            for name in (*_FORGOTTEN, "meta"):
                self._db.execute(f"DELETE FROM {name}")  # noqa: S608 - constants
            self.set_meta("company_id", str(uuid.uuid4()))
            self.set_meta("comparing", comparing)
        return int(counts[0]), int(counts[1])

    def _migrate(self) -> None:
        """Migrate in one transaction, so that two processes that open the file at once do it once."""
        with self.atomic():
            [version] = self._db.execute("PRAGMA user_version").fetchone()
            for script in _MIGRATIONS[version:]:
                for statement in script.split(";"):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
            self._db.execute("INSERT OR IGNORE INTO meta VALUES ('company_id', ?)", (str(uuid.uuid4()),))

    def _compare_as(self, comparing: str) -> None:
        """Compute all keys again if they were stored under another way of comparing."""
        with self.atomic():
            if self.meta("comparing", "") == comparing:
                return
            rows = [(*self._keys(customer), customer["id"]) for customer in self.all()]
            self._db.executemany("UPDATE customers SET phone_key = ?, email_key = ? WHERE id = ?", rows)
            self.set_meta("comparing", comparing)

    def _one(self, where: str, *values: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute(f"{_SELECT} {where} LIMIT 1", values).fetchone()
        return _customer(row) if row else None

    def _row(self, customer: Mapping[str, Any]) -> tuple[Any, ...]:
        phone, email = self._keys(customer)
        created = customer.get("created_at") or datetime(2026, 1, 1, tzinfo=UTC).isoformat()
        fields = {name: customer[name] for name in FIELDS if customer.get(name) not in (None, "")}
        id_ = customer.get("id") or str(uuid.uuid4())
        return id_, created, phone, email, int(bool(customer.get("archived"))), json.dumps(fields)


_SELECT = "SELECT id, created_at, fields FROM customers"
_FORGOTTEN = ("customers", "requests")


def _make_private(path: Path) -> None:
    """The file, and folders above it that are missing, so that only their owner can read them, whatever the umask."""
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(0o700, exist_ok=True)
        folder.chmod(0o700)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        path.chmod(0o600)


def _customer(row: tuple[str, str, str]) -> dict[str, Any]:
    """The customer with all fields; absent ones are null."""
    fields = json.loads(row[2])
    return {
        "id": row[0],
        **{name: fields.get(name) for name in FIELDS},
        "tags": fields.get("tags") or [],
        "created_at": row[1],
    }
