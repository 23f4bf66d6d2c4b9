"""Addresses as columns: house number, street, what else is named, apartment, city, state, ZIP code."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.plain_text import blank_to_null, by_value, plain_texts, spaceless
from rotor_import.duplicates.street_words import BOX, DIRECTIONS, KINDS, SPELLED, UNIT
from rotor_import.model.us_states import STATE_CODES

ADDRESS_TRAITS = ("number", "street", "stem", "extra", "unit", "city", "state", "zip")
_NUMBER = "^[ #0]*([0-9]+)[a-z]?(?:[ ,.-]|$)"
_STATES = {name: code.lower() for name, code in STATE_CODES.items()}


def address_traits(parts: pl.DataFrame) -> list[pl.Series]:
    """`parts` has the columns `street1`, `street2`, `city`, `state` and `zip`."""
    if all(column.null_count() == len(column) for column in parts):
        return [parts.get_column("zip").cast(pl.String).alias(name) for name in ADDRESS_TRAITS]
    numbers = parts.select(pl.col("street1", "street2").str.strip_chars().str.to_lowercase()).with_columns(
        pl.col("street1", "street2").str.extract(_NUMBER).name.suffix("_number"),
        pl.col("street1", "street2").str.replace(_NUMBER, "").name.suffix("_rest"),
    )
    main, other = (by_value(numbers[f"street{at}_rest"], _street_parts) for at in (1, 2))
    number, second = numbers["street1_number"], numbers["street2_number"]
    lone = other["street"].is_null() & other["unit"].is_null()
    number = _first_of(number, main["box"], second.set(lone, None), other["box"])
    unit = _first_of(main["unit"], other["unit"], second.set(~lone, None))
    return [
        number.alias("number"),
        main["street"].alias("street"),
        main["stem"].alias("stem"),
        other["street"].alias("extra"),
        unit.alias("unit"),
        by_value(parts["city"], _city).to_series(),
        by_value(parts["state"], _state).to_series(),
        by_value(parts["zip"], _zip).to_series(),
    ]


def _first_of(*columns: pl.Series) -> pl.Series:
    names = [str(at) for at in range(len(columns))]
    return (
        pl.DataFrame([column.alias(name) for name, column in zip(names, columns, strict=True)])
        .select(pl.coalesce(names))
        .to_series()
    )


def _street_parts(lines: pl.Series) -> pl.DataFrame:
    """The words of a street, spelled out, without compass points; its stem is `elm` of `elm street`."""
    words = plain_texts(lines.str.replace(UNIT, " ").str.replace(BOX, "po box ")).to_frame("text")
    kept = pl.element().filter(~pl.element().is_in(DIRECTIONS)).replace(SPELLED)
    kind = " (?:" + "|".join(KINDS) + ")$"
    return words.select(
        pl.coalesce(pl.col("text").str.split(" ").list.eval(kept).list.join(" ").replace("", None), "text").alias(
            "text"
        )
    ).select(
        pl.col("text").str.replace_all(" ", "", literal=True).alias("street"),
        pl.col("text").str.replace(kind, "").str.replace_all(" ", "", literal=True).alias("stem"),
        lines.str.extract(UNIT).str.replace_all("-", "", literal=True).alias("unit"),
        lines.str.extract(BOX).alias("box"),
    )


def _city(names: pl.Series) -> pl.DataFrame:
    return spaceless(plain_texts(names)).to_frame("city")


def _state(names: pl.Series) -> pl.DataFrame:
    return plain_texts(names).replace(_STATES).to_frame("state")


def _zip(codes: pl.Series) -> pl.DataFrame:
    short = codes.str.strip_chars().str.extract("^([0-9]{5})(?:-?[0-9]{4})?$")
    return _first_of(short, spaceless(plain_texts(codes))).to_frame("zip")


__all__ = ["ADDRESS_TRAITS", "address_traits", "blank_to_null"]
