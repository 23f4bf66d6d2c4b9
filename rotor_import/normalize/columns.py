"""Normal forms of whole columns: each distinct value goes through its library once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.normalize.damage import mend
from rotor_import.normalize.judging import forms, judged_each

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
    left = frame.select("row", "region", pl.col(name).alias("candidates")).with_row_index("at")
    normal = pl.repeat(None, frame.height, dtype=pl.String, eager=True).alias(name)
    told: list[pl.DataFrame] = []
    spoilt: list[pl.DataFrame] = []
    turn = 0
    while not (left := left.filter(pl.col("candidates").list.len() > turn)).is_empty():
        values = left.get_column("candidates").list.get(turn)
        judged = left.drop("candidates").hstack(judged_each(values, left.get_column("region"), name))
        odd = judged.filter(pl.col("reason") != "").select("row", "value", "reason", "damaged")
        spoilt.append(odd.filter("damaged"))
        told.append(odd.filter(~pl.col("damaged")))
        valid = judged.get_column("normal") != ""
        chosen = judged.filter(valid)
        normal = normal.scatter(chosen.get_column("at"), chosen.get_column("normal"))
        left = left.filter(~valid & ~judged.get_column("damaged"))
        turn += 1
    result = frame.with_columns(normal)
    notices: list[Notice] = []
    lost: list[Notice] = []
    if told:
        every = pl.concat(told).sort("row", maintain_order=True)
        having = _having(result, name, every)
        for row, value, reason, _ in every.iter_rows():
            (notices if row in having else lost).append(Notice(file, row, name, value, reason))
    faults = [Notice(file, row, name, value, reason) for one in spoilt for row, value, reason, _ in one.iter_rows()]
    return _Found(result, notices, lost, faults)


def _having(frame: pl.DataFrame, name: str, told: pl.DataFrame) -> set[int]:
    """Rows, of those about which something is said, that have a valid one."""
    rows = frame.select("row", name).join(told.select("row"), on="row", how="semi")
    return set(rows.filter(pl.col(name).is_not_null()).get_column("row"))
