"""Normal forms of whole columns: each distinct value goes through its library once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.normalize.emails import normal_email
from rotor_import.normalize.phones import Normal, normal_phone

Forms = Callable[[Iterable[str]], dict[str, str]]


def key_forms(region: str) -> tuple[Forms, Forms]:
    """Normal forms of phones and of e-mails as Rotor stores them; '' for a value that has none."""

    def phones(values: Iterable[str]) -> dict[str, str]:
        return {value: normal_phone(value, region).value for value in set(values)}

    def emails(values: Iterable[str]) -> dict[str, str]:
        return {value: normal_email(value.strip()).value for value in set(values)}

    return phones, emails


def normalize(table: MappedTable, *, invalid: Mapping[str, str]) -> MappedTable:
    """The first valid candidate of each phone and e-mail; what is dropped on the way is noticed.

    `invalid` says for each whether a row without a valid one goes on (`drop`) or not (`reject`).
    """
    frame = table.frame
    rejects = list(table.rejects)
    notices = list(table.notices)
    for name in KEY_FIELDS:
        if name in frame.columns:
            frame, found, lost = _column(frame, name, table.file)
            if invalid.get(name, "drop") == "reject":
                rejects += [Reject(table.file, one.row, name, one.value, one.reason) for one in lost]
                frame = frame.filter(~pl.col("row").is_in([one.row for one in lost]))
            notices += [*found, *lost]
    gone = {reject.row for reject in rejects}
    return MappedTable(
        table.file,
        frame,
        table.left_out,
        tuple(rejects),
        tuple(notice for notice in notices if notice.row not in gone),
    )


def _column(frame: pl.DataFrame, name: str, file: int) -> tuple[pl.DataFrame, list[Notice], list[Notice]]:
    """The frame with the normal form, notices of what was dropped, and those of rows left with nothing."""
    candidates = (
        frame.select("row", "region", pl.col(name).alias("value"))
        .explode("value", empty_as_null=False, keep_nulls=False)
        .with_columns(pl.int_range(pl.len()).alias("at"))
    )
    judged = candidates.join(
        _judged(candidates, name), on=["value", "region"], how="left", maintain_order="left"
    )
    first = judged.filter(pl.col("normal") != "").sort("at").unique("row", keep="first", maintain_order=True)
    chosen = first.select("row", pl.col("normal").alias(name))
    result = frame.drop(name).join(chosen, on="row", how="left", maintain_order="left").select(frame.columns)
    # A candidate behind the first valid one was not asked for, so nothing is said of it.
    before = judged.join(first.select("row", pl.col("at").alias("chosen")), on="row", how="left")
    told = before.filter((pl.col("reason") != "") & (pl.col("at") <= pl.col("chosen").fill_null(2**62)))
    notices: list[Notice] = []
    lost: list[Notice] = []
    for row, value, reason, chosen_at in told.select("row", "value", "reason", "chosen").iter_rows():
        (notices if chosen_at is not None else lost).append(Notice(file, row, name, value, reason))
    return result, notices, lost


def _judged(candidates: pl.DataFrame, name: str) -> pl.DataFrame:
    distinct = candidates.select("value", "region").unique()
    forms = [_normal(name, value, region) for value, region in distinct.iter_rows()]
    return distinct.with_columns(
        pl.Series("normal", [form.value for form in forms], dtype=pl.String),
        pl.Series("reason", [form.reason for form in forms], dtype=pl.String),
    )


def _normal(name: str, value: str, region: str) -> Normal:
    return normal_phone(value, region) if name == "phone" else normal_email(value)
