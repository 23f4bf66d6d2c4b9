"""Dedupes all rows of an import: independent ones as columns, and the contested rest by the replay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, count

import polars as pl

from rotor_import.dedupe.background import Background
from rotor_import.dedupe.clusters import find_clusters
from rotor_import.dedupe.contested import Contested, dedupe_records
from rotor_import.dedupe.decisions import KEYLESS
from rotor_import.dedupe.directory_match import match_directory
from rotor_import.dedupe.independent import fold_independent, named
from rotor_import.dedupe.plainly_same import is_unlike, spread
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Directory
from rotor_import.model.decision import Merge
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.independent import Independent, numbers_of
from rotor_import.model.listed import frame_of, narrowed, text_set
from rotor_import.model.policy import Policy
from rotor_import.model.row_link import is_planned
from rotor_import.model.rows import Record, Reject

_NAMES_AT_ONCE = 1024


@dataclass(frozen=True)
class DedupedRows:
    """All customers of an import; `independent` ones are not numbered yet."""

    independent: Independent
    contested: Contested


def dedupe_rows(
    rows: pl.DataFrame,
    directory: Directory,
    background: Background,
    policy: Policy,
    *,
    records: Callable[[pl.DataFrame], Iterator[Record]],
    new_customers: Callable[[int], pl.Series],
    mapped: Collection[str] = (),
) -> DedupedRows:
    """The same customers as `dedupe_records` makes of the records of all `rows`.

    `records` makes those of a part of the rows, `new_customers` as many names for planned customers as it is asked
    for.
    """
    rows = rows.with_row_index("at")
    clusters = find_clusters(rows, policy, complete=directory.complete)
    listed = frame_of(directory)
    matches = match_directory(
        rows, clusters, listed, background.links, background.reserved(), complete=directory.complete
    )
    unlike = is_unlike(rows, matches.held_at, ~matches.linked & ~matches.contested, listed)
    merged = _merged(rows, background.merges)
    contested_rows = matches.contested | merged | spread(unlike | merged, clusters.get_column("cluster"))
    keyless = _hopelessly_keyless(rows, background, policy)
    own = ~(contested_rows | keyless)

    def fold() -> Independent:
        seen = _seen(rows, matches.seen, background.links.last_seen)
        lines = rows.with_columns(
            *clusters.select("group", "alone"), matches.held_at.alias("held_at"), matches.linked.alias("linked"), seen
        )
        return fold_independent(lines, own, policy, listed, has_baselines=background.has_baselines)

    def replay(decided: pl.Series) -> Contested:
        rest = rows.filter(~(decided | keyless)).drop("at")
        replayed = list(records(rest)) if rest.height else []
        return _replayed(replayed, directory, background, policy, new_customers, mapped)

    folded, contested = _both(fold, replay, own, nobody_known=matches.held_at.null_count() == rows.height)
    rejects = [
        Reject(file, row, "", "", KEYLESS) for file, row in rows.select("file", "row").filter(keyless).iter_rows()
    ]
    in_order = sorted((*contested.rejects, *rejects), key=lambda reject: (reject.file, reject.row))
    return DedupedRows(named(folded, listed, new_customers), replace(contested, rejects=tuple(in_order)))


def _both(
    fold: Callable[[], Independent], replay: Callable[[pl.Series], Contested], own: pl.Series, *, nobody_known: bool
) -> tuple[Independent, Contested]:
    """The independent rows, folded, and the replay of those that `fold` does not decide.

    Columns leave out only customers that Rotor holds. Where it holds nobody, both are done side by side: the replay has
    a single processor at work.
    """
    if nobody_known:
        with ThreadPoolExecutor(1) as beside:
            folding = beside.submit(fold)
            contested = replay(own)
            return folding.result(), contested
    folded = fold()
    nothing = pl.Series([False]).new_from_index(0, len(own))
    return folded, replay(nothing.scatter(folded.rows.get_column("at"), values=True))


def _merged(rows: pl.DataFrame, merges: Sequence[Merge]) -> pl.Series:
    """The rows that a person merges with others, and these."""
    refs = [ref for merge in merges for ref in (*merge.rows, *merge.others)]
    if not refs:
        return pl.Series([False]).new_from_index(0, rows.height)
    files, numbers = zip(*refs, strict=True)
    own = pl.DataFrame({"file": files, "row": numbers}, schema=rows.select("file", "row").schema)
    return rows.select(pl.struct("file", "row").is_in(own.to_struct().implode()).alias("merged")).to_series()


def _seen(rows: pl.DataFrame, before: pl.Series, last_seen: int) -> pl.Series:
    """The order in which the rows were first seen, as `newly_seen` gives it to those that were not seen `before`."""
    new = numbers_of(rows).cast(pl.Int64) + (last_seen + 1)
    return pl.select(pl.coalesce(before, new).alias("seen")).to_series()


def _hopelessly_keyless(rows: pl.DataFrame, background: Background, policy: Policy) -> pl.Series:
    """Rows without any key, whose source key no other row and no earlier import has: they lead to no customer."""
    blank = rows.select(pl.all_horizontal(pl.col(name).is_null() for name in ("id", *KEY_FIELDS))).to_series()
    if policy.matching.allow_keyless or not blank.any():
        return pl.Series([False]).new_from_index(0, rows.height)
    links = background.links
    asked = rows.select("source_key", *(["natural_key"] if links else [])).filter(blank)
    keys = asked.get_column("source_key").drop_nulls().unique()
    rows_with_key = rows.select("source_key").filter(pl.col("source_key").is_in(keys.implode()))
    shared = rows_with_key.filter(pl.col("source_key").is_duplicated()).get_column("source_key").unique()
    hopeless = ~asked.get_column("source_key").is_in(shared.implode()).fill_null(value=False)
    if links:
        natural_keys, linked = asked.get_column("natural_key"), links.frame.get_column("natural_key")
        hopeless &= ~natural_keys.is_in(linked.filter(linked.is_in(natural_keys.implode())).implode())
    return blank.scatter(blank.arg_true(), hopeless)


def _replayed(
    records: list[Record],
    directory: Directory,
    background: Background,
    policy: Policy,
    new_customers: Callable[[int], pl.Series],
    mapped: Collection[str],
) -> Contested:
    """Replay these records; of all that is known only what they can meet is brought to the replay."""
    links = _links_near(records, background)
    reserved = background.reserved()
    keys = {name: {record.key(name) for record in records} | set(reserved.keys[name]) for name in KEY_FIELDS}
    customers = {record.id for record in records} | set(reserved.customers)
    customers |= {merge.customer for merge in background.merges}
    for update in links:
        customers |= {update.link.customer, update.link.id, *update.link.named_customers}
        customers |= {update.prior.customer} if update.prior else set()
    near = narrowed(directory, customers - {""}, {name: values - {""} for name, values in keys.items()})
    gone = {customer for customer in customers - near.customers.keys() if not is_planned(customer)}
    if gone and directory.complete:
        links = _with_all_of(gone, links, background)
        for name in KEY_FIELDS:
            keys[name] |= {update.link.cell(name) for update in links if update.link.customer in gone}
        near = narrowed(directory, customers - {""}, {name: values - {""} for name, values in keys.items()})
    background.prefetch(near.customers.keys() | customers)
    names = chain.from_iterable(new_customers(_NAMES_AT_ONCE).to_list() for _ in count())
    return dedupe_records(records, near, background, links, policy, new_customer=lambda: next(names), mapped=mapped)


def _links_near(records: list[Record], background: Background) -> list[LinkUpdate]:
    """The links that the replay of these records can meet: their own, those of held rows, and those with their keys."""
    if not background.links:
        return []
    with_their_cells = pl.any_horizontal(
        pl.col(f"cell_{name}").is_in(text_set({record.cells[name] for record in records} - {""}))
        for name in ("id", *KEY_FIELDS)
    )
    pending = {change.customer for change in background.pending}
    return background.links.where(
        pl.col("natural_key").is_in(text_set({record.natural_key for record in records}))
        | (pl.col("fate") != "kept")
        | (pl.col("decision") != "")
        | pl.col("customer").is_in(text_set(pending))
        | with_their_cells
    )


def _with_all_of(customers: Collection[str], links: list[LinkUpdate], background: Background) -> list[LinkUpdate]:
    """The links, and all others of these customers, who are gone from Rotor: they tell the keys that they had."""
    there = {update.link.row_key for update in links}
    more = background.links.where(pl.col("customer").is_in(text_set(customers)))
    return [*links, *(update for update in more if update.link.row_key not in there)]
