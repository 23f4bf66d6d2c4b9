"""Every request, written before it is sent and its outcome after: what the quota is counted from."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.quota_usage import DAY, Request, Used
from rotor_import.ledger.store import Ledger

_TABLE = schema.requests
_ENDED = sa.func.coalesce(_TABLE.c.finished_at, _TABLE.c.expires_at)

# Each request needs these: made once, for making them takes longer than carrying them out.
_KEY = sa.bindparam("of_key", type_=sa.Text)
_AFTER, _NOW = sa.bindparam("after", type_=sa.Float), sa.bindparam("now", type_=sa.Float)
_OF_DAY = (_TABLE.c.key_hash == _KEY, _ENDED > _AFTER)
_ENDS = sa.select(_ENDED).where(*_OF_DAY)
_BLOCKED = sa.select(schema.keys.c.blocked_until).where(schema.keys.c.hash == _KEY)
_STATE = sa.select(
    sa.select(sa.func.count()).select_from(_TABLE).where(*_OF_DAY).scalar_subquery(), _BLOCKED.scalar_subquery()
)
_INTEND = sa.insert(_TABLE).returning(_TABLE.c.id)
_END = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("of_id"))
    .values(
        # Times never run backwards here, so that a clock set back frees no slot early.
        finished_at=sa.case((_TABLE.c.started_at > _NOW, _TABLE.c.started_at), else_=_NOW),
        result=sa.bindparam("of_result"),
    )
)


class Requests:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def used(self, key_hash: str, now: float) -> Used:
        with self._ledger.atomic() as tx:
            return self._used(tx, key_hash, now)

    def reserve(self, request: Request, now: float, *, timeout: float, limit: int) -> int | Used:
        """Charge one attempt, or say what stands in the way: for all machines at once."""
        with self._ledger.atomic() as tx:
            self._ledger.serialize(tx, request.key_hash)
            day = {"of_key": request.key_hash, "after": now - DAY}
            count, blocked_until = tx.execute(_STATE, day).one()
            if count >= limit or (blocked_until or 0.0) > now:
                return self._used(tx, request.key_hash, now)
            row = {
                "key_hash": request.key_hash,
                "run": request.run,
                "change": request.change,
                "method": request.method,
                "path": request.path,
                "started_at": now,
                "expires_at": now + timeout,
            }
            return int(tx.execute(_INTEND, row).scalar_one())

    def settle(self, attempt: int, now: float, result: str) -> None:
        """A change whose request may have been carried out is marked in the outbox in the same breath."""
        ended = {"of_id": attempt, "now": now, "of_result": result}
        if result.startswith("2"):
            # Whoever asked is about to write what the answer means; until then the change counts as doubtful.
            self._ledger.soon(lambda tx: tx.execute(_END, ended))
            return
        with self._ledger.atomic() as tx:
            tx.execute(_END, ended)
            if _may_be_written(result):
                change = sa.select(_TABLE.c.change).where(_TABLE.c.id == attempt).scalar_subquery()
                _doubt(tx, schema.outbox.c.customer == change)

    def block(self, key_hash: str, until: float) -> None:
        """A 429 outranks the count."""
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, schema.keys, [{"hash": key_hash, "blocked_until": until}])

    def of_run(self, run: str) -> dict[str, int]:
        """Requests that a run has used, by method."""
        query = sa.select(_TABLE.c.method, sa.func.count()).where(_TABLE.c.run == run)
        with self._ledger.atomic() as tx:
            return {str(row[0]): int(row[1]) for row in tx.execute(query.group_by(_TABLE.c.method))}

    def told_of_run(self, run: str) -> list[tuple[float, str, str, str]]:
        """Each request of a run: when it was begun, its method, its change, and how it ended, '' if it has not."""
        query = sa.select(_TABLE.c.started_at, _TABLE.c.method, _TABLE.c.change, _TABLE.c.result)
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.where(_TABLE.c.run == run).order_by(_TABLE.c.id)).all()
        return [(row[0], row[1], row[2] or "", row[3] or "") for row in rows]

    def over(self, change: str, now: float) -> bool:
        """Whether even the slowest answer to a change's requests would have come by now."""
        query = sa.select(sa.func.max(_TABLE.c.expires_at)).where(_TABLE.c.change == change)
        with self._ledger.atomic() as tx:
            return (tx.scalar(query) or 0.0) <= now

    def doubtful(self, key_hash: str) -> set[tuple[str, str]]:
        """Changes, with their runs, that a request may have carried out: if one is pending, its answer was lost.

        A crash left the request without an outcome, or its answer came no further than this table.
        """
        with self._ledger.atomic() as tx:
            return {(str(row.change), str(row.run)) for row in tx.execute(_doubtful(key_hash))}

    def settle_lost(self, key_hash: str) -> None:
        """Requests that a crash left without an outcome may have been carried out."""
        open_ = (_TABLE.c.key_hash == key_hash, _TABLE.c.finished_at.is_(None))
        with self._ledger.atomic() as tx:
            _doubt(tx, sa.tuple_(schema.outbox.c.customer, schema.outbox.c.run).in_(_doubtful(key_hash)))
            ended = {"finished_at": _TABLE.c.expires_at, "result": "unknown"}
            tx.execute(sa.update(_TABLE).where(*open_).values(ended))

    @staticmethod
    def _used(tx: sa.Connection, key_hash: str, now: float) -> Used:
        day = {"of_key": key_hash, "after": now - DAY}
        return Used(tuple(sorted(tx.scalars(_ENDS, day))), tx.scalar(_BLOCKED, day))


def _may_be_written(result: str) -> bool:
    """Whether Rotor may have carried out a request that ended so."""
    return result in ("timeout", "dropped", "unreadable", "interrupted", "408") or result.startswith("5")


def _doubtful(key_hash: str) -> sa.Select[Any]:
    lost = sa.or_(_TABLE.c.finished_at.is_(None), _TABLE.c.result == "unknown", _TABLE.c.result.like("2%"))
    return sa.select(_TABLE.c.change, _TABLE.c.run).where(
        _TABLE.c.key_hash == key_hash, _TABLE.c.method == "POST", lost
    )


def _doubt(tx: sa.Connection, where: sa.ColumnElement[bool]) -> None:
    tx.execute(sa.update(schema.outbox).where(where).values(state="unknown"))
