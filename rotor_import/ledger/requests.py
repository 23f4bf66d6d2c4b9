"""Every request that was sent, of which the quota is counted.

An attempt is one request that was written here before it was sent; its outcome is written afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.quota_usage import Request, Usage
from rotor_import.ledger.store import Ledger
from rotor_import.model.quota_window import QuotaWindow

_TABLE = schema.requests
_ENDED = sa.func.coalesce(_TABLE.c.finished_at, _TABLE.c.expires_at)

# Each request needs these statements. Made once, because making a statement takes longer than running it.
_KEY = sa.bindparam("of_key", type_=sa.Text)
_AFTER, _NOW = sa.bindparam("after", type_=sa.Float), sa.bindparam("now", type_=sa.Float)
_COUNTED = (_TABLE.c.key_hash == _KEY, _ENDED > _AFTER)
_ENDS = sa.select(_ENDED).where(*_COUNTED)
_BLOCKED = sa.select(schema.keys.c.blocked_until).where(schema.keys.c.hash == _KEY)
_STATE = sa.select(
    sa.select(sa.func.count()).select_from(_TABLE).where(*_COUNTED).scalar_subquery(), _BLOCKED.scalar_subquery()
)
_BEGIN = sa.insert(_TABLE).returning(_TABLE.c.id)
_END = (
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("of_id"))
    .values(
        # No request ends before it started, so that a clock set back frees no slot early.
        finished_at=sa.case((_TABLE.c.started_at > _NOW, _TABLE.c.started_at), else_=_NOW),
        result=sa.bindparam("of_result"),
    )
)


class Requests:
    """The attempts of all keys, for all machines that share the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def usage(self, key_hash: str, after: float) -> Usage:
        """The key's requests that ended after a moment, or have not ended."""
        with self._ledger.atomic() as tx:
            return _usage(tx, key_hash, after)

    def reserve(self, request: Request, now: float, *, timeout: float, windows: Sequence[QuotaWindow]) -> int | Usage:
        """A new attempt, if every window has room for one; else what there is in the longest window."""
        key = request.key_hash
        with self._ledger.atomic() as tx:
            self._ledger.serialize(tx, key)
            for window in windows:
                count, blocked_until = tx.execute(_STATE, {"of_key": key, "after": now - window.seconds}).one()
                if count >= window.limit or (blocked_until or 0.0) > now:
                    return _usage(tx, key, now - max(each.seconds for each in windows))
            row = {
                "key_hash": request.key_hash,
                "run": request.run,
                "change": request.change,
                "method": request.method,
                "path": request.path,
                "started_at": now,
                "expires_at": now + timeout,
            }
            return int(tx.execute(_BEGIN, row).scalar_one())

    def settle(self, attempt: int, now: float, result: str) -> None:
        """Write an attempt's result; if its change may have been carried out, mark that in the outbox at once."""
        ended = {"of_id": attempt, "now": now, "of_result": result}
        if result.startswith("2"):
            # The caller is about to write what the answer means; until then, the change counts as doubtful.
            self._ledger.soon(lambda tx: tx.execute(_END, ended))
            return
        with self._ledger.atomic() as tx:
            tx.execute(_END, ended)
            if _may_be_written(result):
                change = sa.select(_TABLE.c.change).where(_TABLE.c.id == attempt).scalar_subquery()
                _doubt(tx, schema.outbox.c.customer == change)

    def block(self, key_hash: str, until: float) -> None:
        """Let no request of the key out before this moment, however few were counted."""
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, schema.keys, [{"hash": key_hash, "blocked_until": until}])

    def count_by_method(self, run: str) -> dict[str, int]:
        query = sa.select(_TABLE.c.method, sa.func.count()).where(_TABLE.c.run == run)
        with self._ledger.atomic() as tx:
            return {str(row[0]): int(row[1]) for row in tx.execute(query.group_by(_TABLE.c.method))}

    def log(self, run: str) -> list[tuple[float, str, str, str]]:
        """Each attempt of a run: when it started, its method, its change, and its result ('' if it has none yet)."""
        query = sa.select(_TABLE.c.started_at, _TABLE.c.method, _TABLE.c.change, _TABLE.c.result)
        with self._ledger.atomic() as tx:
            rows = tx.execute(query.where(_TABLE.c.run == run).order_by(_TABLE.c.id)).all()
        return [(row[0], row[1], row[2] or "", row[3] or "") for row in rows]

    def all_over(self, change: str, now: float) -> bool:
        """Whether even the slowest answer to a change's attempts would have come by now."""
        query = sa.select(sa.func.max(_TABLE.c.expires_at)).where(_TABLE.c.change == change)
        with self._ledger.atomic() as tx:
            return (tx.scalar(query) or 0.0) <= now

    def came_through(self, key_hash: str) -> bool:
        """Whether Rotor ever carried out a change that was sent with this key."""
        here = (_TABLE.c.key_hash == key_hash, _TABLE.c.method == "POST", _TABLE.c.result.like("2%"))
        with self._ledger.atomic() as tx:
            return bool(tx.scalar(sa.select(sa.exists().where(*here))))

    def refused_by(self, moment: float, changes: Collection[str]) -> set[str]:
        """Those of the changes that were refused for good in a request that began before the moment."""
        final = sa.or_(_TABLE.c.result.like("3%"), _TABLE.c.result.like("4%"))
        query = sa.select(_TABLE.c.change).where(
            _TABLE.c.change.in_(changes), _TABLE.c.started_at <= moment, final, _TABLE.c.result.not_in(("408", "429"))
        )
        with self._ledger.atomic() as tx:
            return {str(change) for change in tx.scalars(query)}

    def doubtful(self, key_hash: str) -> set[tuple[str, str]]:
        """Changes, each with its run, that an attempt may have carried out: if one is pending, its answer was lost.

        A crash left the attempt without an outcome, or its outcome came no further than this table.
        """
        with self._ledger.atomic() as tx:
            return {(str(row.change), str(row.run)) for row in tx.execute(_doubtful(key_hash))}

    def settle_lost(self, key_hash: str) -> None:
        """Mark what a crash left: attempts without an outcome, and the changes that they may have carried out."""
        open_ = (_TABLE.c.key_hash == key_hash, _TABLE.c.finished_at.is_(None))
        with self._ledger.atomic() as tx:
            _doubt(tx, sa.tuple_(schema.outbox.c.customer, schema.outbox.c.run).in_(_doubtful(key_hash)))
            ended = {"finished_at": _TABLE.c.expires_at, "result": "unknown"}
            tx.execute(sa.update(_TABLE).where(*open_).values(ended))


def _usage(tx: sa.Connection, key_hash: str, after: float) -> Usage:
    bound = {"of_key": key_hash, "after": after}
    return Usage(tuple(sorted(tx.scalars(_ENDS, bound))), tx.scalar(_BLOCKED, bound))


def _may_be_written(result: str) -> bool:
    """Whether Rotor may have carried out a request with this result."""
    return result in ("timeout", "dropped", "unreadable", "interrupted", "408") or result.startswith("5")


def _doubtful(key_hash: str) -> sa.Select[Any]:
    lost = sa.or_(_TABLE.c.finished_at.is_(None), _TABLE.c.result == "unknown", _TABLE.c.result.like("2%"))
    return sa.select(_TABLE.c.change, _TABLE.c.run).where(
        _TABLE.c.key_hash == key_hash, _TABLE.c.method == "POST", lost
    )


def _doubt(tx: sa.Connection, where: sa.ColumnElement[bool]) -> None:
    tx.execute(sa.update(schema.outbox).where(where).values(state="unknown"))
