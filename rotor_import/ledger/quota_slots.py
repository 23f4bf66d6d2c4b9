"""Which requests use the quota at a moment, whatever the clock did since they were sent.

A request whose time is still to come was recorded while the clock was ahead, or is read while it is behind. Nobody can
tell which, so it counts as ended when it was first seen from before (`recounted_at`), and once more at its own time if
the clock comes there within a day of that. A 429's end that is more than a day away is treated alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.prepared import Prepared
from rotor_import.ledger.quota_usage import Usage
from rotor_import.model.quota_window import DAY, QuotaWindow

SKEW = 60.0
"""Seconds by which the clocks of machines that share a ledger may differ."""

_TABLE, _KEYS = schema.requests, schema.keys
ENDED = sa.func.coalesce(_TABLE.c.finished_at, _TABLE.c.expires_at)

# Each request needs these statements. Made once, because making a statement takes longer than running it.
KEY = sa.bindparam("of_key", type_=sa.Text)
_ACCOUNT = sa.bindparam("of_account", type_=sa.Integer)
NOW, _LATEST = sa.bindparam("now", type_=sa.Float), sa.bindparam("latest", type_=sa.Float)
_AFTER, _LONG_AGO = sa.bindparam("after", type_=sa.Float), sa.bindparam("long_ago", type_=sa.Float)
_FARTHEST, _DAY_AGO = sa.bindparam("farthest", type_=sa.Float), sa.bindparam("day_ago", type_=sa.Float)

# An answer may come until expires_at, so only an end after both that and now is none that can be.
_FUTURE = sa.and_(ENDED > _LATEST, sa.or_(_TABLE.c.started_at > _LATEST, _TABLE.c.finished_at > _TABLE.c.expires_at))
_FIRST_SEEN = sa.func.coalesce(sa.case((_TABLE.c.recounted_at <= _LATEST, _TABLE.c.recounted_at)), NOW)
# None ended before it began: a clock that was behind may have seen it from long before.
_HAS_BEGUN = sa.and_(_TABLE.c.started_at <= _LATEST, _TABLE.c.started_at > _FIRST_SEEN)
_SEEN = sa.case((_HAS_BEGUN, _TABLE.c.started_at), else_=_FIRST_SEEN)
_PATIENCE = _TABLE.c.expires_at - _TABLE.c.started_at
_ENDS = sa.case(
    (sa.and_(_FUTURE, _TABLE.c.finished_at.is_(None)), _SEEN + _PATIENCE), (_FUTURE, _SEEN), else_=ENDED
).label("ends")
_OVER = sa.case((_TABLE.c.started_at > _LATEST, _SEEN + _PATIENCE), else_=_TABLE.c.expires_at)
_COUNTED = (_TABLE.c.key_hash == KEY, ENDED > _AFTER, _ENDS.element > _AFTER)

_FAR = _KEYS.c.blocked_until > _FARTHEST
_BLOCK_SEEN = sa.func.coalesce(sa.case((_KEYS.c.recounted_at <= _LATEST, _KEYS.c.recounted_at)), NOW)
_BLOCK_ENDS = sa.case((_FAR, _BLOCK_SEEN + DAY), else_=_KEYS.c.blocked_until)


def _unseen(table: sa.Table) -> sa.ColumnElement[bool]:
    """Not yet seen from before its time, or only from a later moment than now."""
    return sa.or_(table.c.recounted_at.is_(None), table.c.recounted_at > _LATEST)


_OUTLIVED = sa.and_(_FUTURE, _TABLE.c.recounted_at <= _LONG_AGO)
_BLOCK_OUTLIVED = sa.and_(_FAR, _KEYS.c.recounted_at <= _DAY_AGO)
# The clock that saw it from before was behind: now it has come to the request's own time.
_REACHED = sa.and_(sa.not_(_FUTURE), _TABLE.c.recounted_at.is_not(None), ENDED > _LONG_AGO)
_BLOCK_NEAR = sa.and_(sa.not_(_FAR), _KEYS.c.recounted_at.is_not(None))
_STRAY = sa.or_(sa.and_(_FUTURE, _unseen(_TABLE)), _OUTLIVED, _REACHED)
_STRAY_BLOCK = sa.or_(sa.and_(_FAR, _unseen(_KEYS)), _BLOCK_OUTLIVED, _BLOCK_NEAR)
STATE = sa.select(
    sa.func.count(sa.case((_ENDS.element > _AFTER, 1))),
    sa.select(_BLOCK_ENDS).where(_KEYS.c.hash == KEY).scalar_subquery(),
    sa.func.count(sa.case((_STRAY, 1)))
    + sa.func.coalesce(sa.select(sa.case((_STRAY_BLOCK, 1), else_=0)).where(_KEYS.c.hash == KEY).scalar_subquery(), 0),
).where(_TABLE.c.key_hash == KEY, ENDED > _AFTER)
"""How many requests of a key count, until when Rotor takes none, and whether `recount` has something to write."""

_PLAIN = Prepared(
    sa.select(
        sa.func.count(),
        sa.func.count(_TABLE.c.recounted_at)
        + sa.select(sa.func.count()).where(_TABLE.c.key_hash == KEY, _FUTURE).scalar_subquery()
        + sa.select(sa.func.count())
        .where(_KEYS.c.hash == KEY, sa.or_(_KEYS.c.recounted_at.is_not(None), _KEYS.c.blocked_until > NOW))
        .scalar_subquery(),
    ).where(_TABLE.c.key_hash == KEY, ENDED > _AFTER)
)
"""How many requests of a key count where nothing is odd, and how much is: times to come, recounted ones, a 429.

