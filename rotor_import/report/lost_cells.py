"""Which rows' values of a field do not come through to Rotor, though their rows do, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import polars as pl

from rotor_import.model.change import Change, Unsent
from rotor_import.model.column_uses import ColumnUses
from rotor_import.model.fields import TAGS_FIELD
from rotor_import.model.independent import Independent, numbers_of, ref_numbers
from rotor_import.model.listed import some
from rotor_import.model.plan import Plan
from rotor_import.model.sameness import lacking_tags, same

Why = Literal["merged", "shared", "in notes", Unsent]
REASONS: Mapping[Why, str] = {
    "merged": "dropped when rows were merged",
    "left": "Rotor's own value is kept",
    "held": "on hold: see review.csv",
    "shared": "left to others who share it",
    "partly": "Rotor keeps only some of its tags",
    "in notes": "others share it, so it is in the notes",
}
PARTLY: frozenset[Why] = frozenset({"partly", "in notes"})
"""Of these, something comes through all the same."""


@dataclass(frozen=True)
class Lost:
    """The rows, by their positions among the file's mapped rows, of which a field's value is lost."""

    at: pl.Series
    why: Why


LostCells = Mapping[tuple[int, str], Sequence[Lost]]
"""By file and field."""


def lost_cells(plan: Plan, rows: pl.DataFrame, uses: Sequence[ColumnUses]) -> LostCells:
    """`rows` are the import's rows as they were planned, `uses` those of its files, in the same order."""
    numbers = numbers_of(rows)
    offsets = [0]
    for use in uses:
        offsets.append(offsets[-1] + len(use.rows))
    found: dict[tuple[int, str], list[Lost]] = defaultdict(list)
    for field, why, at in _everywhere(plan, rows, numbers):
        for file, (start, end) in enumerate(pairwise(offsets)):
            own = at.filter((at >= start) & (at < end))
            if len(own):
                found[file, field].append(Lost((own - start).cast(pl.UInt32), why))
    return found


def _everywhere(plan: Plan, rows: pl.DataFrame, numbers: pl.Series) -> Iterator[tuple[str, Why, pl.Series]]:
    """The field, why, and the positions among all rows."""
    if plan.independent is not None and plan.independent.lost.height:
        yield from _of_independent(plan.independent, rows, numbers)
    yield from _of_merged(plan, rows, numbers)
    told: dict[tuple[str, Why], list[tuple[int, int]]] = defaultdict(list)
    for change in plan.changes:
        for key in change.shared:
            in_notes = key.kept and "notes" not in change.unsent
            told[key.field, "in notes" if in_notes else "shared"].append(key.ref)
    for (field, why), refs in told.items():
        yield field, why, _positions(ref_numbers(refs), numbers)
    yield from _unsent(plan, rows, numbers)


def _unsent(plan: Plan, rows: pl.DataFrame, numbers: pl.Series) -> Iterator[tuple[str, Why, pl.Series]]:
    """The rows that say something else than what Rotor keeps; the others say what is there."""
    leaving = [change for change in plan.changes if change.unsent]
    known = some(plan.directory, {change.id for change in leaving if change.id})
    found: dict[tuple[str, Why], list[int]] = defaultdict(list)
    for change in leaving:
        at = _positions(ref_numbers(change.refs), numbers).to_list()
        before = known[change.id].values if change.id in known else {}
        sent = {one.field: one.result for one in change.fields}
        for field, why in change.unsent.items():
            if field not in rows.columns:  # it is none of the file's, such as the status of one who was missing
                continue
            kept = sent.get(field, before.get(field, ""))
            for place, said in zip(at, rows.get_column(field).gather(at).to_list(), strict=True):
                if isinstance(said, list):
                    lacking = lacking_tags(tuple(said), kept)
                    if lacking:
                        found[field, "partly" if len(lacking) < len(said) else "left"].append(place)
                elif said and not same(said, kept):
                    found[field, why].append(place)
    for (field, reason), places in found.items():
        yield field, reason, pl.Series(places, dtype=pl.UInt32)


def _positions(refs: pl.Series, numbers: pl.Series) -> pl.Series:
    return numbers.search_sorted(refs).cast(pl.UInt32)


def _of_independent(
    independent: Independent, rows: pl.DataFrame, numbers: pl.Series
) -> Iterator[tuple[str, Why, pl.Series]]:
    lost = independent.lost
    lines = independent.rows.select("group", "file", "row").filter(pl.col("group").is_in(lost["group"].implode()))
    at = _positions(numbers_of(lines), numbers)
    for (field,), values in lost.select("field", "group", "lost").group_by("field"):
        yield str(field), "merged", _saying(str(field), values, lines.select("group", at.alias("at")), rows)


def _of_merged(plan: Plan, rows: pl.DataFrame, numbers: pl.Series) -> Iterator[tuple[str, Why, pl.Series]]:
    """A value that a customer's record does not carry, wherever its rows say it, unless Rotor has it all the same."""
    losing = [change for change in plan.changes if change.lost]
    if not losing:
        return
    refs = [(change.number, ref) for change in losing for ref in change.refs]
    lines = pl.DataFrame({"group": [number for number, _ in refs]}, schema={"group": pl.UInt32})
    lines = lines.with_columns(_positions(ref_numbers(ref for _, ref in refs), numbers).alias("at"))
    values: dict[tuple[str, Why], list[tuple[int, str]]] = defaultdict(list)
    known = some(plan.directory, {change.id for change in losing if change.id})
    for change in losing:
        before = known[change.id].values if change.id in known else {}
        sent = {one.field for one in change.fields}
        for lost in change.lost:
            if lost.field not in sent and same(lost.lost, before.get(lost.field, "")):
                continue
            values[lost.field, _why(change, lost.field)].append((change.number, str(lost.lost)))
    for (field, why), said in values.items():
        frame = pl.DataFrame(said, schema={"group": pl.UInt32, "lost": pl.String}, orient="row")
        yield field, why, _saying(field, frame, lines, rows)


def _why(change: Change, field: str) -> Why:
    if any(held.field == field for held in change.held_fields):
        return "held"
    return "left" if len(change.refs) == 1 else "merged"


def _saying(field: str, values: pl.DataFrame, lines: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
    """The positions of the lines whose row has the value that its group lost."""
    both = values.join(lines, on="group")
    if field == TAGS_FIELD or field not in rows.columns:
        return both.get_column("at").clear()
    said = rows.get_column(field).gather(both.get_column("at"))
    return both.get_column("at").filter((said == both.get_column("lost")).fill_null(value=False))
