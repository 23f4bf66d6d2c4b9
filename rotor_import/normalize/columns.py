"""Normal forms of whole columns: each distinct value goes through its library once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.normalize.damage import mend
from rotor_import.normalize.validate import forms, judged_each

_MANY = 20_000
"""Rows that are worth a thread."""
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
    for normal, found, lost, spoilt in _key_columns(frame, table.file):
        name = normal.name
        frame = frame.with_columns(normal)
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
    """The normal forms, what was dropped, and rows left with nothing or with a damaged value."""

    normal: pl.Series
    notices: Sequence[Notice] = ()
    lost: Sequence[Notice] = ()
    spoilt: Sequence[Notice] = ()


def _key_columns(frame: pl.DataFrame, file: int) -> list[_Found]:
    """Side by side where the rows are many: polars leaves the interpreter to the other one."""
    names = [name for name in KEY_FIELDS if name in frame.columns]
    if not names or frame.height < _MANY:
        return [_column(frame, name, file) for name in names]
    *others, last = names
    with ThreadPoolExecutor(len(names)) as threads:
        coming = [threads.submit(_column, frame, name, file) for name in others]
        own = _column(frame, last, file)
        return [*(one.result() for one in coming), own]


def _column(frame: pl.DataFrame, name: str, file: int) -> _Found:
    """A candidate behind the first valid one was not asked for: it is neither looked at nor spoken of.

    A damaged one before it spoils the row: nobody can know what it was.
    """
    normal = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    left = frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"), "row", "region", pl.col(name).alias("candidates")
    )
    told: list[pl.DataFrame] = []
    while not left.is_empty():
        values = left.get_column("candidates").list.get(len(told), null_on_oob=True).alias("value")
        judged = judged_each(values, left.get_column("region"), name)
        normal = normal.scatter(left.get_column("at"), judged.normal) if told else judged.normal
        places = judged.said.get_column("at")
        left = left[places]
        invalid = judged.normal.gather(places).is_null()
        told.append(left.select("at", "row").hstack([values.gather(places), *judged.said.drop("at")]))
        again = invalid & ~judged.said.get_column("damaged") & (left.get_column("candidates").list.len() > len(told))
        left = left.filter(again)
    return _Found(normal.alias(name), *_notices(told, normal, name, file))


def _notices(
    told: Sequence[pl.DataFrame], normal: pl.Series, name: str, file: int
) -> tuple[list[Notice], list[Notice], list[Notice]]:
    """Of rows that have a valid value, of those that have none, and of those that are spoilt."""
    found: tuple[list[Notice], list[Notice], list[Notice]] = ([], [], [])
    if not told:
        return found
    said = pl.concat(told)
    missing = normal.gather(said.get_column("at")).is_null().alias("missing")
    every = said.drop("at").hstack([missing])
    for row, value, reason, _, lost in every.filter(~pl.col("damaged")).sort("row", maintain_order=True).iter_rows():
        found[lost].append(Notice(file, row, name, value, reason))
    for row, value, reason, *_ in every.filter("damaged").iter_rows():
        found[2].append(Notice(file, row, name, value, reason))
    return found
