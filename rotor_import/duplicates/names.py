"""Names and companies as columns: first name, last name, generation."""

from __future__ import annotations

import polars as pl

from rotor_import.duplicates.plain_text import blank_to_null, by_value, plain_texts
from rotor_import.people.companies import LEGAL_FORMS

_TITLES = r"^(?:(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir)\b ?)+"
_DEGREES = r" (?:md|phd|dds|dvm|cpa|esq|rn)$"
_GENERATION = r" (jr|junior|sr|senior|ii|iii|iv|2nd|3rd|4th)$"
_GENERATIONS = {"junior": "2", "jr": "2", "ii": "2", "2nd": "2", "senior": "1", "sr": "1"} | {
    "iii": "3",
    "3rd": "3",
    "iv": "4",
    "4th": "4",
}
_COMMA = r"^([^,]+),\s*([^,]*[^,\s])\s*$"
_NO_COMPANY_WORDS = r"\b(?:" + "|".join([*sorted(LEGAL_FORMS), "the", "and", "l l c"]) + r")\b"


def name_traits(first: pl.Series, last: pl.Series) -> list[pl.Series]:
    """A whole name in one cell is taken apart: `Vance, Nora` and `Nora Vance`."""
    given, family = by_value(first, _read), by_value(last, _read)
    sides = pl.DataFrame(
        [
            given["bare"].alias("first"),
            family["bare"].alias("last"),
            given["whole"],
            family["whole"].alias("other_whole"),
            given["generation"],
            family["generation"].alias("other_generation"),
        ]
    )
    alone = pl.when(pl.col("last").is_null()).then("whole").when(pl.col("first").is_null()).then("other_whole")
    return sides.select(
        pl.coalesce(alone.str.extract("^(.*) [^ ]+$"), "first").alias("first"),
        pl.coalesce(alone.str.extract(" ([^ ]+)$"), "last").alias("last"),
        pl.coalesce("other_generation", "generation").alias("generation"),
    ).get_columns()


def _read(names: pl.Series) -> pl.DataFrame:
    """A name without title, degree and generation; `whole` in the order first name, last name."""
    plain = _without_titles(names)
    bare = blank_to_null(plain.str.replace(_GENERATION, ""))
    turned = _without_titles(names.str.replace(_COMMA, "$2 $1")).str.replace(_GENERATION, "")
    generation = plain.str.extract(_GENERATION).replace(_GENERATIONS)
    return pl.DataFrame([bare.alias("bare"), turned.alias("whole"), generation.alias("generation")])


def _without_titles(names: pl.Series) -> pl.Series:
    return plain_texts(names).str.replace(_TITLES, "").str.replace(_DEGREES, "")


def company_trait(company: pl.Series) -> pl.Series:
    """A company's name without legal forms, `The` and `and`, unless it has nothing else."""
    return by_value(company, _core).to_series().alias("company")


def _core(names: pl.Series) -> pl.DataFrame:
    plain = plain_texts(names)
    core = plain.str.replace_all(_NO_COMPANY_WORDS, "").str.replace_all(" +", " ").str.strip_chars(" ")
    return pl.DataFrame([blank_to_null(core).fill_null(plain).alias("company")])
