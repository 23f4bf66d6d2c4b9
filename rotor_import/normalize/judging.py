"""Phones and e-mails judged: as columns where that is certain, else one by one. Both say what the libraries say."""

from __future__ import annotations

import polars as pl

from rotor_import.normalize.odd import Question, verdict, verdicts
from rotor_import.normalize.quick_emails import decided_emails
from rotor_import.normalize.quick_phones import decided_phones

_FEW = 256
"""Up to here the library itself is quicker than the preparation of its patterns."""
_ASKED = 32
"""Decided values about which the library is asked as well: a new version of it may have new rules."""
_VERDICT = {"normal": pl.String, "reason": pl.String, "damaged": pl.Boolean}
_JUDGED = pl.Schema({"value": pl.String, "region": pl.String, **_VERDICT})


def judged(values: pl.Series, regions: pl.Series | str, name: str, *, few: int = _FEW) -> pl.DataFrame:
    """`value`, `region`, `normal`, `reason` and `damaged` (Boolean), once for each distinct value and region.

    `normal` is '' where the value is invalid. Up to `few` values of a region go to the library at once.
    """
    region = pl.lit(regions) if isinstance(regions, str) else regions
    pairs = values.alias("value").to_frame().with_columns(region.alias("region")).unique()
    found = [pl.DataFrame(schema=_JUDGED)]
    for same in pairs.partition_by("region"):
        home = same.item(0, "region")
        told = _judged(same.get_column("value"), Question(name, home), few)
        found.append(told.select("value", pl.lit(home, dtype=pl.String).alias("region"), *_VERDICT))
    return pl.concat(found)


def forms(values: pl.Series, name: str, region: str, *, few: int = _FEW) -> pl.Series:
    """The normal form of each of Rotor's own values; '' for one that has none."""
    told = _judged(values.unique(), Question(name, region, damageable=False), few)
    frame = values.alias("value").to_frame()
    return frame.join(told, on="value", how="left", maintain_order="left").get_column("normal")


def _judged(distinct: pl.Series, question: Question, few: int) -> pl.DataFrame:
    """`value`, `normal`, `reason` and `damaged`."""
    decided = _decided(distinct, question) if len(distinct) > few else pl.DataFrame(schema=_JUDGED).drop("region")
    odd = distinct.alias("value").to_frame().join(decided, on="value", how="anti").get_column("value")
    one_by_one = pl.DataFrame(verdicts(question, odd.to_list()), schema=_VERDICT, orient="row")
    return pl.concat([decided, one_by_one.insert_column(0, odd)])


def _decided(distinct: pl.Series, question: Question) -> pl.DataFrame:
    """Nothing where the library, asked about some, says anything else."""
    region = question.region
    found = decided_phones(distinct, region) if question.name == "phone" else decided_emails(distinct)
    found = found.with_columns(pl.lit(value=False).alias("damaged"))
    some = found.gather_every(max(1, found.height // _ASKED))
    agreed = all(
        (normal, reason, damaged) == verdict(question, value) for value, normal, reason, damaged in some.iter_rows()
    )
    return found if agreed else found.clear()
