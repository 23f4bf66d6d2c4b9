"""What is left of a row's phone and email cells besides the value that is used, for the customer's notes."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from rotor_import.model.fields import NOTES_FIELD
from rotor_import.model.null_words import without_null_words
from rotor_import.model.sameness import composed_texts
from rotor_import.normalize.damage import key_damage
from rotor_import.normalize.phone_cells import read_cell
from rotor_import.normalize.unwanted import IGNORED

NO_REST = pl.DataFrame(schema={"at": pl.UInt32, "whole": pl.String, "rest": pl.String, "label": pl.String})
"""A piece that is left over: its row's index, the candidate that it is of, and what the notes call it."""


def unused(
    whole: pl.DataFrame, normal: pl.Series, remarks: pl.DataFrame, name: str, area_codes: Mapping[str, str]
) -> pl.DataFrame:
    """The pieces of `at`, `region` and `candidates` that make no part of the `normal` form, in their order.

    Of a candidate with a remark they are the text around its number, or all of it where it is invalid; of candidates
    behind the one that is used, the candidates themselves. Null words and placeholders are nothing.
    """
    named = whole.select("at", "region", "candidates")
    told = remarks.filter(~pl.col("damaged")).join(named.drop("candidates"), on="at", maintain_order="left")
    around = ~pl.col("invalid") | (pl.col("reason") == IGNORED)
    spoken = told.filter(~pl.col("intended") | (pl.col("reason") == IGNORED))
    parts = spoken.select("at", "value", "region", around.alias("around"))
    texts = {
        (value, region): _around(name, value, region, area_codes)
        for value, region in parts.filter("around").select("value", "region").unique().iter_rows()
    }
    rests = [
        texts[value, region] if is_around else value
        for value, region, is_around in parts.select("value", "region", "around").iter_rows()
    ]
    first = parts.select("at", pl.col("value").alias("whole"), pl.Series("rest", rests, dtype=pl.String))
    tried = remarks.filter("invalid").group_by("at").agg(pl.len().alias("tries"))
    used = normal.is_not_null().cast(pl.UInt32).alias("used")
    more = named.hstack([used]).filter(pl.col("candidates").list.len() > 1)
    more = more.join(tried, on="at", how="left", maintain_order="left")
    behind = pl.col("candidates").list.slice(pl.col("tries").fill_null(0) + pl.col("used"))
    later = more.select("at", behind.alias("whole")).explode("whole", empty_as_null=False)
    later = later.with_columns(without_null_words(pl.col("whole")).alias("rest"))
    pieces = pl.concat([first, later]).filter(pl.col("rest").fill_null("") != "")
    return pieces.sort("at", maintain_order=True).with_columns(pl.lit(name.capitalize()).alias("label"))


def _around(name: str, value: str, region: str, area_codes: Mapping[str, str]) -> str:
    if name != "phone":
        return ""
    return read_cell(key_damage(name, value).value, region, area_codes.get(region, "")).rest


def with_rest(frame: pl.DataFrame, pieces: pl.DataFrame) -> pl.DataFrame:
    """The frame with the pieces as a line at the end of the notes, unless these have the whole cell already."""
    if NOTES_FIELD not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(NOTES_FIELD))
    if pieces.is_empty():
        return frame
    notes = frame.get_column(NOTES_FIELD)
    held = notes.gather(pieces.get_column("at")).alias("held")
    new = pieces.hstack([held]).filter(
        ~pl.col("held").str.contains(pl.col("whole"), literal=True).fill_null(value=False)
    )
    if new.is_empty():
        return frame
    rests = composed_texts(pl.col("rest")).unique(maintain_order=True).str.join("; ")
    lines = new.group_by("at", maintain_order=True).agg(
        pl.format("{}: {}", pl.first("label"), rests).alias("line"), pl.first("held")
    )
    lines = lines.select("at", pl.concat_str("held", "line", separator="\n", ignore_nulls=True).alias(NOTES_FIELD))
    return frame.with_columns(notes.scatter(lines.get_column("at"), lines.get_column(NOTES_FIELD)))
