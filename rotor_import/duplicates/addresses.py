"""Addresses as columns: house number, street, what else is named, apartment, city, state, ZIP code."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.plain_text import blank_to_null, plain_texts, spaceless
from rotor_import.duplicates.street_words import BOX, DIRECTIONS, KINDS, SPELLED, UNIT
from rotor_import.model.us_states import STATE_CODES

ADDRESS_TRAITS = ("number", "street", "stem", "extra", "unit", "city", "state", "zip")
_NUMBER = "^([0-9]+)[a-z]?(?: |$)"


def address_traits(kind: str) -> list[pl.Expr]:
    street1, street2 = (pl.col(f"{kind}_street{at}").str.to_lowercase() for at in (1, 2))
    main, other = _without_unit(street1), _without_unit(street2)
    unit = pl.coalesce(street1.str.extract(UNIT), street2.str.extract(UNIT), _lone_unit(other))
    box = pl.coalesce(street1.str.extract(BOX), street2.str.extract(BOX))
    number = pl.coalesce(main.str.extract(_NUMBER), other.str.extract(_NUMBER + ".*[a-z]{3}"), box)
    street, extra = _street(main), _street(other.str.replace(_NUMBER, ""))
    state = plain_texts(pl.col(f"{kind}_state"))
    return [
        number.str.strip_chars_start("0").alias("number"),
        spaceless(street).alias("street"),
        _stem(street).alias("stem"),
        spaceless(extra).alias("extra"),
        unit.str.replace_all("-", "").alias("unit"),
        spaceless(plain_texts(pl.col(f"{kind}_city"))).alias("city"),
        state.replace({name: code.lower() for name, code in STATE_CODES.items()}).alias("state"),
        _zip(pl.col(f"{kind}_zip")).alias("zip"),
    ]


def _without_unit(street: pl.Expr) -> pl.Expr:
    return plain_texts(street.str.replace(UNIT, " "))


def _lone_unit(other: pl.Expr) -> pl.Expr:
    """A second line that is but a number or a letter."""
    return other.str.extract("^([0-9]{1,5}[a-z]?|[a-z][0-9]{0,4})$")


def _street(line: pl.Expr) -> pl.Expr:
    """The words of a street, spelled out, without number and compass points."""
    words = blank_to_null(line.str.replace(_NUMBER, "")).str.split(" ")
    kept = words.list.eval(pl.element().filter(~pl.element().is_in(DIRECTIONS)).replace(SPELLED)).list.join(" ")
    return pl.coalesce(blank_to_null(kept), blank_to_null(words.list.join(" ")))


def _stem(street: pl.Expr) -> pl.Expr:
    """A street without its kind: `elm` of `elm street`."""
    return spaceless(street.str.replace(" (?:" + "|".join(KINDS) + ")$", ""))


def _zip(column: pl.Expr) -> pl.Expr:
    text = spaceless(plain_texts(column))
    return pl.coalesce(column.str.strip_chars().str.extract("^([0-9]{5})(?:-?[0-9]{4})?$"), text)
