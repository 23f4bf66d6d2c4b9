"""What makes a sync stop before anything is sent: a file that looks very different from the feed's last one.

Files are compared with the feed's last completed run, so a first import is never stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
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
SHARED, SHARED_MORE_THAN = 0.01, 10
"""People more than before with one phone or email; where strangers are merged, no share of the rows is too small."""
ENOUGH_ROWS = 20
"""Columns of shorter files are not compared."""
STILL_PARSES = 0.50
"""The share of last time's valid phones or emails that must still be valid."""


@dataclass(frozen=True)
class Safeguards:
    """The checks of a file against its feed's `last` completed run.

    `known` counts the feed's customers so far; `whole` says that the file is a full one, `force` that a person has
    already looked. `merges` says that strangers who share a key become one customer, and are not held.
    """

    last: Run | None
    known: int
    whole: bool
    force: bool
    merges: bool

    @classmethod
    def of_feed(cls, session: Session, account: Account, mapping: CustomerMapping) -> Safeguards:
        return cls(
            session.runs.last_complete(account.id, mapping.feed),
            session.outbox(account).count_customers(mapping.feed),
            mapping.drop == "full",
            session.settings.force,
            mapping.on_stranger == "merge",
        )

    def check(self, plan: Plan, summary: Mapping[str, Any]) -> None:
        """Raises Safeguard, which names each reason with its figures."""
        if self.force or self.last is None or "facts" not in self.last.summary:
            return
        reasons = list(self._reasons(plan, summary, self.last.summary))
        if reasons:
            listed = "\n".join(f"- {reason}" for reason in reasons)
            raise Safeguard(
                f"Nothing was sent: this file looks very different from the last one.\n{listed}\n"
                f"Review {summary['report']}. If the file is correct, run the same command with --force."
            )

    def _reasons(self, plan: Plan, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
        yield from self._too_many(plan, now)
        rows, before = now["rows"]["read"], then["rows"]["read"]
        if self.whole and rows < ROWS_LEFT * before:
            yield f"it has {rows:,} {'row' if rows == 1 else 'rows'}; the last one had {before:,} (less than half)"
        yield from _columns(now["facts"], then["facts"])
        yield from self._shared(now, then)
        if now["facts"]["mapping"] != then["facts"]["mapping"]:
            yield "the mapping has changed since the last run"
        if rows >= ENOUGH_ROWS:
            yield from _blank(now["facts"]["filled"], then["facts"]["filled"])
            for name in ("phone", "email"):
                yield from _unparsed(name, now["facts"]["valid"][name], then["facts"]["valid"][name])

    def _too_many(self, plan: Plan, now: Mapping[str, Any]) -> Iterator[str]:
        creates = now["changes"]["create"] + now["changes"]["undecided"]
        if creates > CREATES_MORE_THAN and creates > CREATES * self.known:
            yield f"it would add {creates} customers to the feed's {self.known} (more than 20%)"
        gone = sum(customer.new for customer in plan.missing)
        if gone > MISSING_MORE_THAN and gone > MISSING * self.known:
            yield f"{gone} of {self.known} customers are missing from it (more than 10%)"

    def _shared(self, now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
        """Keys that many more people share than in the last file. A key is named by its row: this is logged."""
        least = max(SHARED_MORE_THAN, 0 if self.merges else SHARED * now["rows"]["read"])
        what = "become one customer" if self.merges else "be held for a decision"
        for name, before in then["facts"].get("shared", {}).items():
            for (people, file, row), (fewer, *_) in zip_longest(
                now["facts"]["shared"][name], before, fillvalue=[0] * 3
            ):
                if people - fewer > least:
                    path, earlier = now["files"][file]["path"], fewer or "fewer than 5"
                    yield (
                        f"{people} people with different names share one {name} (row {row} of {path}) and "
                        f"would {what}; in the last file it was {earlier}. "
                        f"If this {name} is only a placeholder, list it under `ignore` in the mapping"
                    )
                    break


def _columns(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    have, had = set(now["filled"]), set(then["filled"])
    if is_customer(have ^ had):
        yield f"its column headings have changed: it has {NO_HEADER}"
    elif have != had:
        parts = [
            *(f"{name!r} is missing" for name in sorted(had - have)),
            *(f"{name!r} is new" for name in sorted(have - had)),
        ]
        yield f"its column headings have changed: {', '.join(parts[:6])}"


def _blank(now: Mapping[str, int], then: Mapping[str, int]) -> Iterator[str]:
    for name, count in then.items():
        if count and now.get(name) == 0:
            yield f"the column {name!r} is blank in every row; in the last file {count} rows had a value"


def _unparsed(name: str, now: Sequence[int], then: Sequence[int]) -> Iterator[str]:
    share = _share(then)
    if share > 0 and any(now) and _share(now) < STILL_PARSES * share:
        yield f"only {_share(now):.0%} of its {name}s are valid; in the last file {share:.0%} were"


def _share(valid: Sequence[int]) -> float:
    return valid[0] / sum(valid) if any(valid) else 0.0
