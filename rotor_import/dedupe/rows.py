"""Rows → customers: closed groups of rows as columns, and the contested rest by the replay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count

import polars as pl

from rotor_import.dedupe import Background, Deduped, dedupe
from rotor_import.dedupe.clusters import find_clusters
from rotor_import.dedupe.directory_match import ReservedKeys, touched
from rotor_import.dedupe.replay import KEYLESS
from rotor_import.dedupe.survivors import LOST, folded, lost
from rotor_import.dedupe.unchanged import unchanged
from rotor_import.model.change import LinkUpdate
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS, TAGS_FIELD
from rotor_import.model.independent import Independent
from rotor_import.model.listed import frame_of, narrowed
from rotor_import.model.row_links import RowLinks
from rotor_import.model.rows import PLACED, Policy, Record, Reject

_NAMES_AT_ONCE = 64
_PLACED = ("group", "at", "file", "row", "rank")
_MET = ("who", "linked")
_KEPT = ("group", "at", "file", "row", "source_key", *KEY_FIELDS, "linked")


@dataclass(frozen=True)
class DedupedRows:
    """`plain` is not numbered yet; `contested` are the others' groups, holds, rejects and links."""

    independent: Independent
    contested: Deduped


@dataclass(frozen=True)
class Past:
    """What the ledger knows of the feed, before any of it is looked at; `background` has no links yet.

    `prefetch` is told which customers the replay will ask about.
    """

    background: Background = field(default_factory=Background)
    links: RowLinks = field(default_factory=lambda: RowLinks.of(()))
    has_baselines: bool = False
    """Whether there are baselines of any customer."""
    prefetch: Callable[[Collection[str]], None] = lambda _customers: None

    def reserved(self) -> ReservedKeys:
        pending, elsewhere = self.background.pending, self.background.elsewhere
        keys = {
            name: {keys[name] for one in pending for keys in (one.before, one.after)}
            | {value for kind, value in elsewhere.keys if kind == name}
            for name in KEY_FIELDS
        }
        return ReservedKeys(
            {one.customer for one in pending} | set(elsewhere.customers), {n: k - {""} for n, k in keys.items()}
        )


def dedupe_rows(
    rows: pl.DataFrame,
    directory: Directory,
    past: Past,
    policy: Policy,
    *,
    records: Callable[[pl.DataFrame], Iterator[Record]],
    new_customers: Callable[[int], pl.Series],
    mapped: Collection[str] = (),
) -> DedupedRows:
    """As `dedupe` with the records of all `rows`; `records` makes those of a part of them.

    `new_customers` gives so many names for customers that are planned.
    """
    rows = rows.with_row_index("at")
    groups = find_clusters(rows, policy, complete=directory.complete)
    listed = frame_of(directory)
    met = touched(rows, groups, listed, past.links, past.reserved())
    keyless = _hopeless(rows, past, policy)
    lines = rows.with_columns(groups.select("group", "alone").get_columns()).with_columns(
        met.who.alias("who"), met.linked.alias("linked")
    )
    independent = _Columns(lines, ~met.contested & ~keyless, policy).independent(listed, past, new_customers)
    own = independent.rows.select("at")
    rest = rows.filter(~keyless).join(own, on="at", how="anti", maintain_order="left").drop("at")
    found = _replayed(list(records(rest)), directory, past, policy, new_customers, mapped)
    rejects = [
        Reject(file, row, "", "", KEYLESS) for file, row in rows.filter(keyless).select("file", "row").iter_rows()
    ]
    every = sorted((*found.rejects, *rejects), key=lambda one: (one.file, one.row))
    return DedupedRows(independent, replace(found, rejects=tuple(every)))


def _replayed(
    records: list[Record],
    directory: Directory,
    past: Past,
    policy: Policy,
    new_customers: Callable[[int], pl.Series],
    mapped: Collection[str],
) -> Deduped:
    """Of all that is known only what these records can meet is brought to the replay."""
    background = past.background
    links = _links_about(records, past)
    reserved = past.reserved()
    keys = {name: {one.key(name) for one in records} | reserved.keys[name] for name in KEY_FIELDS}
    customers = {one.id for one in records} | set(reserved.customers)
    for update in links:
        link = update.link
        customers |= {link.customer, link.id, *(named.customer for named in link.named)}
        customers |= {update.prior.customer} if update.prior else set()
    near = narrowed(directory, customers - {""}, {name: values - {""} for name, values in keys.items()})
    past.prefetch(near.customers.keys() | customers)
    names = chain.from_iterable(new_customers(_NAMES_AT_ONCE).to_list() for _ in count())
    return dedupe(
        records,
        near,
        replace(background, links=links),
        policy,
        new_customer=lambda: next(names),
        mapped=mapped,
    )


def _links_about(records: list[Record], past: Past) -> list[LinkUpdate]:
    if not past.links:
        return []
    cells = {name: {one.key(name) for one in records} - {""} for name in KEY_FIELDS}
    hashed = pl.col("natural_key").str.starts_with("h:")
    alike = [pl.col(f"cell_{name}").is_in(_series(values)) for name, values in cells.items()]
    ids = pl.col("cell_id").is_in(_series({one.id for one in records} - {""}))
    wanted = (
        pl.col("natural_key").is_in(_series({one.natural_key for one in records}))
        | (pl.col("fate") != "kept")
        | (pl.col("decision") != "")
    )
    pending = pl.col("customer").is_in(_series({one.customer for one in past.background.pending}))
    return past.links.where(wanted | pending | (hashed & pl.any_horizontal(*alike, ids)))


