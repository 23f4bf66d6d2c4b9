"""The phone and email columns of a mapped table, brought to normal form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from rotor_import.model.fields import KEY_FIELDS
from rotor_import.model.rows import MappedTable, Notice, Reject
from rotor_import.normalize.damage import repair
from rotor_import.normalize.email_typos import fixed_words, typo_words, with_typos
from rotor_import.normalize.rest import NO_REST, unused, with_rest
from rotor_import.normalize.slow_path import Question, checked
from rotor_import.normalize.unwanted import Unwanted
from rotor_import.normalize.validate import forms, validate_each

_FEW = 16
"""Values up to which the library alone is quicker than a frame: each answer of Rotor's brings one."""
_MANY = 20_000
"""Rows from which a thread of its own pays for a column."""
_TOLD = pl.DataFrame(
    schema={
        "at": pl.UInt32,
        "row": pl.UInt32,
        "value": pl.String,
        "reason": pl.String,
        "damaged": pl.Boolean,
        "intended": pl.Boolean,
        "invalid": pl.Boolean,
        "effect": pl.String,
    }
)
"""A remark about a candidate: the row's index and number, the candidate, what is said of it, and a notice's effect."""
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


@dataclass(frozen=True)
class KeyRules:
    """How phones and emails are read.

    `area_codes` are those of phones without one, by region. Of the fields of `rest`, what is not used goes into the
    notes. With `fix_typos`, likely typos of the big email providers' domains are fixed.
    """

    area_codes: Mapping[str, str] = field(default_factory=dict)
    rest: Collection[str] = ()
    fix_typos: bool = False


_PLAIN = KeyRules()


def normalize(
    table: MappedTable, *, invalid: Mapping[str, str], unwanted: Unwanted | None = None, rules: KeyRules = _PLAIN
) -> MappedTable:
    """The table with the first valid candidate of each phone and email; each dropped value leaves a notice.

    `invalid` says for phone and email whether a row without a valid one stays (`drop`) or not (`reject`). `unwanted`
    ones are dropped, and so are null words: the row stays.
    """
    table = repair(table)
    frame = table.frame
    rejects = list(table.rejects)
    notices = list(table.notices)
    chosen: dict[str, pl.Series] = {}
    for normal, told, lost, damaged, candidate, rest in _key_columns(frame, table.file, unwanted or Unwanted(), rules):
        name = normal.name
        frame = frame.with_columns(normal)
        if candidate is not None:
            chosen[name] = candidate
        if name in rules.rest:
            frame = with_rest(frame, rest)
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
    none, `damaged` about rows whose value a spreadsheet spoiled. `chosen` is as in MappedTable, `rest` what `with_rest`
    takes.
    """

    normal: pl.Series
    notices: Sequence[Notice] = ()
    lost: Sequence[Notice] = ()
    damaged: Sequence[Notice] = ()
    chosen: pl.Series | None = None
    rest: pl.DataFrame = NO_REST


def _key_columns(frame: pl.DataFrame, file: int, unwanted: Unwanted, rules: KeyRules) -> list[_KeyColumn]:
    """Both columns, in threads where there are many rows: polars releases the interpreter lock."""
    names = [name for name in KEY_FIELDS if name in frame.columns]
    if not names or frame.height < _MANY:
        return [_column(frame, name, file, unwanted, rules) for name in names]
    *others, last = names
    with ThreadPoolExecutor(len(names)) as threads:
        futures = [threads.submit(_column, frame, name, file, unwanted, rules) for name in others]
        own = _column(frame, last, file, unwanted, rules)
        return [*(future.result() for future in futures), own]


def _column(frame: pl.DataFrame, name: str, file: int, unwanted: Unwanted, rules: KeyRules) -> _KeyColumn:
    """The first valid candidate of each row; candidates after it are neither checked nor reported.

    A damaged candidate before it makes the row a reject, since nobody can know what it was.
    """
    normal = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    left = frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"), "row", "region", pl.col(name).alias("candidates")
    )
    whole, told = left, [_TOLD]
    candidate: pl.Series | None = None
    several = bool((left.get_column("candidates").list.len() > 1).any())
    while not left.is_empty():
        tries = len(told) - 1
        values = left.get_column("candidates").list.get(tries, null_on_oob=True).alias("value")
        validated = validate_each(values, left.get_column("region"), name, area_codes=rules.area_codes)
        checked = unwanted.drop(values, validated, name)
        normal = normal.scatter(left.get_column("at"), checked.normal) if tries else checked.normal
        if several:
            candidate = values if candidate is None else candidate.scatter(left.get_column("at"), values)
        if checked.remarks.is_empty():
            break
        at = checked.remarks.get_column("at")
        left = left[at]
        invalid = checked.normal.gather(at).is_null().alias("invalid")
        told.append(_told(left, values.gather(at), checked.remarks, invalid))
        more = left.get_column("candidates").list.len() > tries + 1
        left = left.filter(invalid & ~checked.remarks.get_column("damaged") & more)
    remarks = pl.concat(told)
    rest = unused(whole, normal, remarks, name, rules.area_codes) if name in rules.rest else NO_REST
    if name == "email":
        chosen = whole.get_column("candidates").list.first() if candidate is None else candidate
        normal, typos = _with_typos(whole.with_columns(chosen.alias("value")), normal, fix=rules.fix_typos)
        remarks = pl.concat([remarks, typos])
    return _KeyColumn(normal.alias(name), *_notices(remarks, normal, name, file), candidate, rest)


def _told(rows: pl.DataFrame, values: pl.Series, remarks: pl.DataFrame, invalid: pl.Series) -> pl.DataFrame:
    """The remarks about the rows' candidates, in the columns of `_TOLD`."""
    effect = pl.when(invalid).then(pl.lit("dropped")).otherwise(pl.lit("fixed")).alias("effect")
    return rows.select("at", "row").hstack([values, *remarks.drop("at"), invalid]).with_columns(effect)


