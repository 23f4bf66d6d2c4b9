"""Rows → customers: closed groups of rows as columns, and the tangled rest by the replay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

import polars as pl

from rotor_import.dedupe import Background, Deduped, dedupe
from rotor_import.dedupe.closed import closed_groups
from rotor_import.dedupe.replay import KEYLESS
from rotor_import.dedupe.survivors import LOST, folded, lost
from rotor_import.model.customer import Directory
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.plain import Plain
from rotor_import.model.rows import PLACED, Policy, Record, Reject


@dataclass(frozen=True)
class DedupedRows:
    """`plain` is not numbered yet; `tangled` are the others' groups, holds, rejects and pins."""

    plain: Plain
    tangled: Deduped


def dedupe_rows(
    rows: pl.DataFrame,
    directory: Directory,
    background: Background,
    policy: Policy,
    *,
    records: Callable[[pl.DataFrame], Iterator[Record]],
    new_customers: Callable[[int], list[str]],
    mapped: Collection[str] = (),
) -> DedupedRows:
    """As `dedupe` with the records of all `rows`; `records` makes those of a part of them.

    `new_customers` gives so many names for customers that are planned.
    """
    rows = rows.with_row_index("at")
    grouped = closed_groups(rows, policy, complete=directory.complete)
    groups = _untouched(rows, grouped.get_column("group"), directory, background)
    keyless = _hopeless(rows, background, policy)
    tangled = rows.filter(groups.is_null() & ~keyless)
    own = rows.with_columns(groups.alias("group")).filter(groups.is_not_null())
    found = dedupe(
        list(records(tangled.drop("at"))),
        directory,
        background,
        policy,
        new_customer=lambda: new_customers(1)[0],
        mapped=mapped,
    )
    rejects = [
        Reject(file, row, "", "", KEYLESS) for file, row in rows.filter(keyless).select("file", "row").iter_rows()
    ]
    every = sorted((*found.rejects, *rejects), key=lambda one: (one.file, one.row))
    return DedupedRows(_plain(own, policy, new_customers), replace(found, rejects=tuple(every)))


def _untouched(rows: pl.DataFrame, groups: pl.Series, directory: Directory, background: Background) -> pl.Series:
    """The groups, null where anything that Rotor or the ledger knows has one of their rows' keys."""
    touched = rows.get_column("id").is_not_null()
    if background.pins:
        touched |= rows.get_column("ident").is_in({one.pin.ident for one in background.pins})
    for name in KEY_FIELDS:
        known = _known_keys(name, directory, background)
        if known:
            touched |= rows.get_column(name).is_in(known).fill_null(value=False)
    if not touched.any():
        return groups
    frame = pl.DataFrame({"group": groups, "touched": touched})
    clear = pl.col("group").is_not_null() & ~pl.col("touched").any().over("group")
    return frame.select(pl.when(clear).then("group")).to_series()


def _known_keys(name: str, directory: Directory, background: Background) -> set[str]:
    found = {one.phone if name == "phone" else one.email for one in directory.customers.values()}
    found |= {one.pin.cell(name) for one in background.pins if one.pin.ident.startswith("h:")}
    found |= {keys[name] for one in background.pending for keys in (one.before, one.after)}
    found |= {value for kind, value in background.busy.keys if kind == name}
    return found - {""}


def _hopeless(rows: pl.DataFrame, background: Background, policy: Policy) -> pl.Series:
    """Rows without any key, whose source key no other row and no earlier import has: nobody can be found by them."""
    blank = pl.all_horizontal(pl.col(name).is_null() for name in ("id", *KEY_FIELDS))
    alone = pl.col("source_key").is_null() | pl.col("source_key").is_unique()
    known = pl.lit(value=policy.allow_keyless)
    if background.pins:
        known |= pl.col("ident").is_in({one.pin.ident for one in background.pins})
    return rows.select(blank & alone & ~known).to_series()


def _plain(own: pl.DataFrame, policy: Policy, new_customers: Callable[[int], list[str]]) -> Plain:
    texts = [name for name in own.columns if name not in (*PLACED, "at", "group")]
    names = [*KEY_FIELDS, *texts]
    shared = pl.col("group").is_duplicated()
    single = own.filter(~shared)
    several = own.filter(shared)
    placed = ("group", "at", "file", "row", "rank")
    records = folded(several, names, policy)
    groups = pl.concat([single.select(*placed, *names), records.select(*placed, *names)]).sort("group")
    customers = pl.Series("customer", new_customers(groups.height), dtype=pl.String)
    return Plain(
        rows=own.with_columns((pl.col("at") == pl.col("group")).alias("first")),
        groups=groups.drop("at").with_columns(customers, pl.lit(value=False).alias("known")),
        lost=lost(several, records, names) if several.height else pl.DataFrame(schema=LOST),
    )
