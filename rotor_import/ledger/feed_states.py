"""The feeds that are in trouble, and what people were last told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from rotor_import.ledger import schema
from rotor_import.ledger.store import Ledger

_FEEDS, _JOBS = schema.feed_states, schema.job_states


@dataclass(frozen=True)
class FeedState:
    """`trouble` is what a feed is in now, `told` what people believe that it is in: kinds, with commas; '' is none.

    `since` is when the trouble began, `seen_at` when the state was written. A feed that is well, and known to be, has
    no state.
    """

    trouble: str
    told: str
    since: float
    seen_at: float


class FeedStates:
    """The state of one feed of an account, or of a `job` as long as its account or its feed isn't known."""

    def __init__(self, ledger: Ledger, job: str, account: int | None, feed: str | None) -> None:
        self._ledger = ledger
        self._job = job
        self._account = account
        self._feed = feed

    def change(self, to: Callable[[FeedState | None], FeedState | None]) -> FeedState | None:
        """What `to` makes of the state; None is a feed that is well.

        Nobody else can change it meanwhile, and what stays the same is not written.
        """
        with self._ledger.atomic() as tx:
            for table, key in self._places():
                self._ledger.serialize(tx, f"{table.name} {sorted(key.items())}")
            before = self._found(tx)
            after = to(before)
            if after != before:
                self._save(tx, after)
        return after

    def _found(self, tx: sa.Connection) -> FeedState | None:
        """All that is remembered, together: what a command stood for, and what the feed itself was in."""
        found = [
            FeedState(**row)
            for table, key in self._places()
            for row in tx.execute(_selected(table).filter_by(**key)).mappings()
        ]
        if not found:
            return None
        if len(found) == 1:
            return found[0]
        return FeedState(
            _together(state.trouble for state in found),
            _together(state.told for state in found),
            min(state.since for state in found),
            max(state.seen_at for state in found),
        )

    def _save(self, tx: sa.Connection, state: FeedState | None) -> None:
        """In its one place."""
        (table, key), *others = self._places()
        for other, where in [*others, *([(table, key)] if state is None else [])]:
            tx.execute(sa.delete(other).filter_by(**where))
        if state is not None:
            self._ledger.upsert(tx, table, [key | asdict(state)])

    def _places(self) -> Iterator[tuple[sa.Table, dict[str, object]]]:
        """Where the state may be, first where it belongs."""
        if self._account is not None and self._feed is not None:
            yield _FEEDS, {"account": self._account, "feed": self._feed}
        yield _JOBS, {"job": self._job}


def _selected(table: sa.Table) -> sa.Select[Any]:
    return sa.select(*(table.c[name] for name in FeedState.__dataclass_fields__))


def _together(texts: Iterable[str]) -> str:
    """Every name of these lists, once."""
    return ",".join(dict.fromkeys(name for text in texts for name in text.split(",") if name))