def _with_typos(rows: pl.DataFrame, normal: pl.Series, *, fix: bool) -> tuple[pl.Series, pl.DataFrame]:
    """The emails, fixed if that is asked for, and remarks about their domains that are likely typos.

    `rows` have `at`, `row` and the `value` that each email is written as.
    """
    typos = with_typos(normal)
    if typos.is_empty():
        return normal, _TOLD
    at, likely = typos.get_column("at"), typos.get_column("likely")
    if fix:
        local = normal.gather(at).str.split("@").list.first()
        normal = normal.scatter(at, local + "@" + likely)
    words = {domain: (fixed_words if fix else typo_words)(domain) for domain in likely.unique()}
    return normal, rows.select("at", "row", "value")[at].with_columns(
        reason=likely.replace_strict(words),
        damaged=False,
        intended=False,
        invalid=False,
        effect=pl.lit("fixed" if fix else "told"),
    )


def _notices(
    remarks: pl.DataFrame, normal: pl.Series, name: str, file: int
) -> tuple[list[Notice], list[Notice], list[Notice]]:
    """The three kinds of notices of a `_KeyColumn`."""
    kinds: tuple[list[Notice], list[Notice], list[Notice]] = ([], [], [])
    if remarks.is_empty():
        return kinds
    missing = normal.gather(remarks.get_column("at")).is_null().alias("missing")
    lines = remarks.drop("at", "invalid").hstack([missing])
    lines = lines.with_columns(pl.col("missing") & ~pl.col("intended"))
    sound = lines.filter(~pl.col("damaged")).sort("row", maintain_order=True)
    for row, value, reason, _, _, effect, lost in sound.iter_rows():
        kinds[lost].append(Notice(file, row, name, value, reason, effect))
    for row, value, reason, *_ in lines.filter("damaged").sort("row", maintain_order=True).iter_rows():
        kinds[2].append(Notice(file, row, name, value, reason))
    return kinds
