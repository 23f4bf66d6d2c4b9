"""Names and companies as columns: first name, last name, generation."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.plain_text import blank_to_null, plain_texts, spaceless
from rotor_import.people.companies import LEGAL_FORMS

NAME_TRAITS = ("first", "last", "generation")
_TITLES = r"^(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir)\b ?(?:(?:mr|mrs|ms|dr)\b ?)?"
_DEGREES = r" (?:md|phd|dds|dvm|cpa|esq|rn)$"
_GENERATION = r" (jr|junior|sr|senior|ii|iii|iv|2nd|3rd|4th)$"
_GENERATIONS = {"junior": "2", "jr": "2", "ii": "2", "2nd": "2", "senior": "1", "sr": "1"} | {
    "iii": "3",
    "3rd": "3",
    "iv": "4",
    "4th": "4",
}


def name_traits(first: pl.Expr, last: pl.Expr) -> list[pl.Expr]:
    """A whole name in one cell is taken apart: `Vance, Nora` and `Nora Vance`."""
    given, family = _bare(first), _bare(last)
    whole = pl.coalesce(
        pl.when(family.is_null()).then(_in_order(first)), pl.when(given.is_null()).then(_in_order(last))
    )
    alone = whole.str.contains(" ", literal=True)
    generation = pl.coalesce(_plain(last).str.extract(_GENERATION), _plain(first).str.extract(_GENERATION))
    first_out = pl.when(alone).then(whole.str.extract("^(.*) [^ ]+$")).otherwise(given)
    last_out = pl.when(alone).then(whole.str.extract("([^ ]+)$")).otherwise(family)
    return [
        first_out.alias("first"),
        last_out.alias("last"),
        generation.replace(_GENERATIONS).alias("generation"),
    ]


def company_traits(company: pl.Expr) -> pl.Expr:
    """A company's name without legal forms, `The` and `and`, unless it has nothing else."""
    plain = plain_texts(company)
    words = r"\b(?:" + "|".join([*sorted(LEGAL_FORMS), "the", "and", "l l c"]) + r")\b"
    core = plain.str.replace_all(words, "").str.replace_all(" +", " ").str.strip_chars(" ")
    return pl.coalesce(blank_to_null(core), plain).alias("company")


def _plain(text: pl.Expr) -> pl.Expr:
    return plain_texts(text).str.replace(_TITLES, "").str.replace(_DEGREES, "")


def _bare(text: pl.Expr) -> pl.Expr:
    return blank_to_null(_plain(text).str.replace(_GENERATION, ""))


def _in_order(text: pl.Expr) -> pl.Expr:
    """`Vance, Nora` turned round."""
    turned = text.str.replace(r"^([^,]+),\s*([^,]*[^,\s])\s*$", "$2 $1")
    return _bare(turned)


__all__ = ["NAME_TRAITS", "company_traits", "name_traits", "spaceless"]
