"""What became of a plan, written into its folder: ids, outcomes, and rows that Rotor refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rotor_import.model.change import HeldField, Outcome, Place
from rotor_import.model.plan import SourceFile
from rotor_import.model.rows import REJECT_COLUMNS
from rotor_import.report import tables
from rotor_import.report.frames import read_frame, rejects_name
from rotor_import.report.write import save

_FATES = {"refused": "rejected", "held": "held"}
"""What a row is called whose change ended so."""
_ENDED = {"dropped": "unchanged"}


@dataclass(frozen=True)
class LostRow:
    """A row of a change that was refused or held while it was sent; `cells` are the source's own."""

    place: Place
    outcome: Outcome
    cells: Sequence[str | None]


@dataclass(frozen=True)
class Aftermath:
    """`held` are fields that somebody changed in Rotor while the change waited."""

    files: Sequence[SourceFile]
    outcomes: Sequence[Outcome]
    lost: Sequence[LostRow]
    unknown: Sequence[int] = ()
    held: Sequence[HeldField] = ()


def amend(folder: Path, after: Aftermath) -> None:
    """Nothing happens where the folder is gone: the ledger holds all of it too."""
    if not (folder / "rows.csv").is_file():
        return
    _amend_rows(folder / "rows.csv", after)
    _amend_results(folder / "results.csv", after)
    _amend_held(folder / "held.csv", after)
    for index in range(len(after.files)):
        refused = [row for row in after.lost if row.place[0] == index and row.outcome.state == "refused"]
        if refused:
            _amend_rejects(folder / rejects_name(index), refused)


def _read(path: Path) -> pl.DataFrame:
    return read_frame(path).fill_null("")


def _amend_rows(path: Path, after: Aftermath) -> None:
    lost = [
        [after.files[row.place[0]].path, str(row.place[1]), _FATES[row.outcome.state], row.outcome.message]
        for row in after.lost
    ]
    ids = [[_label(outcome), outcome.id] for outcome in after.outcomes if outcome.id]
    rows = _beside(read_frame(path), ("file", "row"), ("fate", "words"), lost)
    rows = _beside(rows, ("customer",), ("given",), ids)
    gone = pl.col("fate").is_not_null()
    amended = rows.with_columns(
        pl.coalesce("fate", "disposition").alias("disposition"),
        pl.when(gone).then("words").otherwise("reason").alias("reason"),
        pl.coalesce("id", "given").alias("id"),
        pl.when(~gone).then("merged_into").alias("merged_into"),
    )
    save(path, amended.select(tables.ROWS))


def _amend_results(path: Path, after: Aftermath) -> None:
    ended = [[_label(one), _ENDED.get(one.state, one.state), one.id, one.message] for one in after.outcomes]
    unknown = [[f"C{number}", "unknown"] for number in after.unknown]
    results = _beside(read_frame(path), ("customer",), ("state", "given", "words"), ended)
    results = _beside(results, ("customer",), ("doubt",), unknown)
    over = pl.col("state").is_not_null()
    amended = results.with_columns(
        pl.when(over).then("given").otherwise("id").alias("id"),
        pl.coalesce("state", "doubt", "outcome").alias("outcome"),
        pl.when(over).then("words").otherwise("message").alias("message"),
    )
    save(path, amended.select(tables.RESULTS))


def _label(outcome: Outcome) -> str:
    return f"C{outcome.number}"


def _beside(
    frame: pl.DataFrame, keys: Sequence[str], columns: Sequence[str], lines: Sequence[Sequence[str]]
) -> pl.DataFrame:
    """With these columns from the lines (keys first), null where a row has no line."""
    found = tables.table((*keys, *columns), lines).unique(keys, keep="last")
    return frame.join(found, on=list(keys), how="left", maintain_order="left")


def _amend_held(path: Path, after: Aftermath) -> None:
    files = after.files
    lost = [
        [files[row.place[0]].path, str(row.place[1]), row.outcome.message]
        + [""] * 2
        + [f"C{row.outcome.number}", row.outcome.id]
        + [""] * (len(tables.HELD) - 7)
        for row in after.lost
        if row.outcome.state == "held"
    ]
    fields = [tables.held_field_row(held, "", files[held.place[0]].path) for held in after.held]
    old = [list(line) for line in _read(path).iter_rows()]
    new = [line for line in [*lost, *fields] if line not in old]
    save(path, tables.table(tables.HELD, [*old, *new]))


def _amend_rejects(path: Path, refused: Sequence[LostRow]) -> None:
    frame = _read(path)
    lines = {line[-len(REJECT_COLUMNS)]: list(line) for line in frame.iter_rows()}
    for row in refused:
        problems = row.outcome.problems
        field = "; ".join(dict.fromkeys(name for name, _ in problems if name))
        number = str(row.place[1])
        lines[number] = [*(cell or "" for cell in row.cells), number, field, "", row.outcome.message]
    ordered = sorted(lines.values(), key=lambda line: int(line[-len(REJECT_COLUMNS)]))
    save(path, tables.table(frame.columns, ordered))
