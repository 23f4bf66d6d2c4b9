"""The mapping's `order` of sending, turned into one whole number for each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rotor_import.model.rows import MappedTable

_NUMBER = r"^[-+]?[$€£]?\s?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?%?$"
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y", "%m.%d.%Y")
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")


def ranked(tables: Sequence[MappedTable], descending: Sequence[bool]) -> list[MappedTable]:
    """The tables with `rank` (UInt32) in place of `order`: the lowest goes first, over all files.

    `descending` says for each text of `order` whether the largest goes first. Numbers come before dates, dates before
    other texts; blanks are always last.
    """
    if not descending:
        return list(tables)
    listed = pl.concat([table.frame.get_column("order") for table in tables])
    texts = pl.DataFrame([listed.list.get(at, null_on_oob=True).alias(str(at)) for at in range(len(descending))])
    distinct = texts.unique()  # rows are many, distinct texts few
    ranked_texts = distinct.with_columns(_ranks(distinct, descending))
    joined = texts.join(ranked_texts, on=texts.columns, how="left", nulls_equal=True, maintain_order="left")
    ranks = joined.get_column("rank")
    ready: list[MappedTable] = []
    at = 0
    for table in tables:
        own = ranks.slice(at, table.frame.height)
        ready.append(replace(table, frame=table.frame.drop("order").with_columns(own)))
        at += table.frame.height
    return ready


def _ranks(texts: pl.DataFrame, descending: Sequence[bool]) -> pl.Series:
    if texts.is_empty():
        return pl.Series("rank", [], dtype=pl.UInt32)
    keys = [key for at, largest in enumerate(descending) for key in _keys(texts, at, descending=largest)]
    return pl.select(pl.struct(keys)).to_series().rank("dense").cast(pl.UInt32).alias("rank")


def _keys(texts: pl.DataFrame, at: int, *, descending: bool) -> list[pl.Series]:
    """What the texts of one field are compared by: blank or not, then the kind, then the rank within the kind."""
    text = texts.get_column(str(at))
    cell = pl.DataFrame({"text": text.str.to_lowercase().str.strip_chars()})
    cell = cell.with_columns(pl.when(pl.col("text") != "").then(pl.col("text")).alias("text"))
    digits = pl.col("text").str.replace_all(r"[$€£,%\s+]", "")
    number = pl.when(pl.col("text").str.contains(_NUMBER)).then(digits.cast(pl.Float64, strict=False))
    values = cell.with_columns(number.alias("number"), _moments(cell.get_column("text")).alias("moment"))
    kind = pl.when(pl.col("number").is_not_null()).then(0).when(pl.col("moment").is_not_null()).then(1).otherwise(2)
    values = values.select(
        pl.when(pl.col("text").is_null()).then(3).otherwise(kind).alias("kind"),
        *(pl.col(name).rank("dense", descending=descending).fill_null(0) for name in ("number", "moment")),
        pl.when(kind == 2).then(pl.col("text")).rank("dense", descending=descending).fill_null(0),  # noqa: PLR2004 - text
    )
    return [values.get_column(name).alias(f"{name}{at}") for name in values.columns]


def _moments(text: pl.Series) -> pl.Series:
    """Seconds since the epoch. 3/4/2026 is in March unless another date of the column can only have its day first."""
    first = text.str.extract(r"^([0-9]{1,2})[/.-][0-9]{1,2}[/.-][0-9]{4}", 1).cast(pl.Int64, strict=False)
    most = first.max()
    slashed = _DAY_FIRST if isinstance(most, int) and most > 12 else _MONTH_FIRST  # noqa: PLR2004 - months
    clean = text.str.replace(r"^([0-9-]{10})t", "$1 ")
    clean = clean.str.replace(r"(\.[0-9]+)?(z|[+-][0-9]{2}:?[0-9]{2})$", "")
    frame = pl.DataFrame({"text": clean})
    tries = [
        pl.col("text").str.to_datetime(day + time, strict=False, time_unit="us")
        if time
        else pl.col("text").str.to_date(day, strict=False).cast(pl.Datetime("us"))
        for day in (*_DAYS, *slashed)
        for time in _TIMES
    ]
    return frame.select(pl.coalesce(tries).dt.epoch("s")).to_series()
