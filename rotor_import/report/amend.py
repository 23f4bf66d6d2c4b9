"""Updates a plan's report after sending: Rotor's ids, outcomes, and the rows that Rotor refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rotor_import.model.change import HeldField, Outcome, RowRef
from rotor_import.model.plan import SourceFile, lost_disposition
from rotor_import.model.rows import REJECT_COLUMNS, Notice
from rotor_import.report.cells import table, table_of
from rotor_import.report.files import save
from rotor_import.report.held import held_field_row
from rotor_import.report.read import read_frame
from rotor_import.report.tables import HELD, REJECTS, RESULTS, ROWS, WARNINGS

_CALLED = {"dropped": "unchanged"}
"""A change was dropped because Rotor had its values already."""


@dataclass(frozen=True)
class LostRow:
    """A row whose change was refused, or held while it was sent; `cells` are its cells in the source file."""

    ref: RowRef
    outcome: Outcome
    cells: Sequence[str | None]


@dataclass(frozen=True)
class Aftermath:
    """What came of a plan. `held` are fields that somebody changed in Rotor while the change waited."""

    files: Sequence[SourceFile]
    outcomes: Sequence[Outcome]
    lost: Sequence[LostRow]
    unknown: Sequence[int] = ()
    held: Sequence[HeldField] = ()
    kept: Sequence[Notice] = ()
    """Values of which Rotor kept something else."""


def amend(folder: Path, after: Aftermath) -> None:
    """Does nothing if the folder is gone: the ledger has all of it too."""
    if not ROWS.files(folder):
        return
    _amend_rows(folder / ROWS.file_name(), after)
    _amend_results(folder / RESULTS.file_name(), after)
    _amend_held(folder / HELD.file_name(), after)
    _amend_warnings(folder / WARNINGS.file_name(), after)
    for index in range(len(after.files)):
        refused = [row for row in after.lost if row.ref[0] == index and row.outcome.state == "refused"]
        if refused:
            _amend_rejects(folder / REJECTS.file_name(index), refused)


def _amend_rows(path: Path, after: Aftermath) -> None:
    """Give rows that were refused or held their new disposition, and every row the id of its customer."""
    if not after.lost and not any(outcome.id for outcome in after.outcomes):
        return
    frame = read_frame(path)
    lost = table(("file", "row", "lost", "message"), [_lost(row, after) for row in after.lost])
    ids = table(("customer", "found"), [(_label(outcome), outcome.id) for outcome in after.outcomes if outcome.id])
    joined = frame.join(
        lost.unique(["file", "row"], keep="last"), on=["file", "row"], how="left", maintain_order="left"
    )
    joined = joined.join(ids.unique("customer", keep="last"), on="customer", how="left", maintain_order="left")
    gone = pl.col("lost").is_not_null()
    amended = joined.with_columns(
        pl.coalesce("lost", "disposition").alias("disposition"),
        pl.when(gone).then("message").otherwise("reason").alias("reason"),
        pl.coalesce("id", "found").alias("id"),
        pl.when(~gone).then("merged_into").alias("merged_into"),
    )
    save(path, amended.select(ROWS.columns))


def _lost(row: LostRow, after: Aftermath) -> tuple[str, ...]:
    disposition = lost_disposition(row.outcome.state)
    return after.files[row.ref[0]].path, str(row.ref[1]), disposition, row.outcome.message


def _label(outcome: Outcome) -> str:
    return f"C{outcome.number}"


def _amend_results(path: Path, after: Aftermath) -> None:
    if not after.outcomes and not after.unknown:
        return
    ended = [
        (_label(outcome), "yes", _CALLED.get(outcome.state, outcome.state), outcome.id, outcome.message)
        for outcome in after.outcomes
    ]
    unknown = [(f"C{number}", "", "unknown", "", "") for number in after.unknown]
    now = table(("customer", "ended", "outcome_now", "id_now", "message_now"), [*unknown, *ended])
    joined = read_frame(path).join(
        now.unique("customer", keep="last"), on="customer", how="left", maintain_order="left"
    )
    has_ended = pl.col("ended").is_not_null()
    amended = joined.with_columns(
        pl.when(has_ended).then("id_now").otherwise("id").alias("id"),
        pl.coalesce("outcome_now", "outcome").alias("outcome"),
        pl.when(has_ended).then("message_now").otherwise("message").alias("message"),
    )
    save(path, amended.select(RESULTS.columns))


def _amend_held(path: Path, after: Aftermath) -> None:
    files = after.files
    lost = [
        {
            "file": files[row.ref[0]].path,
            "row": str(row.ref[1]),
            "reason": row.outcome.message,
            "a_customer": _label(row.outcome),
            "a_id": row.outcome.id,
        }
        for row in after.lost
        if row.outcome.state == "held"
    ]
    new = table_of(HELD.columns, [*lost, *(held_field_row(held, files[held.ref[0]].path) for held in after.held)])
    if new.height:
        before = read_frame(path).with_columns(pl.all().replace("", None))  # a spreadsheet may have quoted blanks
        save(path, pl.concat([before, new]).unique(maintain_order=True))


def _amend_warnings(path: Path, after: Aftermath) -> None:
    if after.kept:
        before = read_frame(path).with_columns(pl.all().replace("", None))
        new = table(
            WARNINGS.columns,
            (
                (after.files[notice.file].path, str(notice.row), notice.field, notice.value, notice.reason)
                for notice in after.kept
            ),
        )
        save(path, pl.concat([before, new]).unique(maintain_order=True))


def _amend_rejects(path: Path, refused: Sequence[LostRow]) -> None:
    frame = read_frame(path).fill_null("")
    lines = {line[-len(REJECT_COLUMNS)]: list(line) for line in frame.iter_rows()}
    for row in refused:
        problems = row.outcome.problems
        field = "; ".join(dict.fromkeys(name for name, _ in problems if name))
        number = str(row.ref[1])
        lines[number] = [*(cell or "" for cell in row.cells), number, field, "", row.outcome.message]
    ordered = sorted(lines.values(), key=lambda line: int(line[-len(REJECT_COLUMNS)]))
    save(path, table(frame.columns, ordered))
