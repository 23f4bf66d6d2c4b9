"""Who is missing from a full file: what its rows still say, put beside what the ledger knows of the feed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import polars as pl

from rotor_import.dedupe.rows import DedupedRows
from rotor_import.mapping import row_keys
from rotor_import.model.change import Place
from rotor_import.model.customer import Directory
from rotor_import.model.listed import narrowed
from rotor_import.model.missing import Missing
from rotor_import.model.pins import Pins
from rotor_import.model.threeway import Memory
from rotor_import.pipeline.reading import Inputs
from rotor_import.plan import GONE, STATUS, MemoryOf
from rotor_import.plan.missing import Absence, Present, find_missing

if TYPE_CHECKING:
    from rotor_import.ledger.feeds import Feed


def missing(
    inputs: Inputs,
    deduped: DedupedRows,
    directory: Directory,
    pins: Pins,
    memory: MemoryOf,
    feed: Feed,
    *,
    busy: Collection[str],
) -> tuple[Missing, ...]:
    """The feed's customers whom the files name no more, and what that means for each.

    `busy` are customers with a change pending from another feed: there is never a second one.
    """
    present = _present(inputs, deduped, feed, busy)
    absent = _absent(pins, present)
    near = narrowed(directory, absent, {})
    absence = Absence(near, memory, inputs.policy, inactive=inputs.mapping.missing == "inactive")
    found = find_missing(pins.where(pl.col("customer").is_in(sorted(absent))), present, near)
    return absence.of(found, present)


def returned(pins: Pins) -> frozenset[str]:
    """Customers who were missing when a full file was last taken."""
    return frozenset(pins.frame.filter(pl.col("gone") != "").get_column("customer"))


def set_inactive(feed: Feed, customers: Collection[str]) -> dict[str, Memory]:
    """Of these, whom another feed set inactive for being missing there, as it remembers the status."""
    found = ((customer, fields.get(STATUS)) for customer, fields in feed.memories_elsewhere(customers))
    return {customer: status for customer, status in found if status is not None and status.sent == GONE}


def _absent(pins: Pins, present: Present) -> set[str]:
    """Customers of whose rows the file has none."""
    here = pl.col("ident").is_in(pl.Series(list(present.idents), dtype=pl.String).implode())
    gone = pins.frame.select("customer", here.alias("here")).group_by("customer").agg(pl.col("here").any())
    return set(gone.filter(~pl.col("here")).get_column("customer")) - set(present.customers)


def _present(inputs: Inputs, deduped: DedupedRows, feed: Feed, busy: Collection[str]) -> Present:
    rejected = list(_rejected_keys(inputs, deduped))
    named = {name for hold in deduped.tangled.holds for name in hold.named}
    plain = set(deduped.plain.groups.get_column("customer"))
    return Present(
        idents=set(inputs.identified.get_column("ident")) | {f"k:{key}" for key in rejected if key},
        customers=named | {update.pin.customer for update in deduped.tangled.pins} | plain,
        elsewhere=feed.elsewhere(),
        sure=all(rejected),
        busy=busy,
    )


def _rejected_keys(inputs: Inputs, deduped: DedupedRows) -> Iterator[str]:
    """The source key of each rejected row, '' where it has none: then nobody knows whose row it is."""
    places: set[Place] = {(one.file, one.row) for one in (*inputs.rejects, *deduped.tangled.rejects)}
    for index, source in enumerate(inputs.sources):
        rows = sorted(row for file, row in places if file == index)
        if rows:
            wanted = source.numbers.is_in(rows)
            yield from (key or "" for key in row_keys(inputs.mapping, source).filter(wanted))