It takes a fraction of what STATE does, which looks at each request's times.
"""

_LIST = sa.select(_ENDS, _FUTURE.label("future")).where(*_COUNTED)
_BLOCK = sa.select(_BLOCK_ENDS, _FAR).where(_KEYS.c.hash == KEY)
_NOT_OVER = sa.select(sa.exists().where(_TABLE.c.change == sa.bindparam("of_change", type_=sa.Text), _OVER > NOW))

_IN_ACCOUNT = sa.select(_KEYS.c.hash).where(_KEYS.c.account == _ACCOUNT)


def _recounting(request: sa.ColumnElement[bool], key: sa.ColumnElement[bool]) -> tuple[sa.Update, ...]:
    """What brings the times of these requests and keys back to now, and forgets those that are a day past that."""
    started = _TABLE.c.started_at
    return (
        sa.update(_TABLE)
        .where(request, _OUTLIVED)
        .values(
            started_at=sa.case((started > _SEEN, _SEEN), else_=started),
            expires_at=sa.case((started > _SEEN, _SEEN + _PATIENCE), else_=_TABLE.c.expires_at),
            finished_at=sa.case((_TABLE.c.finished_at.is_not(None), _SEEN)),
            recounted_at=None,
        ),
        sa.update(_TABLE).where(request, _REACHED).values(recounted_at=None),
        sa.update(_TABLE).where(request, _FUTURE, _unseen(_TABLE)).values(recounted_at=NOW),
        sa.update(_KEYS).where(key, _BLOCK_OUTLIVED).values(blocked_until=None, recounted_at=None),
        sa.update(_KEYS).where(key, _BLOCK_NEAR).values(recounted_at=None),
        sa.update(_KEYS).where(key, _FAR, _unseen(_KEYS)).values(recounted_at=NOW),
    )


_OF_KEY = _recounting(_TABLE.c.key_hash == KEY, _KEYS.c.hash == KEY)
_OF_ACCOUNT = _recounting(_TABLE.c.key_hash.in_(_IN_ACCOUNT), _KEYS.c.account == _ACCOUNT)


def bound(now: float, longest: float, **more: Any) -> dict[str, Any]:
    """What the statements here need; `longest` are the seconds of the longest window."""
    return {
        "now": now,
        "latest": now + SKEW,
        "long_ago": now - longest,
        "farthest": now + DAY + SKEW,
        "day_ago": now - DAY,
        **more,
    }


def recount(tx: sa.Connection, values: Mapping[str, Any]) -> None:
    """Let what was recorded with a time to come count from now on, of one key or of a whole account."""
    for statement in _OF_KEY if "of_key" in values else _OF_ACCOUNT:
        tx.execute(statement, values)


def room(tx: sa.Connection, values: Mapping[str, Any], window: QuotaWindow) -> int:
    """How many more requests of a key the window has room for."""
    state = {**values, "after": values["now"] - window.seconds}
    count, odd = _PLAIN.one(tx, state)
    if odd:
        count, blocked_until, stray = tx.execute(STATE, state).one()
        if stray:
            recount(tx, values)
        if (blocked_until or 0.0) > values["now"]:
            return 0
    return max(0, window.limit - int(count))


def usage_of(tx: sa.Connection, key_hash: str, now: float, longest: float) -> Usage:
    """What counts in the longest window."""
    values = bound(now, longest, of_key=key_hash, after=now - longest)
    if tx.execute(STATE, values).one()[2]:
        recount(tx, values)
    rows = tx.execute(_LIST, values).all()
    block = tx.execute(_BLOCK, values).first()
    until, far = (None, False) if block is None else block
    return Usage(tuple(sorted(row.ends for row in rows)), until, sum(bool(row.future) for row in rows), bool(far))


def is_over(tx: sa.Connection, change: str, now: float) -> bool:
    """Whether even the slowest answer to a change's attempts would have come by now."""
    return not tx.scalar(_NOT_OVER, bound(now, DAY, of_change=change))
