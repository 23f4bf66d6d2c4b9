"""What `sync` did with the files of an account's folders: when it looked, how that ended, and which files it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.runs import Drop, save_drops
from rotor_import.ledger.store import Ledger

VisitState = Literal["under way", "complete", "paused", "stopped", "killed"]
_VISITS, _DROPS, _RUNS = schema.visits, schema.drops, schema.runs
_NAMES, _ATTEMPTS, _FETCHED = schema.drop_names, schema.drop_attempts, schema.fetched


@dataclass(frozen=True)
class Visit:
    """A feed's last look into its folder.

    One that is `under way` has not ended yet, or was killed: it is `killed` if no run holds the account.
    """

    feed: str
    looked_at: float
    state: VisitState
    ended_at: float | None = None
    message: str = ""


@dataclass(frozen=True)
class Known:
    """A file that a sync is done with, and the run that took or superseded it.

    `at` is when that run began. `written_at` is when the file itself was last changed, None if that was not recorded.
    """

    feed: str
    sha256: str
    name: str
    state: str
    run: str
    at: float
    written_at: float | None


@dataclass(frozen=True)
class Attempt:
    """A file that a sync began to take and did not finish: `deaths` of its process were counted.

    `began_at` is when an attempt began that has not ended: it is under way, or its process died.
    """

    sha256: str
    name: str
    deaths: int = 0
    began_at: float | None = None


@dataclass(frozen=True)
class Fetched:
    """A remote file that stays where it is: the content and ETag that its address had when it was last fetched.

    `written_at` is when it was last changed, as far as the server said so.
    """

    address: str
    etag: str
    sha256: str
    written_at: float


class FileHistory:
    """The visits and files of one account."""

    def __init__(self, ledger: Ledger, account: int) -> None:
        self._ledger = ledger
        self._account = account

    def save(self, visit: Visit) -> None:
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, _VISITS, [{"account": self._account} | vars(visit)])

    def visits(self) -> list[Visit]:
        """The last visit of each feed."""
        columns = [_VISITS.c[name] for name in Visit.__dataclass_fields__]
        query = sa.select(*columns).where(_VISITS.c.account == self._account).order_by(_VISITS.c.feed)
        with self._ledger.atomic() as tx:
            return [Visit(**row) for row in tx.execute(query).mappings()]

    def known(self, feed: str) -> list[Known]:
        """The feed's files that are done with, those of the oldest run first."""
        columns = (_DROPS.c.feed, _DROPS.c.sha256, _DROPS.c.name, _DROPS.c.state, _DROPS.c.run, _DROPS.c.written_at)
        query = sa.select(*columns, _RUNS.c.started_at.label("at")).join(_RUNS, _DROPS.c.run == _RUNS.c.id)
        here = (_DROPS.c.account == self._account, _DROPS.c.feed == feed)
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.where(*here).order_by(_RUNS.c.started_at, _RUNS.c.id)).mappings()
            return [Known(**row) for row in rows]

    def not_taken(self, feed: str) -> list[float]:
        """When each content first came that a sync refused, or that a safeguard stopped."""
        here = (_RUNS.c.account == self._account, _RUNS.c.feed == feed)
        stopped = (*here, _RUNS.c.mode == "sync", _RUNS.c.state == "stopped")
        query = sa.select(_RUNS.c.started_at, _RUNS.c.files).where(*stopped).order_by(_RUNS.c.started_at.desc())
        with self._ledger.atomic() as tx:
            return list({file["sha256"]: at for at, files in tx.execute(query) for file in files}.values())

    def supersede(self, feed: str, drops: Sequence[Drop], run: str) -> None:
        """These files are done with, because the file of that run is newer."""
        with self._ledger.atomic() as tx:
            save_drops(self._ledger, tx, self._account, feed, run, drops)

    def mark_undone(self, tx: sa.Connection, feed: str, runs: Sequence[str], redone: Sequence[str]) -> None:
        """What these runs took counts as never taken, if it comes again; what is `redone` counts as taken again."""
        here = self._here(_DROPS, feed)
        undone = (*here, _DROPS.c.run.in_(redone), _DROPS.c.state == "undone")
        tx.execute(sa.update(_DROPS).where(*undone).values(state="taken"))
        mine = (*here, _DROPS.c.run.in_(runs), _DROPS.c.state == "taken")
        tx.execute(sa.update(_DROPS).where(*mine).values(state="undone"))

    def names(self, feed: str) -> set[tuple[str, str]]:
        """The content and the name of each file that is done with, under each name that it had."""
        with self._ledger.atomic() as tx:
            found = [
                tx.execute(sa.select(table.c.sha256, table.c.name).where(*self._here(table, feed)))
                for table in (_DROPS, _NAMES)  # a ledger of version 1 had only the first
            ]
            return {(str(sha256), str(name)) for rows in found for sha256, name in rows}

    def fetched(self, feed: str) -> list[Fetched]:
        columns = [_FETCHED.c[name] for name in Fetched.__dataclass_fields__]
        with self._ledger.atomic() as tx:
            rows = tx.execute(sa.select(*columns).where(*self._here(_FETCHED, feed))).mappings()
            return [Fetched(**row) for row in rows]

    def save_fetched(self, feed: str, fetched: Fetched) -> None:
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, _FETCHED, [{"account": self._account, "feed": feed} | vars(fetched)])

    def attempts(self, feed: str) -> list[Attempt]:
        columns = [_ATTEMPTS.c[name] for name in Attempt.__dataclass_fields__]
        query = sa.select(*columns).where(*self._here(_ATTEMPTS, feed))
        with self._ledger.atomic() as tx:
            return [Attempt(**row) for row in tx.execute(query).mappings()]

    def save_attempt(self, feed: str, attempt: Attempt) -> None:
        row = {"account": self._account, "feed": feed} | vars(attempt)
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, _ATTEMPTS, [row])

    def end_attempt(self, feed: str, sha256: str) -> None:
        """It ended in words, and its process lives."""
        this = (*self._here(_ATTEMPTS, feed), _ATTEMPTS.c.sha256 == sha256)
        with self._ledger.atomic() as tx:
            tx.execute(sa.update(_ATTEMPTS).where(*this).values(began_at=None))

    def forget_attempts(self, feed: str, sha256: str) -> None:
        this = (*self._here(_ATTEMPTS, feed), _ATTEMPTS.c.sha256 == sha256)
        with self._ledger.atomic() as tx:
            tx.execute(sa.delete(_ATTEMPTS).where(*this))

    def _here(self, table: sa.Table, feed: str) -> tuple[sa.ColumnElement[bool], ...]:
        return table.c.account == self._account, table.c.feed == feed
