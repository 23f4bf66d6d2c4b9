"""Finds the customer of Rotor's that each cluster of rows belongs to: one at most, of whom no other has a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from rotor_import.dedupe.background import ReservedKeys
from rotor_import.dedupe.clusters import repeated
from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.row_links import RowLinks

_CELLS = {"phone": "cell_phone", "email": "cell_email"}


@dataclass(frozen=True)
class DirectoryMatch:
    """Four series as long as the rows.

    `held_at` (UInt32) is where in the directory's frame the row's only customer stands, null where Rotor holds none
    with a key of the row's cluster. `linked` says whether the row is as it was when it was last applied; then `seen`
    is its link's, else null. `contested` rows are for the replay.
    """

    held_at: pl.Series
    linked: pl.Series
    contested: pl.Series
    seen: pl.Series


def match_directory(
    rows: pl.DataFrame,
    clusters: pl.DataFrame,
    directory: pl.DataFrame,
    links: RowLinks,
    reserved: ReservedKeys,
    *,
    complete: bool,
) -> DirectoryMatch:
    """`rows` have `at`, and are identified where there are links; `directory` is in `model.listed.SCHEMA`.

    `clusters` are those of `find_clusters`. One of several groups is contested if Rotor holds any of its keys.
    """
    cluster, ids = clusters.get_column("cluster"), rows.get_column("id")
    if directory.is_empty() and not links and not reserved and ids.null_count() == rows.height:
        return DirectoryMatch(_nobody(rows), _no_row(rows), cluster.is_null(), _unseen(rows))
    listed = directory.select("customer", "phone key", "email key").with_row_index("held_at")
    by_link = _match_links(rows, listed, links, complete=complete)
    contested = cluster.is_null() | by_link.contested | ids.is_not_null() | _has_reserved_key(rows, reserved)
    disputed = _no_row(listed).scatter(by_link.others, values=True)
    if named := {*reserved.customers, *ids.drop_nulls()}:
        positions = listed.filter(pl.col("customer").is_in(named)).get_column("held_at")
        disputed = disputed.scatter(positions, values=True)
    matches = [by_link.held_at.alias("by link")]
    for name in KEY_FIELDS:
        holders = listed.select("held_at", pl.col(f"{name} key").alias(name)).drop_nulls(name)
        shared = repeated(holders.get_column(name))
        if shared.any():
            disputed = disputed.scatter(holders.get_column("held_at").filter(shared), values=True)
            contested |= _is_one_of(rows.get_column(name), holders.get_column(name).filter(shared))
            holders = holders.filter(~shared)
        found = _holder_of(rows.get_column(name), listed.get_column(f"{name} key"), holders, by_link.held_at)
        matches.append(found.alias(f"by {name}"))
    lines = clusters.with_columns(contested.alias("contested"), *matches)
    held_at, is_contested = _decided(lines, disputed, [match.name for match in matches])
    return DirectoryMatch(held_at, by_link.linked, is_contested, by_link.seen)


def _holder_of(keys: pl.Series, known: pl.Series, holders: pl.DataFrame, by_link: pl.Series) -> pl.Series:
    """The position of the customer who holds each of the `keys`: of the `holders`, none of whom share one.

    Mostly it is the customer whom the row's link leads to, which is much faster to see than to look for. `known` are
    all customers' keys.
    """
    same = (keys == known.gather(by_link)).fill_null(value=False)
    if not same.any():
        others = keys.to_frame()
        return others.join(holders, on=keys.name, how="left", maintain_order="left").get_column("held_at")
    asked = (~same & keys.is_not_null()).arg_true()
    found = keys.gather(asked).to_frame().join(holders, on=keys.name, how="left", maintain_order="left")
    own = pl.select(pl.when(same).then(by_link)).to_series()
    return own.scatter(asked, found.get_column("held_at"))


def _decided(lines: pl.DataFrame, disputed: pl.Series, matches: list[str]) -> tuple[pl.Series, pl.Series]:
    """`held_at` and `contested` for each row; `disputed` marks the customers whose rows are for the replay.

    `matches` are columns that lead from the rows to customers.
    """
    held_at = pl.coalesce(matches)
    differ = pl.any_horizontal((pl.col(match) != held_at).fill_null(value=False) for match in matches)
    lines = lines.with_columns(held_at.alias("held_at"), (pl.col("contested") | differ).alias("contested"))
    for match in lines.filter("contested").select(matches) if lines.get_column("contested").any() else ():
        disputed = disputed.scatter(match.drop_nulls(), values=True)
    disputed = disputed.scatter(_of_several_clusters(lines), values=True)
    if disputed.any():
        of_disputed = pl.Series("of_disputed", disputed).gather(lines.get_column("held_at")).fill_null(value=False)
        lines = lines.with_columns((pl.col("contested") | of_disputed).alias("contested"))
    if lines.get_column("alone").all():
        return lines.get_column("held_at"), lines.get_column("contested")
    together = _together(lines.filter(~pl.col("alone")))
    at = together.get_column("at")
    return (
        lines.get_column("held_at").scatter(at, together.get_column("held_at")),
        lines.get_column("contested").scatter(at, together.get_column("contested")),
    )


def _of_several_clusters(lines: pl.DataFrame) -> pl.Series:
    """The customers, by their positions, that rows of several clusters lead to; some several times."""
    held = lines.select("cluster", "held_at", "alone").drop_nulls("held_at")
    alone = held.get_column("alone")
    ordered = held.get_column("held_at")
    if not alone.all():
        shared = held.filter(~alone).unique(["cluster", "held_at"])
        ordered = pl.concat([ordered.filter(alone), shared.get_column("held_at")])
    ordered = ordered.sort()
    return ordered.slice(1).filter(ordered.slice(1) == ordered.head(-1))


def _together(lines: pl.DataFrame) -> pl.DataFrame:
    """Give all rows of a cluster one customer, if any, and contest all of them where one is contested."""
    held_at = pl.col("held_at")
    over = lines.select(
        "at",
        held_at.max().over("cluster"),
        (held_at.max() != held_at.min()).over("cluster").fill_null(value=False).alias("differ"),
        pl.col("contested").any().over("cluster"),
        (pl.col("cluster") != pl.col("group")).any().over("cluster").alias("several groups"),
        pl.col("cluster").is_null().alias("in no cluster"),
    )
    split = pl.col("several groups") & held_at.is_not_null()
    contested = pl.any_horizontal("contested", "differ", "in no cluster", split)
    return over.select("at", "held_at", contested.alias("contested"))


@dataclass(frozen=True)
class _LinkMatch:
    """What the links say: `held_at`, `linked`, `contested` and `seen` for each row, as in `DirectoryMatch`.

    `others` are the positions of customers that any other link refers to, or that have a key of a gone one.
    """

    held_at: pl.Series
    linked: pl.Series
    contested: pl.Series
    seen: pl.Series
    others: pl.Series


def _match_links(rows: pl.DataFrame, listed: pl.DataFrame, links: RowLinks, *, complete: bool) -> _LinkMatch:
    if not links:
        none = _no_row(rows)
        return _LinkMatch(_nobody(rows), none, none, _unseen(rows), pl.Series([], dtype=pl.UInt32))
    frame, held_by = links.frame, listed.select("customer", "held_at")
    held_at = frame.select("customer").join(held_by, on="customer", how="left", maintain_order="left")
    known = frame.with_columns(held_at.get_column("held_at"))
    own = _own_links(rows, known)
    linked = _as_linked(rows, known, own)
    natural_key = rows.get_column("natural_key")
    # The last of several rows of one source key may be new.
    contested = own.is_null() & (rows.get_column("occurrence") > 0)
    if contested.any():
        contested &= natural_key.is_in(known.get_column("natural_key").unique().implode())
    rest = known.filter(~_no_row(known).scatter(own.filter(linked), values=True))
    gone = rest.filter(_is_gone()) if complete else rest.clear()
    if rest.height:
        contested |= natural_key.is_in(rest.get_column("natural_key").unique().implode())
        contested |= _has_cells_of(rows, rest, gone)
    applied = pl.select(pl.when(linked).then(own)).to_series()
    return _LinkMatch(
        known.get_column("held_at").gather(applied),
        linked,
        contested,
        known.get_column("seen").gather(applied),
        # Rows that are gone count too: their customer may be back, or have less to say now.
        pl.concat([rest.get_column("held_at").drop_nulls(), *_holding_cells_of(listed, gone)]).unique(),
    )


def _own_links(rows: pl.DataFrame, links: pl.DataFrame) -> pl.Series:
    """The position (UInt32) of each row's own link, null where it has none."""
    here = rows.select("natural_key", pl.col("occurrence").cast(pl.Int64))
    there = links.select("natural_key", "occurrence").with_row_index("link")
    found = here.join(there, on=["natural_key", "occurrence"], how="left", maintain_order="left")
    return found.get_column("link")


