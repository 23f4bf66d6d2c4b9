"""Every request that was sent, of which the quota is counted.

An attempt is one request that was written here before it was sent; its outcome is written afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from rotor_import.ledger import quota_slots, schema
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.quota_usage import Request, Usage
from rotor_import.ledger.store import Ledger
from rotor_import.model.quota_window import QuotaWindow

_TABLE = schema.requests
_KEYS = schema.keys

# Each request needs these statements. Made once, because making a statement takes longer than running it.
_BEGIN = Prepared(
    sa.insert(_TABLE)
    .values(account=sa.select(_KEYS.c.account).where(_KEYS.c.hash == quota_slots.KEY).scalar_subquery())
    .returning(_TABLE.c.id),
    ("key_hash", "account", "run", "change", "method", "path", "started_at", "expires_at"),
)
_END = Prepared(
    sa.update(_TABLE)
    .where(_TABLE.c.id == sa.bindparam("of_id"))
    .values(
        # No request ends before it started, so that a clock set back frees no slot early.
        finished_at=sa.case((_TABLE.c.started_at > quota_slots.NOW, _TABLE.c.started_at), else_=quota_slots.NOW),
        result=sa.bindparam("of_result"),
    )
)


_REFUSED = sa.and_(
    sa.or_(_TABLE.c.result.like("3%"), _TABLE.c.result.like("4%")), _TABLE.c.result.not_in(("401", "408", "429"))
)
"""The request's change was refused for good; a 401 is about the key, and the others pass."""


class Requests:
    """The attempts of all keys, for all machines that share the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def usage(self, key_hash: str, now: float, longest: float) -> Usage:
        """The key's requests that count in a window of so many seconds."""
        with self._ledger.atomic() as tx:
            return quota_slots.usage_of(tx, key_hash, now, longest)

    def reserve(
        self, requests: Sequence[Request], now: float, *, timeout: float, windows: Sequence[QuotaWindow]
    ) -> list[int | Usage]:
        """A new attempt for each of a key's requests for which every window has room, in one transaction.

        Of those that come after the first for which there is none: what there is in the longest window.
        """
        key, longest, room = requests[0].key_hash, max(window.seconds for window in windows), len(requests)
        values = quota_slots.bound(now, longest, of_key=key)
        times = {"started_at": now, "expires_at": now + timeout, "of_key": key}
        with self._ledger.atomic() as tx:
            self._ledger.serialize(tx, key)
            for window in windows:
                room = min(room, quota_slots.room(tx, values, window))
            slots: list[int | Usage] = [_BEGIN.one(tx, vars(one) | times)[0] for one in requests[:room]]
            if room < len(requests):
                usage = quota_slots.usage_of(tx, key, now, longest)
                slots += [usage] * (len(requests) - room)
            return slots

    def settle(self, attempt: int, now: float, result: str) -> None:
        """Write an attempt's result; if its change may have been carried out, mark that in the outbox at once."""
        ended = {"of_id": attempt, "now": now, "of_result": result}
        if result.startswith("2"):
            # The caller is about to write what the answer means; until then, the change counts as doubtful.
            self._ledger.soon(lambda tx: _END.run(tx, ended))
            return
        with self._ledger.atomic() as tx:
            _END.run(tx, ended)
            if _may_be_written(result):
                change = sa.select(_TABLE.c.change).where(_TABLE.c.id == attempt).scalar_subquery()
                _doubt(tx, schema.outbox.c.customer == change)

    def block(self, key_hash: str, until: float) -> None:
        """Let no request of the key out before this moment, however few were counted."""
        with self._ledger.atomic() as tx:
            self._ledger.upsert(tx, _KEYS, [{"hash": key_hash, "blocked_until": until, "recounted_at": None}])

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
        with self._ledger.atomic() as tx:
            return quota_slots.is_over(tx, change, now)

    def came_through(self, key_hash: str) -> bool:
        """Whether Rotor ever carried out a change that was sent with this key."""
        here = (_TABLE.c.key_hash == key_hash, _TABLE.c.method == "POST", _TABLE.c.result.like("2%"))
        with self._ledger.atomic() as tx:
            return bool(tx.scalar(sa.select(sa.exists().where(*here))))

    def refused(self, account: int) -> set[str]:
        """Pending changes that were refused for good before."""
        outbox = schema.outbox.c
        query = sa.select(outbox.customer).where(
            outbox.account == account, sa.exists().where(_TABLE.c.change == outbox.customer, _REFUSED)
        )
        with self._ledger.atomic() as tx:
            return {str(customer) for customer in tx.scalars(query)}

    def refused_by(self, moment: float, changes: Collection[str]) -> set[str]:
        """Those of the changes that were refused for good in a request that began before the moment."""
        query = sa.select(_TABLE.c.change).where(_TABLE.c.change.in_(changes), _TABLE.c.started_at <= moment, _REFUSED)
        with self._ledger.atomic() as tx:
            return {str(change) for change in tx.scalars(query)}

    def doubtful(self, account: int) -> set[tuple[str, str]]:
        """Pending changes, each with its run, that an attempt may have carried out: the answer to it was lost.

        A crash left the attempt without an outcome, or its outcome came no further than this table. Whichever key made
        it: the run is the account's.
        """
        outbox = schema.outbox.c
        with self._ledger.atomic() as tx:
            rows = tx.execute(sa.select(outbox.customer, outbox.run).where(_in_doubt(account))).all()
        return {(str(row.customer), str(row.run)) for row in rows}

    def settle_lost(self, account: int, now: float, longest: float) -> None:
        """Mark what a crash left of any key of the account: attempts without an outcome, and changes in doubt.

        Times to come are brought back to now first. `longest` are the seconds of the longest window.
        """
        of_account = sa.select(_KEYS.c.hash).where(_KEYS.c.account == account)
        runs = sa.select(schema.runs.c.id).where(schema.runs.c.account == account)
        # Attempts made before the key's account was known have none.
        unnamed = sa.or_(_TABLE.c.key_hash.in_(of_account), _TABLE.c.run.in_(runs))
        mine = sa.or_(_TABLE.c.account == account, sa.and_(_TABLE.c.account.is_(None), unnamed))
        ended = {"finished_at": _TABLE.c.expires_at, "result": "unknown"}
        with self._ledger.atomic() as tx:
            quota_slots.recount(tx, quota_slots.bound(now, longest, of_account=account))
            _doubt(tx, _in_doubt(account))
            tx.execute(sa.update(_TABLE).where(mine, _TABLE.c.finished_at.is_(None)).values(ended))


def _may_be_written(result: str) -> bool:
    """Whether Rotor may have carried out a request with this result."""
    return result in ("timeout", "dropped", "unreadable", "interrupted", "408") or result.startswith("5")


def _in_doubt(account: int) -> sa.ColumnElement[bool]:
    outbox = schema.outbox.c
    lost = sa.or_(_TABLE.c.finished_at.is_(None), _TABLE.c.result == "unknown", _TABLE.c.result.like("2%"))
    attempt = (_TABLE.c.change == outbox.customer, _TABLE.c.run == outbox.run, _TABLE.c.method == "POST", lost)
    return sa.and_(outbox.account == account, sa.exists().where(*attempt))


def _doubt(tx: sa.Connection, where: sa.ColumnElement[bool]) -> None:
    tx.execute(sa.update(schema.outbox).where(where).values(state="unknown"))
