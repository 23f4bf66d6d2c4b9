"""Normal forms of whole columns: each distinct value goes through its library once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.normalize.damage import mend
from rotor_import.normalize.judging import forms, judged

Forms = Callable[[Iterable[str]], dict[str, str]]


def key_forms(region: str) -> tuple[Forms, Forms]:
    """Normal forms of phones and of e-mails as Rotor stores them; '' for a value that has none."""

    def phones(values: Iterable[str]) -> dict[str, str]:
        return _forms(values, "phone", region)

    def emails(values: Iterable[str]) -> dict[str, str]:
        return _forms(values, "email", region)

    return phones, emails


def _forms(values: Iterable[str], name: str, region: str) -> dict[str, str]:
    distinct = pl.Series(list(set(values)), dtype=pl.String)
    return dict(zip(distinct.to_list(), forms(distinct, name, region).to_list(), strict=True))


def normalize(table: MappedTable, *, invalid: Mapping[str, str]) -> MappedTable:
    """The first valid candidate of each phone and e-mail; what is dropped on the way is noticed.

    `invalid` says for each whether a row without a valid one goes on (`drop`) or not (`reject`).
    """
    table = mend(table)
    frame = table.frame
    rejects = list(table.rejects)
    notices = list(table.notices)
    for name in KEY_FIELDS:
        if name in frame.columns:
            frame, found, lost, spoilt = _column(frame, name, table.file)
            rejects += [Reject(table.file, one.row, name, one.value, one.reason) for one in spoilt]
            if invalid.get(name, "drop") == "reject":
                rejects += [Reject(table.file, one.row, name, one.value, one.reason) for one in lost]
            notices += [*found, *lost]
    gone = {reject.row for reject in rejects}
    frame = frame.filter(~pl.col("row").is_in(gone)) if gone else frame
    return MappedTable(
        table.file,
        frame,
        table.left_out,
        tuple(rejects),
        tuple(notice for notice in notices if notice.row not in gone),
    )


class _Found(NamedTuple):
    """The frame with the normal form, what was dropped, and rows left with nothing or with a damaged value."""

    frame: pl.DataFrame
    notices: Sequence[Notice] = ()
    lost: Sequence[Notice] = ()
    spoilt: Sequence[Notice] = ()


def _column(frame: pl.DataFrame, name: str, file: int) -> _Found:
    """A candidate behind the first valid one was not asked for: it is neither looked at nor spoken of.

    A damaged one before it spoils the row: nobody can know what it was.
    """
    left = frame.select("row", "region", pl.col(name).alias("candidates"))
    chosen: list[pl.DataFrame] = []
    told: list[pl.DataFrame] = []
    spoilt: list[pl.DataFrame] = []
    at = 0
    while not (left := left.filter(pl.col("candidates").list.len() > at)).is_empty():
        judged = _judged(left.with_columns(pl.col("candidates").list.get(at).alias("value")), name)
        spoilt.append(judged.filter("damaged").select("row", "value", "reason"))
        judged = judged.filter(~pl.col("damaged"))
        valid = pl.col("normal") != ""
        chosen.append(judged.filter(valid).select("row", pl.col("normal").alias(name)))
        told.append(judged.filter(pl.col("reason") != "").select("row", "value", "reason"))
        left = judged.filter(~valid).select("row", "region", "candidates")
        at += 1
    if not chosen:
        return _Found(frame.with_columns(pl.lit(None, dtype=pl.String).alias(name)))
    normal = pl.concat(chosen)
    result = frame.drop(name).join(normal, on="row", how="left", maintain_order="left").select(frame.columns)
    notices: list[Notice] = []
    lost: list[Notice] = []
    having = set(normal.get_column("row").to_list())
    for row, value, reason in pl.concat(told).sort("row", maintain_order=True).iter_rows():
        (notices if row in having else lost).append(Notice(file, row, name, value, reason))
    faults = [Notice(file, row, name, value, reason) for row, value, reason in pl.concat(spoilt).iter_rows()]
    return _Found(result, notices, lost, faults)


def _judged(candidates: pl.DataFrame, name: str) -> pl.DataFrame:
    """With `normal`, `reason` and `damaged` for each `value`."""
    verdicts = judged(candidates.get_column("value"), candidates.get_column("region"), name)
    return candidates.join(verdicts, on=["value", "region"], how="left", maintain_order="left")
