"""Makes the report's tables from a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import polars as pl

from rotor_import.model.change import Change, Difference, RowRef
from rotor_import.model.fields import FIELDS
from rotor_import.model.independent import Independent, ref_numbers
from rotor_import.model.plan import Plan, RowFate
from rotor_import.model.rows import REJECT_COLUMNS, Reject, SourceTable
from rotor_import.report.cells import table, text
from rotor_import.report.independent_tables import (
    independent_customers,
    independent_merges,
    independent_results,
    independent_rows,
)

ROWS = ("file", "row", "disposition", "reason", "customer", "id", "merged_into")
CUSTOMERS = ("customer", *FIELDS)
UPDATES = ("customer", "id", "field", "before", "after")
RESULTS = ("source_key", "id", "outcome", "customer", "message")
RECONCILE = ("customer", "id", "source_key", "field", "last_sent", "rotor", "file", "done")
MERGES = ("file", "row", "merged_into", "customer", "suspicious", "field", "lost", "kept")
WARNINGS = ("file", "row", "field", "value", "reason")
NOT_SENT = "not sent"
_PART = 200_000
"""Lines of a table that are sorted together."""


def rows_table(plan: Plan) -> pl.DataFrame:
    """Every data row, in the order of the files."""
    fates = sorted(plan.fates(), key=lambda fate: fate.ref)
    lines, independent = table(ROWS, (_row(fate, plan) for fate in fates)), _independent(plan)
    if independent is None:
        return lines
    refs = ref_numbers(fate.ref for fate in fates)
    return pl.concat(_merged(independent_rows(plan, independent), lines.insert_column(0, refs.alias("at")), "at"))


def _independent(plan: Plan) -> Independent | None:
    """The plan's independent customers, if it has any."""
    return plan.independent if plan.independent is not None and plan.independent.groups.height else None


def _row(fate: RowFate, plan: Plan) -> tuple[str, ...]:
    file, row = fate.ref
    into = "" if fate.merged_into is None else _ref(fate.merged_into, file, plan)
    path = plan.files[file].path
    return path, str(row), fate.disposition, fate.reason, fate.customer, fate.id, into


def _ref(ref: RowRef, here: int, plan: Plan) -> str:
    """A row's number, with its file where that is another."""
    return str(ref[1]) if ref[0] == here else f"{plan.files[ref[0]].path}:{ref[1]}"


def customers_tables(plan: Plan, kind: str) -> Iterator[pl.DataFrame]:
    """New customers of a kind (`create` or `undecided`), in one or more parts, since there may be very many."""

    def lines() -> Iterator[tuple[str, ...]]:
        for change in plan.changes:
            if change.kind == kind:
                values = {field.field: text(field.after) for field in change.fields}
                yield change.label, *(values.get(name, "") for name in FIELDS)

    numbers = [change.number for change in plan.changes if change.kind == kind]
    independent = _independent(plan) if plan.new == kind else None
    return _by_number(numbers, table(CUSTOMERS, lines()), independent_customers(independent) if independent else None)


def _by_number(numbers: Sequence[int], lines: pl.DataFrame, independent: pl.DataFrame | None) -> Iterator[pl.DataFrame]:
    """`lines`, whose customers have these `numbers`, in order, and those of independent customers, merged, in parts."""
    if independent is None:
        return iter([lines])
    if not independent.get_column("number").is_sorted():
        independent = independent.sort("number", maintain_order=True)
    own = lines.insert_column(0, pl.Series("number", numbers, dtype=pl.UInt32))
    return _merged(independent, own, "number")


def _merged(independent: pl.DataFrame, lines: pl.DataFrame, by: str) -> Iterator[pl.DataFrame]:
    """Both frames, each sorted `by` a column, merged in its order and without it, in parts."""
    done, order = 0, lines.get_column(by)
    for start in range(0, max(independent.height, 1), _PART):
        part, end = independent.slice(start, _PART), start + _PART
        until = lines.height if end >= independent.height else int(order.search_sorted(independent.item(end, by)))
        if until > done:
            part = _in_order(part.select(lines.columns), lines.slice(done, until - done), by)
        yield part.drop(by)
        done = until


def _in_order(part: pl.DataFrame, between: pl.DataFrame, by: str) -> pl.DataFrame:
    """The lines of both, sorted; columns without a value, of which there are many, need no sorting."""
    both = pl.concat([part, between])
    filled = [column.name for column in both if column.null_count() < both.height]
    return both.with_columns(both.select(filled).sort(by, maintain_order=True).get_columns())


def updates_table(plan: Plan) -> pl.DataFrame:
    return table(
        UPDATES,
        (
            (change.label, change.id, field.field, text(field.before), text(field.result))
            for change in plan.changes
            if change.kind == "update"
            for field in change.fields
        ),
    )