def _is_gone() -> pl.Expr:
    """Whether Rotor no longer has the customer of a link."""
    return (pl.col("customer") != "") & ~pl.col("customer").str.starts_with("new:") & pl.col("held_at").is_null()


def _holding_cells_of(listed: pl.DataFrame, links: pl.DataFrame) -> Iterator[pl.Series]:
    """The positions of customers in Rotor who have a phone or an email of these links."""
    for name, column in _CELLS.items() if links.height else ():
        cells = links.get_column(column).unique()
        yield listed.filter(_is_one_of(listed.get_column(f"{name} key"), cells)).get_column("held_at")


def _as_linked(rows: pl.DataFrame, links: pl.DataFrame, own: pl.Series) -> pl.Series:
    """Whether a row is as its link says, of a customer whom Rotor holds, with no hold, decision or pending change."""
    settled = links.select(
        (pl.col("fate") == "kept")
        & (pl.col("gone") == "")
        & (pl.col("decision") == "")
        & ~pl.col("pending")
        & pl.col("held_at").is_not_null()
    ).to_series()
    linked = settled.gather(own)
    for name, column in {"digest": "digest", **_CELLS}.items():
        linked &= rows.select(pl.col(name).fill_null("") == links.get_column(column).gather(own)).to_series()
    return linked.fill_null(value=False)


