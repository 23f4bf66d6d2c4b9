"""Phones and e-mails judged: as columns where that is certain, else one by one. Both say what the libraries say."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from polars.exceptions import ComputeError

from rotor_import.normalize.odd import Question, Verdict, verdict, verdicts
from rotor_import.normalize.quick_emails import decided_emails
from rotor_import.normalize.quick_phones import decided_phones

_FEW = 256
"""Up to here the library itself is quicker than the preparation of its patterns."""
_ASKED = 32
"""Decided values about which the library is asked as well: a new version of it may have new rules."""
_VERDICT = {"normal": pl.String, "reason": pl.String, "damaged": pl.Boolean}
_UNDECIDED = pl.DataFrame(schema={"at": pl.UInt32, "normal": pl.String, "reason": pl.String})
_JUDGED = pl.Schema({"value": pl.String, "region": pl.String, **_VERDICT})


def judged(values: pl.Series, regions: pl.Series | str, name: str, *, few: int = _FEW) -> pl.DataFrame:
    """`value`, `region`, `normal`, `reason` and `damaged` (Boolean), once for each distinct value and region.

    `normal` is '' where the value is invalid. Up to `few` values of a region go to the library at once.
    """
    found = [pl.DataFrame(schema=_JUDGED)]
    for region, distinct in _by_region(values.alias("value"), regions):
        told = _judged(distinct, Question(name, region), few)
        found.append(told.select("value", pl.lit(region, dtype=pl.String).alias("region"), *_VERDICT))
    return pl.concat(found)


def judged_each(values: pl.Series, regions: pl.Series, name: str, *, few: int = _FEW) -> pl.DataFrame:
    """`value`, `normal`, `reason` and `damaged` of each of the values, in their order."""
    values = values.alias("value")
    present = regions.unique().to_list()
    if len(present) == 1:
        return _judged(values, Question(name, present[0]), few).sort("at").drop("at")
    asked = pl.DataFrame([values, regions.alias("region")])
    told = judged(values, regions, name, few=few)
    return asked.join(told, on=["value", "region"], how="left", maintain_order="left").drop("region")


def _by_region(values: pl.Series, regions: pl.Series | str) -> Iterator[tuple[str, pl.Series]]:
    if isinstance(regions, str):
        yield regions, values.unique()
        return
    present = regions.unique().to_list()
    if len(present) == 1:
        yield present[0], values.unique()
        return
    frame = values.to_frame().with_columns(regions.alias("region"))
    for same in frame.partition_by("region"):
        yield same.item(0, "region"), same.get_column("value").unique()


def forms(values: pl.Series, name: str, region: str, *, few: int = _FEW) -> pl.Series:
    """The normal form of each of Rotor's own values; '' for one that has none."""
    values = values.alias("value")
    distinct = values.unique()
    question = Question(name, region, damageable=False)
    if len(distinct) == len(values):
        return _judged(values, question, few).sort("at").get_column("normal")
    told = _judged(distinct, question, few)
    return values.to_frame().join(told, on="value", how="left", maintain_order="left").get_column("normal")


def _judged(distinct: pl.Series, question: Question, few: int) -> pl.DataFrame:
    """`value`, `at` (its place), `normal`, `reason` and `damaged`."""
    decided = _decided(distinct, question) if len(distinct) > few else _UNDECIDED
    places = pl.int_range(len(distinct), dtype=pl.UInt32, eager=True)
    left = pl.repeat(value=True, n=len(distinct), eager=True).scatter(decided.get_column("at"), values=False)
    told = verdicts(question, distinct.filter(left).to_list())
    one_by_one = pl.DataFrame(told, schema=_VERDICT, orient="row").insert_column(0, places.filter(left).alias("at"))
    both = pl.concat([decided.with_columns(pl.lit(value=False).alias("damaged")), one_by_one])
    return both.insert_column(0, distinct.gather(both.get_column("at")))


def _decided(distinct: pl.Series, question: Question) -> pl.DataFrame:
    """`at`, `normal` and `reason`; of nothing where the library, asked about some, says anything else."""
    try:
        found = decided_phones(distinct, question.region) if question.name == "phone" else decided_emails(distinct)
    except ComputeError:  # a pattern of the library that polars' regex engine does not know
        return _UNDECIDED
    some = found.gather_every(max(1, found.height // _ASKED))
    agreed = all(Verdict(normal, reason) == verdict(question, distinct[at]) for at, normal, reason in some.iter_rows())
    return found if agreed else _UNDECIDED
