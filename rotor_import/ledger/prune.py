"""What the ledger may forget: finished runs of long ago, with all that only their reports and their undoing need.

Links, baselines, the mirror, decisions, pending changes and their attempts are never taken away, nor anything of the
last 24 hours, of which the quota is counted. Nor are a feed's last run and its last complete one, with which the next
file is compared. Of a run that took files of a drop folder a stub stays, so that no file is taken twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.runs import COMPLETE, PRUNED
from rotor_import.ledger.store import Ledger
from rotor_import.model.quota_window import DAY

KEPT_WITH_RUN = ("outbox", "drops")
"""The tables that refer to a run and outlive its pruning; rows of every other one go with it."""
_RUNS, _REQUESTS, _DROPS, _OUTBOX = schema.runs, schema.requests, schema.drops, schema.outbox
_STUB = {"state": PRUNED, "summary": {}, "files": [], "report": "", "fingerprint": ""}
_IMPORTED = sa.and_(COMPLETE, _RUNS.c.mode != "undo")
_RUN = sa.bindparam("of_run", type_=sa.Text)


def prune(ledger: Ledger, account: int, before: float, now: float) -> dict[str, int]:
    """Take away what ended before a moment and no later run needs; how many rows of each table went.

    The caller holds the account.
    """
    before = min(before, now - DAY)
    with ledger.atomic() as tx:
        gone = [{"of_run": run} for run in _prunable(tx, account, before)]
        taken = {table.name: _delete(tx, sa.delete(table).where(table.c.run == _RUN), gone) for table in _with_run()}
        # What stands for a file that was not whole when a newer one was taken matters until the next one is taken.
        unread = sa.delete(_DROPS).where(_DROPS.c.run == _RUN, _DROPS.c.sha256.startswith("name:"))
        taken["drops"] = _delete(tx, unread, gone)
        refers = sa.exists().where(_DROPS.c.run == _RUNS.c.id)
        if gone:
            tx.execute(sa.update(_RUNS).where(_RUNS.c.id == _RUN).values(_STUB), gone)
        taken["runs"] = len(gone)
        tx.execute(sa.delete(_RUNS).where(_RUNS.c.account == account, _RUNS.c.state == PRUNED, ~refers))
        taken["requests"] = tx.execute(_old_requests(account, before)).rowcount
    return taken


def _with_run() -> Iterator[sa.Table]:
    for table in schema.metadata.tables.values():
        if table.name not in KEPT_WITH_RUN and any(key.column.table is _RUNS for key in table.foreign_keys):
            yield table


def _prunable(tx: sa.Connection, account: int, before: float) -> list[str]:
    ended = sa.func.coalesce(_RUNS.c.finished_at, _RUNS.c.started_at).label("ended")
    pending = _RUNS.c.id.in_(sa.select(_OUTBOX.c.run)).label("pending")
    query = sa.select(_RUNS.c.id, _RUNS.c.feed, _RUNS.c.summary, ended, pending, _IMPORTED.label("complete"))
    runs = tx.execute(query.where(_RUNS.c.account == account, _RUNS.c.state != PRUNED).order_by(_RUNS.c.started_at))
    found = runs.all()
    last = {run.feed: run.id for run in found} | {("complete", run.feed): run.id for run in found if run.complete}
    # An undo that isn't finished needs what it takes back.
    needed = {*last.values(), *(name for run in found if run.pending for name in run.summary.get("undoes", ()))}
    return [run.id for run in found if run.ended < before and not run.pending and run.id not in needed]


def _delete(tx: sa.Connection, statement: sa.Delete, runs: Sequence[dict[str, str]]) -> int:
    return tx.execute(statement, runs).rowcount if runs else 0


def _old_requests(account: int, before: float) -> sa.Delete:
    """Attempts that ended long ago, but none that is in doubt, of a pending change, or of a run that stays.

    Each key's last change that Rotor took stays: it tells whether a firewall refuses one record or all. Those of keys
    that never led to an account go with any account's.
    """
    keys = schema.keys.c
    mine = sa.select(keys.hash).where(keys.account == account)
    anybodys = sa.select(keys.hash).where(keys.account.is_not(None))
    taken = (_REQUESTS.c.method == "POST", _REQUESTS.c.result.like("2%"))
    last_taken = sa.select(sa.func.max(_REQUESTS.c.id)).where(*taken).group_by(_REQUESTS.c.key_hash)
    stays = sa.select(_RUNS.c.id).where(_RUNS.c.state != PRUNED)
    return sa.delete(_REQUESTS).where(
        sa.or_(_REQUESTS.c.key_hash.in_(mine), _REQUESTS.c.key_hash.not_in(anybodys)),
        _REQUESTS.c.started_at < before,
        _REQUESTS.c.expires_at < before,
        _REQUESTS.c.finished_at < before,
        _REQUESTS.c.result != "unknown",
        _REQUESTS.c.run.not_in(stays),
        _REQUESTS.c.change.not_in(sa.select(_OUTBOX.c.customer)),
        _REQUESTS.c.id.not_in(last_taken),
    )