def _has_cells_of(rows: pl.DataFrame, links: pl.DataFrame, gone: pl.DataFrame) -> pl.Series:
    """Rows that may be known by their cells alone: links of rows without a source key have the same phone or email.

    And those that have one of a customer who is `gone`.
    """
    known_by_cells = pl.concat([links.filter(pl.col("natural_key").str.starts_with("h:")), gone])
    marked = _no_row(rows)
    if known_by_cells.is_empty():
        return marked
    for name, column in _CELLS.items():
        cells = known_by_cells.filter(pl.col(column) != "").get_column(column).unique()
        marked |= _is_one_of(rows.get_column(name), cells)
    return marked


def _has_reserved_key(rows: pl.DataFrame, reserved: ReservedKeys) -> pl.Series:
    marked = _no_row(rows)
    for name, values in reserved.keys.items():
        if values:
            marked |= _is_one_of(rows.get_column(name), pl.Series(sorted(values), dtype=pl.String))
    return marked


def _is_one_of(cells: pl.Series, texts: pl.Series) -> pl.Series:
    return cells.is_in(texts.implode()).fill_null(value=False)


def _nobody(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([None], dtype=pl.UInt32).new_from_index(0, rows.height)


def _unseen(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([None], dtype=pl.Int64).new_from_index(0, rows.height)


def _no_row(rows: pl.DataFrame) -> pl.Series:
    return pl.Series([False]).new_from_index(0, rows.height)
