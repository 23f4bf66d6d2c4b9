"""Phones and e-mails judged: as columns where that is certain, else one by one. Both say what the libraries say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import polars as pl
from polars.exceptions import ComputeError

from rotor_import.normalize.fast_emails import email_parts
from rotor_import.normalize.fast_phones import phone_parts
from rotor_import.normalize.slow_path import Question, Verdict, verdict, verdicts

_FEW = 256
"""Up to here the library itself is quicker than the preparation of its patterns."""
_ASKED = 16
"""Decided values of a part about which the library is asked as well: a new version of it may have new rules."""
_VERDICT = {"normal": pl.String, "reason": pl.String, "damaged": pl.Boolean}
_SAID = pl.Schema({"at": pl.UInt32, "reason": pl.String, "damaged": pl.Boolean})
_UNDECIDED = pl.DataFrame(schema={"at": pl.UInt32, "normal": pl.String, "reason": pl.String})


class Judged(NamedTuple):
    """`normal` has each value's form, null where it is invalid or there is none.

    `said` has `at` (the place of a value), `reason` and `damaged` wherever something is to be said.
    """

    normal: pl.Series
    said: pl.DataFrame


def judged_each(values: pl.Series, regions: pl.Series, name: str, *, few: int = _FEW) -> Judged:
    """Each of the values by its own region; null is no value."""
    if values.is_empty() or (regions == regions[0]).all():
        return _judged(values, Question(name, regions[0] if len(regions) else ""), few)
    normal = pl.repeat(None, len(values), dtype=pl.String, eager=True)
    said = [pl.DataFrame(schema=_SAID)]
    for region in regions.unique(maintain_order=True):
        places = (regions == region).arg_true()
        found = _judged(values.gather(places), Question(name, region), few)
        normal = normal.scatter(places, found.normal)
        said.append(found.said.with_columns(places.gather(found.said.get_column("at")).alias("at")))
    return Judged(normal, pl.concat(said).sort("at"))


def forms(values: pl.Series, name: str, region: str, *, few: int = _FEW) -> pl.Series:
    """The normal form of each of Rotor's own values; '' for one that has none."""
    values = values.alias("value")
    distinct = values.unique()
    question = Question(name, region, damageable=False)
    if len(distinct) == len(values):
        return _judged(values, question, few).normal.fill_null("").alias("normal")
    told = distinct.to_frame().with_columns(_judged(distinct, question, few).normal.fill_null("").alias("normal"))
    return values.to_frame().join(told, on="value", how="left", maintain_order="left").get_column("normal")


def _judged(values: pl.Series, question: Question, few: int) -> Judged:
    decided = _decided(values, question) if len(values) > few else _UNDECIDED
    places = values.is_not_null().scatter(decided.get_column("at"), values=False).arg_true().cast(pl.UInt32)
    told = _one_by_one(values.gather(places), question).insert_column(0, places.alias("at"))
    both = pl.concat([decided.with_columns(pl.lit(value=False).alias("damaged")), told])
    said = both.filter(pl.col("reason") != "").select(_SAID.names()).sort("at")
    return Judged(_in_place(both.filter(pl.col("normal") != ""), len(values)), said)


def _in_place(valid: pl.DataFrame, count: int) -> pl.Series:
    """The normal forms at their places among `count` values. Texts are gathered sooner than they are scattered."""
    index = pl.repeat(None, count, dtype=pl.UInt32, eager=True)
    numbers = pl.int_range(valid.height, dtype=pl.UInt32, eager=True)
    return valid.get_column("normal").rechunk().gather(index.scatter(valid.get_column("at"), numbers))


def _one_by_one(values: pl.Series, question: Question) -> pl.DataFrame:
    """`normal`, `reason` and `damaged` as the library says: it is asked about each distinct value once."""
    distinct = values.alias("value").unique(maintain_order=True)
    told = pl.DataFrame(verdicts(question, distinct.to_list()), schema=_VERDICT, orient="row")
    table = told.insert_column(0, distinct)
    each = values.alias("value").to_frame().join(table, on="value", how="left", maintain_order="left")
    return each.drop("value")


def _decided(values: pl.Series, question: Question) -> pl.DataFrame:
    """`at`, `normal` and `reason`; without the parts of which the library, asked about some, says anything else."""
    try:
        found = [part for part in _decided_parts(values, question) if _agreed(part, values, question)]
    except ComputeError:  # a pattern of the library that polars' regex engine does not know
        return _UNDECIDED
    return pl.concat([_UNDECIDED, *found])


def _decided_parts(values: pl.Series, question: Question) -> Iterator[pl.DataFrame]:
    return phone_parts(values, question.region) if question.name == "phone" else email_parts(values)


def _agreed(part: pl.DataFrame, values: pl.Series, question: Question) -> bool:
    some = part.gather_every(max(1, -(-part.height // _ASKED)))
    return all(Verdict(normal, reason) == verdict(question, values[at]) for at, normal, reason in some.iter_rows())