def reconcile_table(plan: Plan) -> pl.DataFrame:
    """Fields whose value differs between the last sync, Rotor and the file, and missing customers."""

    def lines() -> Iterator[tuple[str, ...]]:
        for change in plan.changes:
            for difference in change.differences:
                yield _difference(change, difference)
        for missing in plan.missing:
            keys = "; ".join(missing.source_keys)
            absence = missing.change
            differences = absence.differences if absence else ()
            label = absence.label if absence else ""
            for difference in differences:
                done = f"missing: {difference.done}"
                yield label, missing.customer, keys, difference.field, *_three(difference), done
            if not differences:
                yield label, missing.customer, keys, "", "", "", "", f"missing: {missing.done}"

    return table(RECONCILE, lines())


def _difference(change: Change, difference: Difference) -> tuple[str, ...]:
    keys = "; ".join(filter(None, change.source_keys))
    return change.label, change.id, keys, difference.field, *_three(difference), difference.done


def _three(difference: Difference) -> tuple[str, str, str]:
    return text(difference.last_sent), text(difference.rotor), text(difference.file)


def results_table(plan: Plan) -> pl.DataFrame:
    changes = sorted((*plan.changes, *plan.absences), key=lambda change: change.number)
    keys = [(change, key) for change in changes for key in change.source_keys]
    lines = table(
        RESULTS,
        (
            (key, change.id, "unchanged" if change.kind == "unchanged" else NOT_SENT, change.label, "")
            for change, key in keys
        ),
    )
    independent, numbers = _independent(plan), [change.number for change, _ in keys]
    ended = independent_results(independent, NOT_SENT) if independent else None
    return pl.concat(_by_number(numbers, lines, ended))


def rejects_tables(plan: Plan, sources: Sequence[SourceTable]) -> Iterator[pl.DataFrame]:
    """A table for each source file: its rejected rows under its own columns, to be corrected and imported again."""
    for file, source in enumerate(sources):
        rejects = [reject for reject in plan.rejects if reject.file == file]
        cells = _cells(source, {reject.row for reject in rejects})
        blank = [""] * source.frame.width
        yield table(
            (*_apart(source.frame.columns), *REJECT_COLUMNS),
            (
                (*cells.get(reject.row, blank), str(reject.row), reject.field, reject.value, reject.reason)
                for reject in _one_for_each_row(rejects)
            ),
        )


def _apart(columns: Sequence[str]) -> Iterator[str]:
    """The file's columns, renamed if rejects.csv has its own of that name: some may be left of an earlier one."""
    taken = {*columns, *REJECT_COLUMNS}
    for column in columns:
        name = column
        while name in REJECT_COLUMNS or (name != column and name in taken):
            name += "_"
        taken.add(name)
        yield name


def _cells(source: SourceTable, rows: set[int]) -> dict[int, Sequence[str | None]]:
    if not rows:
        return {}
    wanted = source.numbers.is_in(sorted(rows))
    numbers = source.numbers.filter(wanted)
    return dict(zip(numbers.to_list(), source.frame.filter(wanted).iter_rows(), strict=True))


def _one_for_each_row(rejects: Iterable[Reject]) -> Iterator[Reject]:
    """One reject for each row, with all its reasons: a row is corrected and imported again once."""
    by_row: dict[int, list[Reject]] = {}
    for reject in rejects:
        by_row.setdefault(reject.row, []).append(reject)
    for row, faults in sorted(by_row.items()):
        yield Reject(
            faults[0].file,
            row,
            *("; ".join(filter(None, parts)) for parts in zip(*map(_fault, faults), strict=True)),
        )


def _fault(reject: Reject) -> tuple[str, str, str]:
    return reject.field, reject.value, reject.reason


def merges_table(plan: Plan) -> pl.DataFrame:
    """Suspicious merges first, then the values that were dropped in merges."""

    def lines(change: Change) -> Iterator[tuple[str, ...]]:
        strange = set(change.suspicious)
        first = change.refs[0]
        for ref in change.suspicious:
            yield _merge(plan, change, ref, first, ("yes", "", "", ""))
        for lost in change.lost:
            marks = ("yes" if lost.ref in strange else "", lost.field, text(lost.lost), text(lost.kept))
            yield _merge(plan, change, lost.ref, first, marks)

    numbered = [(change.number, line) for change in plan.changes for line in lines(change)]
    own, independent = table(MERGES, (line for _, line in numbered)), _independent(plan)
    lost = independent_merges(plan, independent) if independent and independent.lost.height else None
    merges = pl.concat(_by_number([number for number, _ in numbered], own, lost))
    return merges.sort(pl.col("suspicious").is_null(), maintain_order=True) if merges.height else merges


def _merge(plan: Plan, change: Change, ref: RowRef, first: RowRef, marks: tuple[str, str, str, str]) -> tuple[str, ...]:
    into = "" if ref == first else _ref(first, ref[0], plan)
    return plan.files[ref[0]].path, str(ref[1]), into, change.label, *marks


def warnings_table(plan: Plan) -> pl.DataFrame:
    return table(
        WARNINGS,
        (
            (plan.files[notice.file].path, str(notice.row), notice.field, notice.value, notice.reason)
            for notice in sorted(plan.notices, key=lambda notice: (notice.file, notice.row))
        ),
    )
