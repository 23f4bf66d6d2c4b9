"""What becomes of each column's cells: each filled cell of each data row is counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rotor_import.errors import Defect
from rotor_import.model.column_uses import ColumnUses, Use
from rotor_import.model.fields import TAGS_FIELD
from rotor_import.model.plan import Plan
from rotor_import.model.rows import SourceTable
from rotor_import.report.cells import table
from rotor_import.report.column_problems import NO_PROBLEMS, ColumnProblems, problems_by_column, problems_by_file
from rotor_import.report.lost_cells import PARTLY, REASONS, Lost, lost_cells

_COUNTS = ("filled", "arrived", "changed", "dropped", "not_imported", "invalid", "mended")
COLUMNS = ("file", "column", *_COUNTS, "reasons", "example")
_FATES = {
    "rejected": "their rows are rejected",
    "held": "their rows are on hold",
    "left out": "the mapping's where leaves their rows out",
    "skipped": "their rows are skipped by your decision",
}
_NOT_TAKEN = "another column was used"
_NO_PLACE = "no part of it is used"
_UNITED = ("notes", TAGS_FIELD)
"""Fields that have room for several columns."""
_ONLY_ASKED = "the mapping only looks at it: {}"
_REASONS = 6
_ROWS = 5
"""The most rows that are named of a column."""
BETWEEN_REASONS = r"(?<=[0-9]\)); "
"""What stands between the reasons in their cell."""


@dataclass(frozen=True)
class ColumnCounts:
    """What became of one column's filled cells; `reasons` say why some of them don't arrive as they are."""

    file: str
    column: str
    filled: int
    arrived: int = 0
    changed: int = 0
    dropped: int = 0
    not_imported: int = 0
    invalid: int = 0
    mended: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    example: str = ""
    fields: tuple[str, ...] = ()
    """The fields that take the column."""
    rows: tuple[int, ...] = ()
    """The first rows whose cells are invalid; of a column without any, those whose cells are dropped."""

    @property
    def is_left_out(self) -> bool:
        """Whether the column has something in it and no field takes it."""
        return 0 < self.filled == self.not_imported


def count_cells(
    plan: Plan, sources: Sequence[SourceTable], uses: Sequence[ColumnUses], rows: pl.DataFrame
) -> tuple[ColumnCounts, ...]:
    """A line for each file and column. `rows` are the import's rows. Raises Defect if the cells do not add up."""
    lost = lost_cells(plan, rows, uses)
    shared = {(*key.ref, key.field) for change in plan.changes for key in change.shared}  # they have a reason of ours
    notices = [one for one in plan.notices if not shared or (one.file, one.row, one.field) not in shared]
    problems = problems_by_file(notices, plan.rejects, sources, uses)
    kept = _kept(plan, len(sources))
    counted: list[ColumnCounts] = []
    for file, source in enumerate(sources):
        counting = _File(
            source, uses[file], _fates(plan, file), {at[1]: own for at, own in lost.items() if at[0] == file}
        )
        counting.check(kept[file])
        found = problems_by_column(problems[file])
        counted += [counting.column(name, found.get(name, NO_PROBLEMS)) for name in source.frame.columns]
    for one in counted:
        total = one.arrived + one.changed + one.dropped + one.not_imported
        if total != one.filled:
            raise Defect(
                f"{one.filled} cells of a column are filled, but {total} are accounted for. Nothing was sent. "
                "This is an internal error (a bug in rotor-import); please report it."
            )
    return tuple(counted)


def quality_frame(counted: Sequence[ColumnCounts]) -> pl.DataFrame:
    return table(COLUMNS, map(_line, counted))


def _line(one: ColumnCounts) -> Sequence[str]:
    reasons = "; ".join(f"{reason.rstrip('.')} ({times:,})" for reason, times in one.reasons)
    return one.file, one.column, *(str(getattr(one, name)) for name in _COUNTS), reasons, one.example


def _fates(plan: Plan, file: int) -> Mapping[str, list[int]]:
    """The rows that reach no customer, by why."""
    rejected = dict.fromkeys(reject.row for reject in plan.rejects if reject.file == file)
    return {
        "rejected": list(rejected),
        "held": [hold.record.row for hold in plan.holds if hold.record.file == file],
        "left out": [row for at, row in plan.left_out if at == file],
        "skipped": [row for at, row in plan.skipped if at == file],
    }


def _kept(plan: Plan, files: int) -> list[int]:
    """How many rows of each file reach a customer."""
    kept = Counter(file for change in plan.changes for file, _ in change.refs)
    if plan.independent is not None and files == 1:
        kept[0] += plan.independent.rows.height
    elif plan.independent is not None:
        kept.update(dict(plan.independent.rows.get_column("file").value_counts().iter_rows()))
    return [kept[file] for file in range(files)]


