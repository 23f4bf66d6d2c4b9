"""What makes a sync stop and ask before anything is written: a file that is unlike the feed's last one.

Everything is measured against the feed's own last completed run, so a first import meets none of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rotor_import.errors import Safeguard
from rotor_import.ledger.accounts import Account
from rotor_import.ledger.runs import Run
from rotor_import.mapping import Mapping as CustomerMapping
from rotor_import.model.header import NO_HEADER, is_customer
from rotor_import.model.plan import Plan
from rotor_import.pipeline.session import Session

CREATES, CREATES_MORE_THAN = 0.20, 100
MISSING, MISSING_MORE_THAN = 0.10, 20
ROWS_LEFT = 0.50
ENOUGH_ROWS = 20
"""A column of fewer rows says nothing."""
STILL_PARSES = 0.50
"""Of the share of phones or e-mails that were valid last time."""


@dataclass(frozen=True)
class Watch:
    """`known` counts the customers that the feed has had so far; `last` is its last completed run."""

    last: Run | None
    known: int
    whole: bool
    yes: bool

    @classmethod
    def of(cls, session: Session, account: Account, mapping: CustomerMapping) -> Watch:
        return cls(
            session.runs.last_complete(account.id, mapping.feed),
            session.outbox(account).count_customers(mapping.feed),
            mapping.drop == "full",
            session.settings.yes,
        )

    def check(self, plan: Plan, summary: Mapping[str, Any]) -> None:
        """Raises Safeguard, which names each reason with its figures."""
        if self.yes or self.last is None or "facts" not in self.last.summary:
            return
        reasons = list(self._reasons(plan, summary, self.last.summary))
        if reasons:
            listed = "\n".join(f"- {reason}" for reason in reasons)
            raise Safeguard(
                f"Nothing was sent, for this file is unlike the one before it:\n{listed}\n"
                f"Look at {summary['report']}. If it is right all the same, run the same command with --yes."
            )

    def _reasons(self, plan: Plan, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
        yield from self._too_many(plan, now)
        rows, before = now["rows"]["read"], then["rows"]["read"]
        if self.whole and rows < ROWS_LEFT * before:
            yield f"it has {rows} rows, the last one had {before} (less than half)"
        yield from _columns(now["facts"], then["facts"])
        if now["facts"]["mapping"] != then["facts"]["mapping"]:
            yield "the mapping is another than at the last run"
        if rows >= ENOUGH_ROWS:
            yield from _blank(now["facts"]["filled"], then["facts"]["filled"])
            for name in ("phone", "email"):
                yield from _unparsed(name, now["facts"]["valid"][name], then["facts"]["valid"][name])

    def _too_many(self, plan: Plan, now: Mapping[str, Any]) -> Iterator[str]:
        creates = now["changes"]["create"] + now["changes"]["undecided"]
        if creates > CREATES_MORE_THAN and creates > CREATES * self.known:
            yield f"it would create {creates} customers, and the feed has {self.known} so far (more than 20 %)"
        gone = sum(one.new for one in plan.missing)
        if gone > MISSING_MORE_THAN and gone > MISSING * self.known:
            yield f"{gone} customers are missing from it, of {self.known} (more than 10 %)"


def _columns(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    have, had = set(now["filled"]), set(then["filled"])
    if is_customer(have ^ had):
        yield f"its header is another: it has {NO_HEADER}"
    elif have != had:
        parts = [
            *(f"without {name!r}" for name in sorted(had - have)),
            *(f"with a new {name!r}" for name in sorted(have - had)),
        ]
        yield f"its header is another: {', '.join(parts[:6])}"


def _blank(now: Mapping[str, int], then: Mapping[str, int]) -> Iterator[str]:
    for name, count in then.items():
        if count and now.get(name) == 0:
            yield f"the column {name!r} is blank in every row; in the last file {count} rows had it"


def _unparsed(name: str, now: Sequence[int], then: Sequence[int]) -> Iterator[str]:
    share = _share(then)
    if share > 0 and any(now) and _share(now) < STILL_PARSES * share:
        yield f"only {_share(now):.0%} of its {name}s are valid; in the last file {share:.0%} were"


def _share(valid: Sequence[int]) -> float:
    return valid[0] / sum(valid) if any(valid) else 0.0
