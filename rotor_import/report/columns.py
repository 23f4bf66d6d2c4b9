"""The plain customers of a plan as the report's tables, a column at a time."""

from __future__ import annotations

import polars as pl

from rotor_import.model.fields import FIELDS, TAGS_FIELD
from rotor_import.model.plain import Plain
from rotor_import.model.plan import Plan

_LABEL = pl.format("C{}", "number")


def plain_rows(plan: Plan, plain: Plain) -> pl.DataFrame:
    """Lines of rows.csv, with `at_file` and `at_row` to sort them by."""
    groups = plain.groups.select(
        "group",
        pl.when("known").then(pl.lit("unchanged")).otherwise(pl.lit(plan.new)).alias("kept"),
        _LABEL.alias("customer"),
        pl.when("known").then("customer").otherwise(pl.lit("")).alias("id"),
        pl.col("file").alias("first_file"),
        pl.col("row").alias("first_row"),
    )
    rows = plain.rows.select("group", "first", "file", "row").join(
        groups, on="group", how="left", maintain_order="left"
    )
    return rows.select(
        pl.col("file").alias("at_file"),
        pl.col("row").alias("at_row"),
        _path("file", plan).alias("file"),
        pl.col("row").cast(pl.String),
        pl.when("first").then("kept").otherwise(pl.lit("merged")).alias("disposition"),
        pl.lit("").alias("reason"),
        "customer",
        "id",
        pl.when("first").then(pl.lit("")).otherwise(_into(plan)).alias("merged_into"),
    )


def _into(plan: Plan) -> pl.Expr:
    """The first row's number, with its file where that is another."""
    number = pl.col("first_row").cast(pl.String)
    elsewhere = pl.concat_str(_path("first_file", plan), pl.lit(":"), number)
    return pl.when(pl.col("first_file") == pl.col("file")).then(number).otherwise(elsewhere)


def _path(column: str, plan: Plan) -> pl.Expr:
    paths = {index: file.path for index, file in enumerate(plan.files)}
    return pl.col(column).replace_strict(paths, return_dtype=pl.String)


def plain_customers(plain: Plain) -> pl.DataFrame:
    """Lines of creates.csv or undecided.csv, with `number`."""
    filled = {name: _text(name) for name in plain.fields}
    new = plain.groups.filter(~pl.col("known"))
    blank = pl.lit("")
    return new.select("number", _LABEL.alias("customer"), *(filled.get(name, blank).alias(name) for name in FIELDS))


def _text(name: str) -> pl.Expr:
    cell = pl.col(name).list.join(", ") if name == TAGS_FIELD else pl.col(name)
    return cell.fill_null("")


def plain_results(plain: Plain, not_sent: str) -> pl.DataFrame:
    """Lines of results.csv, with `number`: one for each source key of a customer."""
    keys = plain.rows.select("group", pl.col("source_key").fill_null(""), "first")
    firsts, others = keys.filter("first"), keys.filter(~pl.col("first"))
    more = others.unique(maintain_order=True).join(
        firsts, on=["group", "source_key"], how="anti", maintain_order="left"
    )
    keys = pl.concat([firsts, more]).sort("group", maintain_order=True) if more.height else firsts
    groups = plain.groups.select(
        "group",
        "number",
        pl.when("known").then("customer").otherwise(pl.lit("")).alias("id"),
        pl.when("known").then(pl.lit("unchanged")).otherwise(pl.lit(not_sent)).alias("outcome"),
        _LABEL.alias("customer"),
        pl.lit("").alias("message"),
    )
    found = keys.join(groups, on="group", how="left", maintain_order="left")
    return found.select("number", "source_key", "id", "outcome", "customer", "message")


def plain_merges(plan: Plan, plain: Plain) -> pl.DataFrame:
    """Lines of merges.csv, with `number`."""
    groups = plain.groups.select(
        "group",
        "number",
        pl.col("file").alias("first_file"),
        pl.col("row").alias("first_row"),
        _LABEL.alias("customer"),
    )
    found = plain.lost.join(groups, on="group", how="left", maintain_order="left")
    first = (pl.col("first_file") == pl.col("file")) & (pl.col("first_row") == pl.col("row"))
    return found.select(
        "number",
        _path("file", plan).alias("file"),
        pl.col("row").cast(pl.String),
        pl.when(first).then(pl.lit("")).otherwise(_into(plan)).alias("merged_into"),
        "customer",
        pl.lit("").alias("suspicious"),
        "field",
        "lost",
        "kept",
    )
