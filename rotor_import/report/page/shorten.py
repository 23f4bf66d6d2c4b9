"""How cells look on the page: long ones are shortened, phones are written as people write them."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
import polars as pl

_LONGEST = 300
_E164 = re.compile(r"\+\d{7,15}")
_NORTH_AMERICA = 1
"""The country code of the US and Canada."""


def shortened(frame: pl.DataFrame, longest: int = _LONGEST) -> pl.DataFrame:
    """A frame of strings with long cells cut, and '' for blanks; meant for the lines shown, not for whole tables."""
    if frame.is_empty():
        return frame
    # Bytes are counted faster than characters, and there are never fewer of them.
    lengths = frame.select(pl.all().str.len_bytes().max()).row(0, named=True)
    long = [name for name, length in lengths.items() if (length or 0) > longest]
    cut = frame.with_columns(_cut(name, longest) for name in long) if long else frame
    return cut.fill_null("")


@lru_cache(10_000)
def phone(text: str) -> str:
    """A phone in Rotor's form as people write it: (817) 555-0169, +44 20 7946 0958; other text stays as it is."""
    if not _E164.fullmatch(text):
        return text
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    at_home = number.country_code == _NORTH_AMERICA
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def field_words(name: str) -> str:
    """What a field of a Rotor customer is called: property street 1, billing ZIP."""
    words = re.sub(r"(?<=[a-z])(?=\d)", " ", name.replace("_", " "))
    return re.sub(r"\bzip\b", "ZIP", words)


def _cut(name: str, longest: int) -> pl.Expr:
    text = pl.col(name)
    left = (text.str.len_chars() - longest).cast(pl.String)
    cut = pl.concat_str(text.str.slice(0, longest), pl.lit("… ("), left, pl.lit(" more characters, in the files)"))
    return pl.when(text.str.len_chars() > longest).then(cut).otherwise(text).alias(name)
