"""Customers missing from a full file: the ledger knows them from the feed, and no row names them any more."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.dedupe import DedupedRows
from rotor_import.mapping import row_keys
from rotor_import.model.change import RowRef
from rotor_import.model.customer import Directory
from rotor_import.model.listed import narrowed
from rotor_import.model.missing import Missing
from rotor_import.model.row_links import RowLinks
from rotor_import.model.three_way import Baseline
from rotor_import.pipeline.knowledge import Knowledge
from rotor_import.pipeline.reading import Inputs
from rotor_import.plan import GONE, STATUS, Absence, Present, find_missing

if TYPE_CHECKING:
    from rotor_import.ledger.feeds import Feed


def missing(
    inputs: Inputs,
    deduped: DedupedRows,
    directory: Directory,
    knowledge: Knowledge,
    feed: Feed,
) -> tuple[Missing, ...]:
    """The feed's customers that the files no longer name, and what that means for each."""
    links = knowledge.links
    rejected = list(_rejected_keys(inputs, deduped))
    spoilt = pl.Series([f"k:{key}" for key in rejected if key], dtype=pl.String)
    gone = _gone(links, pl.concat([inputs.identified.get_column("natural_key"), spoilt]), deduped)
    if gone.is_empty():
        return ()
    named = _named(deduped)
    present = Present(
        customers=named,
        elsewhere=feed.elsewhere(),
        sure=all(rejected),
        pending_elsewhere=knowledge.pending_elsewhere(inputs.mapping.feed),
    )
    near = narrowed(directory, set(gone) - named, {})
    knowledge.prefetch(near.customers)
    absence = Absence(near, knowledge.baseline, inputs.policy, inactive=inputs.mapping.missing == "inactive")
    absent = find_missing(links.where(pl.col("customer").is_in(gone.implode())), present, near)
    return absence.of(absent, present)


def returned(links: RowLinks) -> frozenset[str]:
    """Customers that were missing when a full file was last taken."""
    return frozenset(links.frame.filter(pl.col("gone") != "").get_column("customer"))


def set_inactive(feed: Feed, customers: Collection[str]) -> dict[str, Baseline]:
    """The status as another feed sent it, for those customers that it set inactive because they were missing there."""
    statuses = ((customer, fields.get(STATUS)) for customer, fields in feed.baselines_elsewhere(customers))
    return {customer: status for customer, status in statuses if status is not None and status.sent == GONE}


def _gone(links: RowLinks, natural_keys: pl.Series, deduped: DedupedRows) -> pl.Series:
    """Customers that have links but no row in the file, and that no independent row belongs to."""
    here = links.frame.get_column("natural_key").is_in(natural_keys.implode())
    customers = links.frame.get_column("customer")
    gone, stays = customers.filter(~here).unique(), pl.concat([customers.filter(here), _independent(deduped)])
    back = stays.filter(stays.is_in(gone.implode()))  # few are gone, so that few are looked among
    return gone.filter(~gone.is_in(back.implode())).sort()


def _independent(deduped: DedupedRows) -> pl.Series:
    return deduped.independent.groups.get_column("customer")


def _named(deduped: DedupedRows) -> set[str]:
    """Customers that a contested row belongs to, or that a held row names."""
    named = {name for hold in deduped.contested.holds for name in hold.named}
    return named | {update.link.customer for update in deduped.contested.links}


def _rejected_keys(inputs: Inputs, deduped: DedupedRows) -> Iterator[str]:
    """The source key of each rejected row, or '' where it has none, so that its customer is unknown."""
    refs: set[RowRef] = {(reject.file, reject.row) for reject in (*inputs.rejects, *deduped.contested.rejects)}
    for index, source in enumerate(inputs.sources):
        rows = sorted(row for file, row in refs if file == index)
        if rows:
            wanted = source.numbers.is_in(rows)
            yield from (key or "" for key in row_keys(inputs.mapping, source).filter(wanted))
