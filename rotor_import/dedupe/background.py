"""What is known of a feed before its rows are looked at: its links and baselines, pending changes, and decisions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from rotor_import.dedupe.lost_keys import lost_by
from rotor_import.model.decision import Decision, Merge
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.row_links import RowLinks
from rotor_import.model.rows import Record
from rotor_import.model.three_way import BaselineOf


@dataclass(frozen=True)
class PendingKeys:
    """The keys of one of the feed's own customers before and after a change that is still to be sent."""

    customer: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class PendingElsewhere:
    """The customers and keys of other feeds' pending changes, each with its feed's name: rows that touch one wait."""

    customers: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def feed_in_the_way(self, record: Record, customer: str) -> str:
        """The feed that the row has to wait for, '' where there is none."""
        if not self.customers and not self.keys:
            return ""
        feeds = [
            self.customers.get(customer, ""),
            *(self.keys.get((name, record.key(name)), "") for name in KEY_FIELDS),
        ]
        return next(filter(None, feeds), "")


@dataclass(frozen=True)
class ReservedKeys:
    """The customers, and the keys by name, that rows cannot be matched by alone."""

    customers: Collection[str]
    keys: Mapping[str, Collection[str]]

    def __bool__(self) -> bool:
        return bool(self.customers) or any(self.keys.values())


@dataclass(frozen=True)
class Background:
    """What the ledger knows of the feed, and a person's decisions.

    `prefetch` is told which customers will be asked about before `baseline` is.
    """

    links: RowLinks = field(default_factory=lambda: RowLinks.of(()))
    baseline: BaselineOf = lambda _customer, _field: None
    has_baselines: bool = False
    """Whether there are baselines of any customer."""
    prefetch: Callable[[Collection[str]], None] = lambda _customers: None
    pending: Sequence[PendingKeys] = ()
    elsewhere: PendingElsewhere = field(default_factory=PendingElsewhere)
    decisions: Sequence[Decision] = ()
    merges: Sequence[Merge] = ()
    feed: str = ""

    def reserved(self) -> ReservedKeys:
        """Keys of pending changes, and those that rows lost."""
        keys: dict[str, set[str]] = {name: set() for name in KEY_FIELDS}
        for change in self.pending:
            for name in KEY_FIELDS:
                keys[name] |= {change.before[name], change.after[name]} - {""}
        for name, value in self.elsewhere.keys:
            keys[name].add(value)
        for update in self.links.where(pl.col("decision").is_in(["separate", "ignore", "same"])) if self.links else ():
            for (name, value), _ in lost_by(update.link):
                if name in keys:
                    keys[name].add(value)
        return ReservedKeys({change.customer for change in self.pending} | set(self.elsewhere.customers), keys)
