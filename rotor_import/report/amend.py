"""What became of a plan, written into its folder: ids, outcomes, and rows that Rotor refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rotor_import.model.change import HeldField, Outcome, Place
from rotor_import.model.plan import SourceFile
from rotor_import.model.rows import REJECT_COLUMNS
from rotor_import.report import tables
from rotor_import.report.frames import read_frame, rejects_name
from rotor_import.report.write import save


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


def _ids(after: Aftermath) -> dict[str, str]:
    return {f"C{outcome.number}": outcome.id for outcome in after.outcomes if outcome.id}


def _amend_rows(path: Path, after: Aftermath) -> None:
    lost = {(after.files[row.place[0]].path, str(row.place[1])): row.outcome for row in after.lost}
    ids = _ids(after)
    lines = []
    for line in _read(path).iter_rows(named=True):
        outcome = lost.get((line["file"], line["row"]))
        if outcome is not None:
            kind = "rejected" if outcome.state == "refused" else "held"
            line |= {"disposition": kind, "reason": outcome.message, "merged_into": ""}
        lines.append(line | {"id": line["id"] or ids.get(line["customer"], "")})
    save(path, tables.table(tables.ROWS, [[line[name] for name in tables.ROWS] for line in lines]))


def _amend_results(path: Path, after: Aftermath) -> None:
    found = {f"C{outcome.number}": outcome for outcome in after.outcomes}
    unknown = {f"C{number}" for number in after.unknown}

    def amended(line: Mapping[str, str]) -> list[str]:
        label = line["customer"]
        outcome = found.get(label)
        if outcome is not None:
            ended = "unchanged" if outcome.state == "dropped" else outcome.state
            return [line["source_key"], outcome.id, ended, label, outcome.message]
        state = "unknown" if label in unknown else line["outcome"]
        return [line["source_key"], line["id"], state, label, line["message"]]

    save(path, tables.table(tables.RESULTS, [amended(line) for line in _read(path).iter_rows(named=True)]))


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
