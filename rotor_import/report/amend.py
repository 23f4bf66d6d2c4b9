"""Updates a plan's report after sending: Rotor's ids, outcomes, and the rows that Rotor refused."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rotor_import.model.change import Outcome, RowRef, label_of
from rotor_import.model.fields import TAGS_FIELD, Value, Values
from rotor_import.model.plan import SourceFile, lost_disposition
from rotor_import.model.question import Question, review_counts
from rotor_import.model.rows import REJECT_COLUMNS, Notice
from rotor_import.model.summary import ReviewCounts
from rotor_import.report.cells import table
from rotor_import.report.files import save
from rotor_import.report.page_excerpt import COLUMNS, LINES
from rotor_import.report.read import read_frame
from rotor_import.report.review import review_lines
from rotor_import.report.tables import CELLS, CREATES, REJECTS, RESULTS, REVIEW, ROWS, UNDECIDED, UPDATES, WARNINGS

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
    """What came of a plan. `questions` came up while it was sent."""

    files: Sequence[SourceFile]
    outcomes: Sequence[Outcome]
    lost: Sequence[LostRow]
    unknown: Sequence[int] = ()
    questions: Sequence[Question] = ()
    kept: Sequence[Notice] = ()
    """Values of which Rotor kept something else."""


def amend(folder: Path, after: Aftermath) -> None:
    """Does nothing if the folder is gone: the ledger has all of it too."""
    if not ROWS.files(folder):
        return
    _amend_rows(folder / ROWS.file_name(), after)
    _amend_results(folder / RESULTS.file_name(), after)
    _amend_review(folder / REVIEW.file_name(), after)
    _amend_warnings(folder / WARNINGS.file_name(), after)
    _amend_cells(folder / CELLS.file_name(), after)
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
    ids = table(("customer", "found"), [(outcome.label, outcome.id) for outcome in after.outcomes if outcome.id])
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


def _amend_results(path: Path, after: Aftermath) -> None:
    if not after.outcomes and not after.unknown:
        return
    ended = [
        (outcome.label, "yes", _CALLED.get(outcome.state, outcome.state), outcome.id, outcome.message)
        for outcome in after.outcomes
    ]
    unknown = [(label_of(number), "", "unknown", "", "") for number in after.unknown]
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


def _amend_review(path: Path, after: Aftermath) -> None:
    """Add what came up, each question once: a person may have written a decision beside it already."""
    new = review_lines(after.questions, [file.path for file in after.files])
    if not new.height or not path.is_file():
        return
    before = read_frame(path)
    if before.columns != new.columns:  # a spreadsheet has made something else of it, with somebody's decisions
        return
    blank = before.with_columns(pl.all().replace("", None))  # a spreadsheet may have quoted blanks
    save(path, pl.concat([blank, new]).unique("question", keep="first", maintain_order=True))


def count_asked(folder: Path) -> ReviewCounts | None:
    """How many questions of each kind the folder's review.csv asks; None where it is gone or cannot be read."""
    [path, *_] = [*REVIEW.files(folder), None]
    frame = REVIEW.empty if path is None else read_frame(path)
    if path is None or "kind" not in frame.columns:
        return None
    return review_counts(dict(frame.get_column("kind").value_counts().iter_rows()))


def planned_values(folder: Path, names: Collection[str]) -> dict[str, Values]:
    """What a plan's report says that these customers would get; a name is a label or Rotor's id."""
    found: dict[str, dict[str, Value]] = {name: {} for name in names}
    wanted = pl.Series(sorted(names), dtype=pl.String).implode()
    for path in [*CREATES.files(folder), *UNDECIDED.files(folder)] if names else ():
        for line in read_frame(path).filter(pl.col("customer").is_in(wanted)).iter_rows(named=True):
            found[line["customer"]] |= {name: cell for name, cell in line.items() if cell and name != "customer"}
    for path in UPDATES.files(folder) if names else ():
        known = pl.any_horizontal(pl.col("customer", "id").is_in(wanted))
        for line in read_frame(path).filter(known, pl.col("field") != TAGS_FIELD).iter_rows(named=True):
            for name in {line["customer"], line["id"]} & found.keys():
                found[name][line["field"]] = line["after"] or ""
    return dict(found)


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


def _amend_cells(path: Path, after: Aftermath) -> None:
    """Let the page show the cells of rows that were refused or held as it does of others."""
    if not after.lost or not path.is_file():
        return
    lines = [
        (after.files[row.ref[0]].path, str(row.ref[1]), column, cell)
        for row in after.lost[:LINES]
        for column, cell in zip(after.files[row.ref[0]].columns[:COLUMNS], row.cells, strict=False)
        if cell
    ]
    new = table(CELLS.columns, lines)
    before = read_frame(path)
    if before.columns == new.columns:  # otherwise somebody has changed the file, and only the page needs it
        others = before.join(new, on=["file", "row"], how="anti", maintain_order="left")
        save(path, pl.concat([others, new]))


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