class _File:
    """One file's cells: those of its mapped rows side by side with what the mapping took of them."""

    def __init__(
        self, source: SourceTable, uses: ColumnUses, fates: Mapping[str, list[int]], lost: Mapping[str, Sequence[Lost]]
    ) -> None:
        self._source, self._uses = source, uses
        self._blank = dict(zip(source.frame.columns, source.frame.null_count().row(0), strict=True))
        numbers, count = uses.rows, len(uses.rows)
        self._mapped = source.frame
        if count != source.frame.height:
            self._mapped = source.frame.filter(source.numbers.is_in(numbers.implode()))
        gone = sorted({row for rows in fates.values() for row in rows})
        self._dead = self._marked(_places(gone, numbers)) if gone else None
        alive = pl.lit(True) if self._dead is None else ~pl.lit(self._dead)
        self._here = self._mapped.select(pl.all().is_not_null() & alive)
        self._gone = {why: source.frame[_places(rows, source.numbers)] for why, rows in fates.items() if rows}
        self._lost = lost

    def check(self, kept: int) -> None:
        """Raises Defect if the rows that are not gone are others than those that reach a customer."""
        alive = len(self._uses.rows) - (0 if self._dead is None else int(self._dead.sum()))
        rows = alive + sum(frame.height for frame in self._gone.values())
        if alive != kept or rows != self._source.frame.height:
            raise Defect(
                f"{self._source.frame.height} rows were read, {alive} are left and {kept} reach a customer. "
                "Nothing was sent. This is an internal error (a bug in rotor-import); please report it."
            )

    def column(self, name: str, found: ColumnProblems) -> ColumnCounts:
        filled = self._source.frame.height - self._blank[name]
        told = ColumnCounts(str(self._source.path), name, filled, invalid=found.invalid, mended=found.fixed)
        uses = self._uses.by_column.get(name)
        if uses is None:
            asked = self._uses.asked.get(name)
            reasons = (*found.reasons, *([(_ONLY_ASKED.format(asked), filled)] if asked and filled else []))
            first = self._source.frame.get_column(name).drop_nulls().head(1).to_list()
            return replace(told, not_imported=filled, reasons=reasons, example=found.example or "".join(first))
        here = self._here.get_column(name)
        whole, part = (here & self._arriving(uses, whole=all_of_it) for all_of_it in (True, False))
        gone = {why: frame.height - frame.get_column(name).null_count() for why, frame in self._gone.items()}
        changed, nothing = part & ~whole, here & ~part
        lost = int(nothing.sum())
        reasons = (
            *found.reasons,
            *(self._reasons(uses, changed, nothing, found.rows) if lost or changed.any() else ()),
        )
        reasons += tuple((_FATES[why], count) for why, count in gone.items() if count)
        reasons += tuple((f"{hint.words}: {hint.fix}", hint.count) for hint in self._uses.hints if hint.column == name)
        example = found.example or (self._mapped.get_column(name)[nothing.arg_max() or 0] if lost else "")
        return replace(
            told,
            arrived=int(whole.sum()),
            changed=int(changed.sum()),
            dropped=lost + sum(gone.values()),
            reasons=reasons[:_REASONS],
            example=example,
            fields=tuple(dict.fromkeys(use.field for use in uses)),
            rows=tuple(self._first_rows(found.rows, nothing, lost)),
        )

    def _first_rows(self, invalid: pl.Series, nothing: pl.Series, lost: int) -> Iterable[int]:
        if len(invalid):
            return invalid.head(_ROWS)
        return self._uses.rows.gather(nothing.arg_true().head(_ROWS)) if lost else ()

    def _arriving(self, uses: Sequence[Use], *, whole: bool) -> pl.Series:
        """The rows whose cell comes through in one of the fields; the `whole` of it, or any part."""
        found: pl.Series | None = None
        for use in uses:
            arrives = use.whole if whole else use.taken | use.whole
            for lost in self._lost.get(use.field, ()):
                if whole or lost.why not in PARTLY:
                    arrives = arrives & ~self._marked(lost.at)
            found = arrives if found is None else found | arrives
        return pl.Series(dtype=pl.Boolean) if found is None else found

    def _marked(self, at: pl.Series) -> pl.Series:
        return pl.repeat(value=False, n=len(self._uses.rows), eager=True).scatter(at, values=True)

    def _reasons(
        self, uses: Sequence[Use], changed: pl.Series, nothing: pl.Series, invalid: pl.Series
    ) -> Iterator[tuple[str, int]]:
        """Why cells of rows that reach a customer don't, besides what is wrong with them."""
        for why, words in REASONS.items():
            every = [lost.at for use in uses for lost in self._lost.get(use.field, ()) if lost.why == why]
            if not every:
                continue
            marked = self._marked(pl.concat(every).unique())
            count = int((marked & (changed if why in PARTLY else nothing)).sum())
            nothing = nothing & ~marked
            if count:
                yield words, count
        if len(invalid):
            nothing = nothing & ~self._marked(_places(invalid, self._uses.rows))
        left = int(nothing.sum())
        if left:
            shared = any(len(self._uses.used_by(use.field)) > 1 for use in uses if use.field not in _UNITED)
            yield (_NOT_TAKEN if shared else _NO_PLACE), left


def _places(rows: Sequence[int] | pl.Series, numbers: pl.Series) -> pl.Series:
    """Where these rows stand among the `numbers`, which ascend; those that are not among them are left out."""
    wanted = pl.Series(rows, dtype=pl.UInt32) if isinstance(rows, Sequence) else rows
    if numbers.is_empty():
        return wanted.clear()
    at = numbers.search_sorted(wanted).cast(pl.UInt32).clip(upper_bound=len(numbers) - 1)
    return at.filter(numbers.gather(at) == wanted)
