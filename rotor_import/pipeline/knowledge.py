"""What the ledger knows of an account and a feed, as planning asks for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.dedupe import Background, PendingElsewhere, PendingKeys
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Decision, Merge
from rotor_import.model.duplicates import AskedPair
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.listed import narrowed
from rotor_import.model.row_links import RowLinks
from rotor_import.model.three_way import Baseline
from rotor_import.pipeline.session import Session
from rotor_import.plan import STATUS

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.feeds import BaselineReader
    from rotor_import.ledger.pending import PendingChange


def about(changes: Iterable[PendingChange], directory: Directory) -> Directory:
    """The part of the directory that these changes can meet."""
    changes = list(changes)
    keys = {
        name: {of[name] for change in changes for of in (change.keys, change.before_keys) if of[name]}
        for name in KEY_FIELDS
    }
    return narrowed(directory, {change.customer for change in changes}, keys)


@dataclass(frozen=True)
class Knowledge:
    """What the ledger knows of an account and a feed; empty for a key never seen."""

    links: RowLinks = field(default_factory=lambda: RowLinks.of(()))
    reader: BaselineReader | None = None
    has_baselines: bool = False
    pending: Sequence[PendingChange] = ()
    ours: Mapping[str, Mapping[str, Baseline]] = field(default_factory=dict)
    """Baselines that the ledger lacks because Rotor's answer was lost."""
    asked: Sequence[AskedPair] = ()
    """Pairs of people who are probably one, about which a person was asked before."""

    @classmethod
    def of(cls, session: Session, account: Account | None, feed: str) -> Knowledge:
        if account is None:
            return cls()
        from rotor_import.ledger.duplicates import AskedPairs  # noqa: PLC0415 - as below
        from rotor_import.ledger.feeds import Feed  # noqa: PLC0415 - only an account has one, and it loads a database

        of = Feed(session.ledger, account.id, feed)
        doubtful = session.attempts.doubtful(account.id)
        pending = session.outbox(account).pending()
        return cls(
            of.all_links(),
            of.reader(),
            of.has_baselines(),
            [
                replace(change, unknown=change.unknown or (change.customer, change.run) in doubtful)
                for change in pending
            ],
            asked=AskedPairs(session.ledger, account.id, feed).all(),
        )

    def aware_of(self, directory: Directory, feed: str) -> Knowledge:
        """With the baselines of changes whose answer was lost, now that Rotor shows what became of them."""
        own = [change for change in self.pending if change.feed == feed and change.unknown]
        if not own:
            return self
        from rotor_import.upsert.refresh import carried_out  # noqa: PLC0415 - only lost answers need it

        return replace(self, ours=carried_out(own, about(own, directory)))

    def aware_of_absences(self, others: Mapping[str, Baseline]) -> Knowledge:
        """With the baselines, by customer, of the feeds that set a customer inactive which this feed has again."""
        ours = {customer: {**self.ours.get(customer, {}), STATUS: status} for customer, status in others.items()}
        return replace(self, ours={**self.ours, **ours})

    def natural_keys(self, customers: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The natural keys of the feed's rows of these customers, by customer."""
        if not self.links or not customers:
            return {}
        own = self.links.frame.filter(pl.col("customer").is_in(list(customers)))
        by_customer = own.group_by("customer").agg("natural_key")
        return dict(
            zip(by_customer.get_column("customer"), by_customer.get_column("natural_key").to_list(), strict=True)
        )

    def prefetch(self, customers: Collection[str]) -> None:
        """Read the baselines of many customers at once, before they are asked for one by one."""
        if self.reader and self.has_baselines:
            self.reader.prefetch(customers)

    def baseline(self, customer: str, name: str) -> Baseline | None:
        known = self.reader.of(customer) if self.reader and self.has_baselines else {}
        return self.ours.get(customer, {}).get(name) or known.get(name)

    def waiting(self, feed: str) -> list[str]:
        """The feed's customers with a change still to be sent, the longest-waiting first."""
        own = sorted((change.run, change.number, change.customer) for change in self.pending if change.feed == feed)
        return [customer for _, _, customer in own]

    def pending_elsewhere(self, feed: str) -> set[str]:
        """Customers with a change pending from another feed: a customer never has two."""
        return {change.customer for change in self.pending if change.feed != feed}

    def background(self, feed: str, decisions: Sequence[Decision], merges: Sequence[Merge] = ()) -> Background:
        own = [change for change in self.pending if change.feed == feed]
        others = [change for change in self.pending if change.feed != feed]
        return Background(
            links=self.links,
            baseline=self.baseline,
            has_baselines=self.has_baselines or bool(self.ours),
            prefetch=self.prefetch,
            decisions=decisions,
            merges=merges,
            feed=feed,
            pending=[PendingKeys(change.customer, change.before_keys, change.keys) for change in own],
            elsewhere=PendingElsewhere(
                customers={change.customer: change.feed for change in others},
                keys={
                    (name, keys[name]): change.feed
                    for change in others
                    for keys in (change.keys, change.before_keys)
                    for name in keys
                    if keys[name]
                },
            ),
        )
