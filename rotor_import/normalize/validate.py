"""Phones and emails validated: as columns where that is certain, else one by one. Both agree with the libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import polars as pl
from polars.exceptions import ComputeError

from rotor_import.normalize.fast_emails import email_parts
from rotor_import.normalize.fast_phones import phone_parts
from rotor_import.normalize.phones import Normal
from rotor_import.normalize.slow_path import Question, checked, checked_each

_FEW = 256
"""Up to this many values the library itself is quicker than preparing its patterns."""
_ASKED = 16
"""Values of each part that the library checks too, since a new version of it may have new rules."""
_NORMAL = {"normal": pl.String, "reason": pl.String, "damaged": pl.Boolean}
_REMARKS = pl.Schema({"at": pl.UInt32, "reason": pl.String, "damaged": pl.Boolean})
_UNDECIDED = pl.DataFrame(schema={"at": pl.UInt32, "normal": pl.String, "reason": pl.String})


class Validated(NamedTuple):
    """Validated values: `normal` has the form of each, null where it is invalid or blank.

    `remarks` has a line for each value that needs one: `at` (its index among the values), `reason` and `damaged`.
    """

    normal: pl.Series
    remarks: pl.DataFrame


def validate_each(
    values: pl.Series,
    regions: pl.Series,
    name: str,
    *,
    area_codes: Mapping[str, str] | None = None,
    few: int = _FEW,
) -> Validated:
    """Each value by its own region; null is a blank. `area_codes` are those of phones without one, by region."""

    def question(region: str) -> Question:
        return Question(name, region, area_code=(area_codes or {}).get(region, ""))

    if values.is_empty() or (regions == regions[0]).all():
        return _validate(values, question(regions[0] if len(regions) else ""), few)
    normal = pl.Series([None], dtype=pl.String).new_from_index(0, len(values))
    remarks = [pl.DataFrame(schema=_REMARKS)]
    for region in regions.unique(maintain_order=True):
        at = (regions == region).arg_true()
        own = _validate(values.gather(at), question(region), few)
        normal = normal.scatter(at, own.normal)
        remarks.append(own.remarks.with_columns(at.gather(own.remarks.get_column("at")).alias("at")))
    return Validated(normal, pl.concat(remarks).sort("at"))


def forms(values: pl.Series, name: str, region: str, *, few: int = _FEW) -> pl.Series:
    """The normal form of each value as Rotor stores it, '' where it has none."""
    values = values.alias("value")
    distinct = values.unique()
    question = Question(name, region, damageable=False)
    if len(distinct) == len(values):
        return _validate(values, question, few).normal.fill_null("").alias("normal")
    told = distinct.to_frame().with_columns(_validate(distinct, question, few).normal.fill_null("").alias("normal"))
    return values.to_frame().join(told, on="value", how="left", maintain_order="left").get_column("normal")


def _validate(values: pl.Series, question: Question, few: int) -> Validated:
    if len(values) <= few:
        return _validate_few(values.to_list(), question)
    decided = _decided(values, question)
    rest = values.is_not_null().scatter(decided.get_column("at"), values=False).arg_true().cast(pl.UInt32)
    told = _one_by_one(values.gather(rest), question).insert_column(0, rest.alias("at"))
    both = pl.concat([decided.with_columns(pl.lit(value=False).alias("damaged")), told])
    remarks = both.filter(pl.col("reason") != "").select(_REMARKS.names()).sort("at")
    return Validated(_by_index(both.filter(pl.col("normal") != ""), len(values)), remarks)


def _validate_few(values: list[str | None], question: Question) -> Validated:
    """Without a frame, which takes longer than a few values."""
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    told = dict(zip(distinct, checked_each(question, distinct), strict=True))
    found = [None if value is None else told[value] for value in values]
    remarks = [(at, one.reason, one.damaged) for at, one in enumerate(found) if one and one.reason]
    return Validated(
        pl.Series("normal", [one.value or None if one else None for one in found], dtype=pl.String),
        pl.DataFrame(remarks, schema=_REMARKS, orient="row"),
    )


def _by_index(valid: pl.DataFrame, count: int) -> pl.Series:
    """The valid forms, each at its index among `count` values. Gathering texts is quicker than scattering them."""
    index = pl.Series([None], dtype=pl.UInt32).new_from_index(0, count)
    numbers = pl.int_range(valid.height, dtype=pl.UInt32, eager=True)
    return valid.get_column("normal").rechunk().gather(index.scatter(valid.get_column("at"), numbers))


def _one_by_one(values: pl.Series, question: Question) -> pl.DataFrame:
    """`normal`, `reason` and `damaged` of each value; the library checks each distinct value once."""
    distinct = values.alias("value").unique(maintain_order=True)
    told = pl.DataFrame(checked_each(question, distinct.to_list()), schema=_NORMAL, orient="row")
    table = told.insert_column(0, distinct)
    each = values.alias("value").to_frame().join(table, on="value", how="left", maintain_order="left")
    return each.drop("value")


def _decided(values: pl.Series, question: Question) -> pl.DataFrame:
    """`at`, `normal` and `reason` of the values that the columns decide.

    A part is left out where the library, asked about some of its values, disagrees.
    """
    try:
        parts = [part for part in _decided_parts(values, question) if _agreed(part, values, question)]
    except ComputeError:  # polars' regex engine does not know a pattern of the library
        return _UNDECIDED
    return pl.concat([_UNDECIDED, *parts])


def _decided_parts(values: pl.Series, question: Question) -> Iterator[pl.DataFrame]:
    if question.name == "phone":
        return phone_parts(values, question.region, question.area_code)
    return email_parts(values)


def _agreed(part: pl.DataFrame, values: pl.Series, question: Question) -> bool:
    sample = part.gather_every(max(1, -(-part.height // _ASKED)))
    return all(Normal(normal, reason) == checked(question, values[at]) for at, normal, reason in sample.iter_rows())