def _series(texts: Collection[str]) -> pl.Series:
    return pl.Series(sorted(texts), dtype=pl.String).implode()


def _hopeless(rows: pl.DataFrame, past: Past, policy: Policy) -> pl.Series:
    """Rows without any key, whose source key no other row and no earlier import has: nobody can be found by them."""
    blank = rows.select(pl.all_horizontal(pl.col(name).is_null() for name in ("id", *KEY_FIELDS))).to_series()
    if policy.allow_keyless or not blank.any():
        return pl.Series([False]).new_from_index(0, rows.height)
    asked = rows.select("source_key", *(["natural_key"] if past.links else [])).filter(blank)
    keys = asked.get_column("source_key").drop_nulls().unique()
    having = rows.select("source_key").filter(pl.col("source_key").is_in(keys.implode()))
    shared = having.filter(pl.col("source_key").is_duplicated()).get_column("source_key").unique()
    hopeless = ~asked.get_column("source_key").is_in(shared.implode()).fill_null(value=False)
    if past.links:
        own = past.links.frame.get_column("natural_key").filter(
            past.links.frame.get_column("natural_key").is_in(asked.get_column("natural_key").implode())
        )
        hopeless &= ~asked.get_column("natural_key").is_in(own.implode())
    return blank.scatter(blank.arg_true(), hopeless)


class _Columns:
    """Closed groups, folded: those whom Rotor does not know, and those who have it all already."""

    def __init__(self, lines: pl.DataFrame, own: pl.Series, policy: Policy) -> None:
        """`own` says which of the `lines` they are."""
        self._lines = lines
        self._own = own
        self._policy = policy
        self._names = [
            *KEY_FIELDS,
            *(name for name in lines.columns if name not in (*PLACED, *_PLACED, *_MET, "alone")),
        ]

    def independent(self, listed: pl.DataFrame, past: Past, new_customers: Callable[[int], pl.Series]) -> Independent:
        alone = self._lines.get_column("alone")
        several = self._lines.filter(self._own & ~alone)
        columns = [*_PLACED, *self._names, *_MET]
        single = self._lines.select(columns).filter(self._own & alone).with_columns(mixed=False)
        records = folded(several, self._names, self._policy)
        records = records.join(
            _met(several, has_baselines=past.has_baselines), on="group", how="left", maintain_order="left"
        ).select(single.columns)
        every = single.height + records.height
        groups = pl.concat([single, records]).sort("group")
        del single  # each is as large as the import
        groups = self._settled(groups, listed, past)
        kept = [*_KEPT, *(name for name in ("digest", "natural_key", "occurrence") if name in self._lines.columns)]
        rows = self._lines.select(kept).filter(self._own)
        if groups.height != every:
            stays = groups.select("group")
            rows = rows.join(stays, on="group", how="semi", maintain_order="left")
            several = several.join(stays, on="group", how="semi", maintain_order="left")
        return Independent(
            rows=rows.with_columns((pl.col("at") == pl.col("group")).alias("first")),
            groups=_named(groups.drop("at"), listed, new_customers),
            lost=lost(several, records, self._names) if several.height else pl.DataFrame(schema=LOST),
        )

    def _settled(self, groups: pl.DataFrame, listed: pl.DataFrame, past: Past) -> pl.DataFrame:
        """Without those of known customers that differ from what Rotor holds."""
        known = groups.filter(pl.col("who").is_not_null())
        if known.is_empty():
            return groups
        same = unchanged(known, self._names, listed, self._policy) & ~known.get_column("mixed")
        if past.has_baselines and TAGS_FIELD in self._names:
            same &= known.get_column("linked")  # else a tag may have been dropped since, which is told
        changed = known.filter(~same).select("group")
        return groups.join(changed, on="group", how="anti", maintain_order="left") if changed.height else groups


def _met(several: pl.DataFrame, *, has_baselines: bool) -> pl.DataFrame:
    """By group, whom it is of those whom Rotor holds, and whether all or only some of its rows are as they were.

    Some, too, where its rows have several keys of a kind, and it may be remembered that one of them was not applied.
    """
    linked = pl.col("linked")
    some = linked.any()
    if has_baselines:
        some |= pl.any_horizontal(pl.col(name).drop_nulls().n_unique() > 1 for name in KEY_FIELDS)
    return (
        several.select("group", *KEY_FIELDS, *_MET)
        .filter(pl.col("who").is_not_null())
        .group_by("group")
        .agg(pl.col("who").first(), linked.all(), (some & ~linked.all()).alias("mixed"))
    )


def _named(groups: pl.DataFrame, listed: pl.DataFrame, new_customers: Callable[[int], pl.Series]) -> pl.DataFrame:
    """With `customer` and `known`."""
    fresh = groups.get_column("who").is_null()
    names = new_customers(int(fresh.sum())).alias("customer")
    if len(names) == groups.height:
        return groups.with_columns(names, pl.lit(value=False).alias("known"))
    held = listed.get_column("customer").gather(groups.get_column("who").drop_nulls())
    customers = pl.concat([held, names])  # those that are known first, each kind in its order
    known = ~fresh
    refs = pl.select(pl.when(known).then(known.cum_sum() - 1).otherwise(len(held) + fresh.cum_sum() - 1)).to_series()
    return groups.with_columns(customers.gather(refs).alias("customer"), known.alias("known"))
