"""The report's tables for the independent customers of a plan, made a column at a time; a blank is null."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import FIELDS, TAGS_FIELD
from rotor_import.model.independent import Independent, numbers_of
from rotor_import.model.plan import Plan

_LABEL = pl.format("C{}", "number")
_BLANK = pl.lit(None, dtype=pl.String)


def independent_rows(plan: Plan, independent: Independent) -> pl.DataFrame:
    """Lines of rows.csv in their order, with `at`, the number of each row's RowRef."""
    positions = independent.positions
    groups = independent.groups.select("number", *_what_is_known(independent, pl.lit(plan.new), "kept"))
    into = pl.Series("merged_into", [None], dtype=pl.String).new_from_index(0, independent.rows.height)
    merged = (
        independent.rows.select("first", "file", "row", positions.alias("group"))
        .with_row_index("line")
        .filter(~pl.col("first"))
    )
    if merged.height:
        firsts = independent.groups.select("file", "row")[merged.get_column("group")]
        named = merged.with_columns(firsts.rename({"file": "first_file", "row": "first_row"}).get_columns())
        into = into.scatter(named.get_column("line"), named.select(_into(plan)).to_series())
    lines = independent.rows.select("file", "row", "first", into).with_columns(groups[positions].get_columns())
    return lines.select(
        numbers_of(independent.rows).alias("at"),
        _path("file", plan).alias("file"),
        pl.col("row").cast(pl.String),
        pl.when("first").then("kept").otherwise(pl.lit("merged")).alias("disposition"),
        _BLANK.alias("reason"),
        _LABEL.alias("customer"),
        "id",
        "merged_into",
    )


def _what_is_known(independent: Independent, new: pl.Expr, name: str) -> tuple[pl.Expr, pl.Expr]:
    """The column `name`, `unchanged` for customers in Rotor and `new` for others, and the column `id`."""
    if not independent.groups.get_column("known").any():
        return new.alias(name), _BLANK.alias("id")
    return pl.when("known").then(pl.lit("unchanged")).otherwise(new).alias(name), pl.when("known").then(
        "customer"
    ).alias("id")


def _into(plan: Plan) -> pl.Expr:
    """The first row's number, after its file's path if that is another file."""
    number = pl.col("first_row").cast(pl.String)
    elsewhere = pl.concat_str(_path("first_file", plan), pl.lit(":"), number)
    return pl.when(pl.col("first_file") == pl.col("file")).then(number).otherwise(elsewhere)


def _path(column: str, plan: Plan) -> pl.Expr:
    paths = {index: file.path for index, file in enumerate(plan.files)}
    if len(paths) == 1:
        return pl.lit(paths[0])
    return pl.col(column).replace_strict(paths, return_dtype=pl.String)


def independent_customers(independent: Independent) -> pl.DataFrame:
    """Lines of creates.csv or undecided.csv, with `number`."""
    known = independent.groups.get_column("known")
    new = independent.groups.filter(~known) if known.any() else independent.groups
    filled = {name: _text(name) for name in independent.fields}
    return new.select("number", _LABEL.alias("customer"), *(filled.get(name, _BLANK).alias(name) for name in FIELDS))


def _text(name: str) -> pl.Expr:
    if name != TAGS_FIELD:
        return pl.col(name)
    return pl.when(pl.col(name).list.len() > 0).then(pl.col(name).list.join(", "))


def independent_results(independent: Independent, not_sent: str) -> pl.DataFrame:
    """Lines of results.csv, with `number`: one for each source key of a customer."""
    keys = independent.rows.select("source_key", "first", independent.positions.alias("group"))
    firsts = keys.filter("first").select("group", "source_key")
    more = keys.filter(~pl.col("first"))
    if more.height:
        more = more.select("group", "source_key").unique(maintain_order=True)
        own = firsts[more.get_column("group")].get_column("source_key")
        more = more.filter(more.get_column("source_key").ne_missing(own))
    if more.height:
        # A customer's further keys come right behind the first.
        firsts = pl.concat([firsts, more]).sort("group", maintain_order=True)
    groups = independent.groups.select("number", *_what_is_known(independent, pl.lit(not_sent), "outcome"))
    lines = firsts.with_columns((groups[firsts.get_column("group")] if more.height else groups).get_columns())
    return lines.select("number", "source_key", "id", "outcome", _LABEL.alias("customer"), _BLANK.alias("message"))


def independent_merges(plan: Plan, independent: Independent) -> pl.DataFrame:
    """Lines of merges.csv, with `number`."""
    groups = independent.groups.select("number", pl.col("file").alias("first_file"), pl.col("row").alias("first_row"))
    lines = independent.lost.with_columns(groups[independent.groups_of(independent.lost)].get_columns())
    first = (pl.col("first_file") == pl.col("file")) & (pl.col("first_row") == pl.col("row"))
    return lines.select(
        "number",
        _path("file", plan).alias("file"),
        pl.col("row").cast(pl.String),
        pl.when(~first).then(_into(plan)).alias("merged_into"),
        _LABEL.alias("customer"),
        _BLANK.alias("suspicious"),
        "field",
        "lost",
        pl.when(pl.col("kept") != "").then("kept"),
    )
