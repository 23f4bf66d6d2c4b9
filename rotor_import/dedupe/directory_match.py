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
        found = rows.select(name).join(holders, on=name, how="left", maintain_order="left")
        matches.append(found.get_column("held_at").alias(f"by {name}"))
    lines = clusters.with_columns(contested.alias("contested"), *matches)
    held_at, is_contested = _decided(lines, disputed, [match.name for match in matches])
    return DirectoryMatch(held_at, by_link.linked, is_contested, by_link.seen)


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
    known = links.frame.join(listed.select("customer", "held_at"), on="customer", how="left", maintain_order="left")
    known = known.with_row_index("link")
    row_keys = rows.select("natural_key", pl.col("occurrence").cast(pl.Int64), "digest", *KEY_FIELDS)
    state = ("fate", "gone", "decision", "pending")
    columns = ("natural_key", "occurrence", "link", "held_at", "seen", *_CELLS.values(), *state)
    own = row_keys.join(
        known.select(*columns, pl.col("digest").alias("link digest")),
        on=["natural_key", "occurrence"],
        how="left",
        maintain_order="left",
    )
    marks = own.select(
        _is_as_linked().alias("linked"),
        pl.when(_is_as_linked()).then("held_at").alias("held_at"),
        # The last of several rows of one source key may be new.
        (pl.col("link").is_null() & (pl.col("occurrence") > 0)).alias("added"),
    )
    linked, held_at, contested = marks.get_columns()
    natural_key = rows.get_column("natural_key")
    if contested.any():
        contested &= natural_key.is_in(known.get_column("natural_key").unique().implode())
    used = own.get_column("link").filter(linked)
    rest = known.filter(~_no_row(known).scatter(used, values=True))
    gone = rest.filter(_is_gone()) if complete else rest.clear()
    if rest.height:
        contested |= natural_key.is_in(rest.get_column("natural_key").unique().implode())
        contested |= _has_cells_of(rows, rest, gone)
    return _LinkMatch(
        held_at,
        linked,
        contested,
        own.select(pl.when(linked).then("seen")).to_series(),
        # Rows that are gone count too: their customer may be back, or have less to say now.
        pl.concat([rest.get_column("held_at").drop_nulls(), *_holding_cells_of(listed, gone)]).unique(),
    )


def _is_gone() -> pl.Expr:
    """Whether Rotor no longer has the customer of a link."""
    return (pl.col("customer") != "") & ~pl.col("customer").str.starts_with("new:") & pl.col("held_at").is_null()


def _holding_cells_of(listed: pl.DataFrame, links: pl.DataFrame) -> Iterator[pl.Series]:
    """The positions of customers in Rotor who have a phone or an email of these links."""
    for name, column in _CELLS.items() if links.height else ():
        cells = links.get_column(column).unique()
        yield listed.filter(_is_one_of(listed.get_column(f"{name} key"), cells)).get_column("held_at")


def _is_as_linked() -> pl.Expr:
    """Whether a row is as its link says, of a customer whom Rotor holds, with no hold, decision or pending change."""
    cells = [pl.col(name).fill_null("") == pl.col(column) for name, column in _CELLS.items()]
    settled = (
        (pl.col("fate") == "kept")
        & (pl.col("gone") == "")
        & (pl.col("decision") == "")
        & ~pl.col("pending")
        & pl.col("held_at").is_not_null()
    )
    linked = (pl.col("digest") == pl.col("link digest")) & settled & pl.all_horizontal(cells)
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
