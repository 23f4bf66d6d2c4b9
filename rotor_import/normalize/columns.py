"""The phone and email columns of a mapped table, brought to normal form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.normalize.damage import repair
from rotor_import.normalize.slow_path import Question, checked
from rotor_import.normalize.unwanted import Unwanted
from rotor_import.normalize.validate import forms, validate_each

_FEW = 16
"""Values up to which the library alone is quicker than a frame: each answer of Rotor's brings one."""
_MANY = 20_000
"""Rows from which a thread of its own pays for a column."""
Forms = Callable[[Iterable[str]], dict[str, str]]


def key_forms(region: str) -> tuple[Forms, Forms]:
    """Functions for the normal forms of phones and of emails as Rotor stores them; '' for a value that has none."""

    def phones(values: Iterable[str]) -> dict[str, str]:
        return _forms(values, "phone", region)

    def emails(values: Iterable[str]) -> dict[str, str]:
        return _forms(values, "email", region)

    return phones, emails


def _forms(values: Iterable[str], name: str, region: str) -> dict[str, str]:
    few = set(values)
    if len(few) <= _FEW:
        question = Question(name, region, damageable=False)
        return {value: checked(question, value).value for value in few}
    distinct = pl.Series(list(few), dtype=pl.String)
    return dict(zip(distinct.to_list(), forms(distinct, name, region).to_list(), strict=True))


def normalize(table: MappedTable, *, invalid: Mapping[str, str], unwanted: Unwanted | None = None) -> MappedTable:
    """The table with the first valid candidate of each phone and email; each dropped value leaves a notice.

    `invalid` says for phone and email whether a row without a valid one stays (`drop`) or not (`reject`). `unwanted`
    ones are dropped, and so are null words: the row stays.
    """
    table = repair(table)
    frame = table.frame
    rejects = list(table.rejects)
    notices = list(table.notices)
    chosen: dict[str, pl.Series] = {}
    for normal, told, lost, damaged, candidate in _key_columns(frame, table.file, unwanted or Unwanted()):
        name = normal.name
        frame = frame.with_columns(normal)
        if candidate is not None:
            chosen[name] = candidate
        rejects += [_reject(notice) for notice in damaged]
        if invalid.get(name, "drop") == "reject":
            rejects += [_reject(notice) for notice in lost]
        notices += [*told, *lost]
    gone = {reject.row for reject in rejects}
    if gone:
        stay = ~frame.get_column("row").is_in(sorted(gone))
        frame = frame.filter(stay)
        chosen = {name: candidate.filter(stay) for name, candidate in chosen.items()}
    return MappedTable(
        table.file,
        frame,
        table.left_out,
        tuple(rejects),
        tuple(notice for notice in notices if notice.row not in gone),
        chosen,
    )


def _reject(notice: Notice) -> Reject:
    return Reject(notice.file, notice.row, notice.field, notice.value, notice.reason)


class _KeyColumn(NamedTuple):
    """A column in normal form, with notices of three kinds.

    `notices` are about rows that have a valid value and about values dropped on purpose, `lost` about rows that have
    none, `damaged` about rows whose value a spreadsheet spoiled. `chosen` is as in MappedTable.
    """

    normal: pl.Series
    notices: Sequence[Notice] = ()
    lost: Sequence[Notice] = ()
    damaged: Sequence[Notice] = ()
    chosen: pl.Series | None = None


def _key_columns(frame: pl.DataFrame, file: int, unwanted: Unwanted) -> list[_KeyColumn]:
    """Both columns, in threads where there are many rows: polars releases the interpreter lock."""
    names = [name for name in KEY_FIELDS if name in frame.columns]
    if not names or frame.height < _MANY:
        return [_column(frame, name, file, unwanted) for name in names]
    *others, last = names
    with ThreadPoolExecutor(len(names)) as threads:
        futures = [threads.submit(_column, frame, name, file, unwanted) for name in others]
        own = _column(frame, last, file, unwanted)
        return [*(future.result() for future in futures), own]


def _column(frame: pl.DataFrame, name: str, file: int, unwanted: Unwanted) -> _KeyColumn:
    """The first valid candidate of each row; candidates after it are neither checked nor reported.

    A damaged candidate before it makes the row a reject, since nobody can know what it was.
    """
    normal = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    left = frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"), "row", "region", pl.col(name).alias("candidates")
    )
    told: list[pl.DataFrame] = []
    chosen: pl.Series | None = None
    several = bool((left.get_column("candidates").list.len() > 1).any())
    while not left.is_empty():
        values = left.get_column("candidates").list.get(len(told), null_on_oob=True).alias("value")
        checked = unwanted.drop(values, validate_each(values, left.get_column("region"), name), name)
        normal = normal.scatter(left.get_column("at"), checked.normal) if told else checked.normal
        if several:
            chosen = values if chosen is None else chosen.scatter(left.get_column("at"), values)
        if checked.remarks.is_empty():
            break
        at = checked.remarks.get_column("at")
        left = left[at]
        invalid = checked.normal.gather(at).is_null()
        effects = pl.DataFrame({"dropped": invalid})
        told.append(left.select("at", "row").hstack([values.gather(at), *checked.remarks.drop("at"), *effects]))
        again = (
            invalid & ~checked.remarks.get_column("damaged") & (left.get_column("candidates").list.len() > len(told))
        )
        left = left.filter(again)
    return _KeyColumn(normal.alias(name), *_notices(told, normal, name, file), chosen)


def _notices(
    told: Sequence[pl.DataFrame], normal: pl.Series, name: str, file: int
) -> tuple[list[Notice], list[Notice], list[Notice]]:
    """The three kinds of notices of a `_KeyColumn`."""
    kinds: tuple[list[Notice], list[Notice], list[Notice]] = ([], [], [])
    if not told:
        return kinds
    remarks = pl.concat(told)
    missing = normal.gather(remarks.get_column("at")).is_null().alias("missing")
    lines = remarks.drop("at").hstack([missing])
    lines = lines.with_columns(pl.col("missing") & ~pl.col("intended"))
    for row, value, reason, _, _, dropped, lost in (
        lines.filter(~pl.col("damaged")).sort("row", maintain_order=True).iter_rows()
    ):
        kinds[lost].append(Notice(file, row, name, value, reason, "dropped" if dropped else "fixed"))
    for row, value, reason, *_ in lines.filter("damaged").sort("row", maintain_order=True).iter_rows():
        kinds[2].append(Notice(file, row, name, value, reason))
    return kinds
