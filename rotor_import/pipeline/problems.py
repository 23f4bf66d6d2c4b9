"""Which of a plan's problems an earlier run of the feed has told already.

A problem is a rejected or held row, or a held field. It is recognized by its content and the reason, wherever it now
stands in the file: if either changes, it is another problem, and new again.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from rotor_import.model.change import Outcome, RowRef
from rotor_import.model.plan import Plan, SourceFile
from rotor_import.model.question import Question
from rotor_import.model.rows import Reject, SourceTable
from rotor_import.model.summary import KnownCounts

if TYPE_CHECKING:
    from rotor_import.ledger.accounts import Account
    from rotor_import.ledger.pending import PendingRow
    from rotor_import.pipeline.session import Session

_NOT_OF_HOLDS = ("duplicate", "field")
"""The kinds of question for which no row is held."""

Reasons = Iterable[tuple[str, str, str]]
"""Field, value and reason of each of a row's problems."""


@dataclass(frozen=True)
class Problems:
    """The hashes of a plan's problems. Several rows may have the same one."""

    rejected: tuple[str, ...]
    held: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.rejected, *self.held, *self.fields))

    def known(self, told: Collection[str]) -> KnownCounts:
        """How many of each were told already."""
        rejected, held, fields = (
            sum(problem in told for problem in problems) for problems in (self.rejected, self.held, self.fields)
        )
        return {"rejected": rejected, "held": held, "fields": fields}


def problems_of(plan: Plan, sources: Sequence[SourceTable]) -> Problems:
    """Those of a plan, from the cells that its files have in rejected rows."""
    by_ref: dict[RowRef, list[Reject]] = defaultdict(list)
    for reject in plan.rejects:
        by_ref[reject.file, reject.row].append(reject)
    cells = _cells(sources, by_ref)
    rejected = (
        _of_row(cells.get(ref, {}), [(one.field, one.value, one.reason) for one in rejects])
        for ref, rejects in by_ref.items()
    )
    asked: dict[RowRef, list[str]] = defaultdict(list)
    for question in plan.questions:
        if question.kind not in _NOT_OF_HOLDS:
            for ref in question.refs:
                asked[ref].append(question.name)
    held = (_hash("held", sorted(asked[hold.record.ref]), hold.reason) for hold in plan.holds)
    return Problems(tuple(rejected), tuple(held), tuple(_of_fields(plan.questions)))


def known_of(session: Session, account: Account | None, feed: str, problems: Problems) -> KnownCounts:
    """How many of each an earlier run of the feed has told."""
    if account is None or not problems.all:
        return problems.known(())
    from rotor_import.ledger.told import ToldProblems  # noqa: PLC0415 - only an account has some, and a database

    return problems.known(ToldProblems(session.ledger, account.id, feed).all())


def problems_of_sending(
    lost: Iterable[tuple[Outcome, Sequence[PendingRow]]], questions: Sequence[Question], files: Sequence[SourceFile]
) -> Iterator[str]:
    """Those that came up while a run was sent: the next plan rejects or holds the same rows for the same reasons."""
    asked = {ref: asked.name for asked in questions if asked.kind not in _NOT_OF_HOLDS for ref in asked.refs}
    for outcome, rows in lost:
        for row in rows:
            if outcome.state == "held":
                if row.ref in asked:
                    yield _hash("held", [asked[row.ref]], outcome.message)
            else:
                columns = files[row.ref[0]].columns
                yield _of_row(_filled(zip(columns, row.cells, strict=False)), [("", "", outcome.message)])
    yield from _of_fields(questions)


def _of_fields(questions: Iterable[Question]) -> Iterator[str]:
    return (_hash("field", question.name, question.reason) for question in questions if question.kind == "field")


def _of_row(cells: Mapping[str, str], reasons: Reasons) -> str:
    """A rejected row, by what stands in its columns, in whatever order those are."""
    return _hash("rejected", sorted(cells.items()), sorted(reasons))


def _cells(sources: Sequence[SourceTable], refs: Iterable[RowRef]) -> dict[RowRef, dict[str, str]]:
    """The filled cells of these rows, by column."""
    rows: dict[int, list[int]] = defaultdict(list)
    for file, row in refs:
        rows[file].append(row)
    found: dict[RowRef, dict[str, str]] = {}
    for file, numbers in rows.items():
        source = sources[file]
        wanted = source.numbers.is_in(pl.Series(numbers, dtype=source.numbers.dtype).implode())
        lines = zip(source.numbers.filter(wanted), source.frame.filter(wanted).iter_rows(), strict=True)
        columns = source.frame.columns
        found |= {(file, number): _filled(zip(columns, cells, strict=True)) for number, cells in lines}
    return found


def _filled(cells: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    return {column: value for column, value in cells if value}


def _hash(*content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode()).hexdigest()
