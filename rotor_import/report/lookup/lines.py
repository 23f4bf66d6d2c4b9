"""The lines of a report: a customer is one, with all of its rows; a row that is no customer's is one of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rotor_import.model.plan import KEPT
from rotor_import.model.rows import SourceTable
from rotor_import.model.summary import Summary
from rotor_import.report.page.merges import suspicious_customers
from rotor_import.report.page.row_by_row import KINDS
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CELLS, CREATES, PEOPLE, ROWS, UNDECIDED, UPDATES

MERGED = "several"
"""The filter for customers that are made of several rows."""
SUSPICIOUS = "suspicious"
"""The filter for merges that may join different people."""
_OTHERS = {MERGED: "From several rows", SUSPICIOUS: "Merges to check"}


@dataclass(frozen=True)
class Lines:
    """`frame` has a line each: its `fate`, its `customer` and `id`, how many rows it has, and whether it is `strange`.

    `rows` are the report's rows with the `line` that each is in. `cells` has a table for each file, with the filled
    columns and the `row`; without the files it has what the report keeps, in the report's own long form.
    """

    frame: pl.DataFrame
    rows: pl.DataFrame
    new: pl.DataFrame
    """The fields of new customers, by `customer`."""
    changed: pl.DataFrame
    """The fields that change, as in updates.csv."""
    known: pl.DataFrame
    """Who the customers in Rotor are, as far as the report says so."""
    cells: dict[str, pl.DataFrame]
    kept_cells: pl.DataFrame

    def of_fate(self, fate: str) -> pl.Series:
        """Which lines a filter shows; one that is none shows all."""
        if fate == MERGED:
            return self.frame.get_column("count") > 1
        if fate == SUSPICIOUS:
            return self.frame.get_column("strange")
        if fate in KINDS:
            return self.frame.get_column("fate") == fate
        return pl.repeat(value=True, n=self.frame.height, dtype=pl.Boolean, eager=True)

    def fates(self) -> list[tuple[str, str, int]]:
        """The filters that show something: (its name, its words, how many lines it shows)."""
        words = {kind: told for kind, (told, _) in KINDS.items()} | _OTHERS
        found = [(name, told, int(self.of_fate(name).sum())) for name, told in words.items()]
        return [one for one in found if one[2]]


def lines_of(frames: Frames, sources: Sequence[SourceTable]) -> Lines:
    """`sources` are the files that the report is about, as they were read for it; none if they are gone."""
    rows = _with_lines(frames[ROWS])
    strange = suspicious_customers(frames)
    of_line = rows.group_by("line", maintain_order=True).agg(pl.len().cast(pl.UInt32).alias("count"))
    first = rows.unique("line", keep="first", maintain_order=True)
    frame = first.join(of_line, on="line", how="left", maintain_order="left").select(
        "line",
        pl.col("disposition").cast(pl.Categorical).alias("fate"),
        "customer",
        "id",
        "count",
        pl.col("customer").is_in(strange.implode()).fill_null(value=False).alias("strange"),
    )
    return Lines(
        frame=frame,
        rows=rows.drop("merged_into", "id"),
        new=pl.concat([_filled(frames[CREATES]), _filled(frames[UNDECIDED])], how="diagonal"),
        changed=frames[UPDATES],
        known=frames[PEOPLE],
        cells={str(source.path): _cells(source) for source in sources},
        kept_cells=frames[CELLS].clear() if sources else frames[CELLS],
    )


def searched_columns(summary: Summary, file: str) -> list[str]:
    """The columns of a file that are imported: the search looks into them."""
    return [one["column"] for one in summary.get("columns", []) if one["file"] == file and one["fields"]]


def _with_lines(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row with the number of its line; lines are in the order of their first rows."""
    rows = rows.with_columns(pl.col("file").cast(pl.Categorical), pl.col("row").cast(pl.UInt32, strict=False))
    heads = rows.filter(pl.col("disposition").is_in(KEPT)).get_column("customer").drop_nulls()
    follows = (pl.col("disposition") == "merged") & pl.col("customer").is_in(heads.implode()).fill_null(value=False)
    begun = rows.with_columns(follows.alias("follows")).with_columns(
        ((~pl.col("follows")).cast(pl.UInt32).cum_sum() - 1).cast(pl.UInt32).alias("line")
    )
    led = begun.filter(pl.col("disposition").is_in(KEPT) & pl.col("customer").is_not_null())
    leads = led.unique("customer", keep="first").select("customer", pl.col("line").alias("leads"))
    placed = begun.join(leads, on="customer", how="left", maintain_order="left")
    return placed.with_columns(pl.when("follows").then("leads").otherwise("line").alias("line")).drop(
        "follows", "leads"
    )


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """Without the columns that nobody has a value in."""
    empty = {
        name for name, count in zip(frame.columns, frame.null_count().row(0), strict=True) if count == frame.height
    }
    return frame.drop(empty - {"customer"}) if frame.height else frame


def _cells(source: SourceTable) -> pl.DataFrame:
    frame = source.frame
    filled = [name for name in frame.columns if frame.get_column(name).null_count() < frame.height]
    return frame.select(filled).insert_column(0, source.numbers.alias("\0row"))
