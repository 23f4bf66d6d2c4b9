"""The questions of the dry run with the answers so far, as the review step shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from rotor_import.errors import RotorImportError
from rotor_import.mapping import load_mapping
from rotor_import.model.question import KINDS, QuestionKind
from rotor_import.model.summary import Summary
from rotor_import.pipeline.answers import COLUMNS, TOGETHER, Answers
from rotor_import.pipeline.row_cells import keep_cells, kept_cells
from rotor_import.report.page.choices import Choice, choices_of
from rotor_import.report.page.first_screen import file_names
from rotor_import.report.page.people import People
from rotor_import.report.page.questions import cards
from rotor_import.report.page.rows_beside import Cells, cells_by_row
from rotor_import.report.page.shorten import phone
from rotor_import.report.read import read_frame
from rotor_import.report.report_table import ReportTable
from rotor_import.report.review import BETWEEN_CHOICES, MOST_QUESTIONS, MOST_ROWS, listed_rows
from rotor_import.report.tables import CELLS, REVIEW
from rotor_import.web.desk import Desk
from rotor_import.web.since_plan import planned_words, words_of
from rotor_import.web.workspace import Workspace

_CELLS = "cells.arrow"
_KEYS = ("phone", "email")


@dataclass(frozen=True)
class Scope:
    """Questions that can be answered at once: all of a kind, or those of it that share a key."""

    kind: str
    by: str = ""
    key: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.by, self.key)))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Scope:
        kind, by, key = (str(values.get(name, "")) for name in ("kind", "by", "key"))
        return cls(kind, by if by in _KEYS else "", key if by in _KEYS else "")


@dataclass(frozen=True)
class Bar:
    """What answers all questions of a scope that are open, and takes back what it answered."""

    scope: Scope
    lead: str
    choices: tuple[Choice, ...]
    left: int
    said: str
    undo: str


class Questions:
    """All questions of the dry run, and those that were answered before it."""

    def __init__(self, workspace: Workspace, summary: Summary, folder: Path) -> None:
        self._desk = workspace.desk
        self._summary = summary
        self._folder = folder
        self.answers = Answers(workspace.desk.decisions)

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The lines of review.csv with their answers; those that are no longer asked come last in their kind."""
        asked, given = table_in(self._folder, REVIEW), self.answers.lines
        said = given.select("question", "decision", TOGETHER)
        now = asked.drop("decision").join(said, on="question", how="left", maintain_order="left").select(COLUMNS)
        earlier = given.filter(~pl.col("question").is_in(asked.get_column("question").implode()))
        return pl.concat([now, earlier])

    @cached_property
    def by_kind(self) -> dict[QuestionKind, pl.DataFrame]:
        found = {kind: self.frame.filter(pl.col("kind") == kind) for kind in KINDS}
        return {kind: own for kind, own in found.items() if own.height}

    @property
    def total(self) -> int:
        return self.frame.height

    @property
    def answered(self) -> int:
        return self.total - self.frame.get_column("decision").null_count()

    def find(self, question: str) -> pl.DataFrame:
        return self.frame.filter(pl.col("question") == question)

    def open_in(self, scope: Scope) -> pl.DataFrame:
        """The questions of the scope without an answer."""
        return self._of(scope).filter(pl.col("decision").is_null())

    def next_batch(self, scope: Scope) -> str:
        """A name for what is answered together now; later ones have a higher number."""
        numbers = [int(name.partition(" ")[0]) for name in self.frame.get_column(TOGETHER).drop_nulls().unique()]
        return f"{max(numbers, default=0) + 1} {scope}"

    def cards(self, lines: pl.DataFrame) -> list[dict[str, Any]]:
        """The cards of these lines of `frame`; `refusal` says why an answer wasn't applied."""
        people, names = People(self._summary), file_names(self._summary)
        found = cards(lines, self._cells(lines), people, names)
        keys = lines.select(_KEYS).fill_null("").rows()
        for card, both in zip(found, keys, strict=True):
            card |= {"refusal": self.refused.get(card["question"], ""), "keys": dict(zip(_KEYS, both, strict=True))}
            card["said"] = next((one.name for one in card["choices"] if one.value == card["decision"]), "")
        return found

    @cached_property
    def refused(self) -> dict[str, str]:
        """Why answers weren't applied in the dry run, as far as they are still the same."""
        told = self._summary.get("refused", {})
        before, now = planned_words(self._desk), words_of(self.answers)
        return {asked: why for asked, why in told.items() if before.get(asked) == now.get(asked, "")}

    def changed_since_plan(self) -> int:
        """How many questions have another answer than in the dry run."""
        before, now = planned_words(self._desk), words_of(self.answers)
        return sum(before.get(asked) != now.get(asked) for asked in {*before, *now})

    def bar(self, scope: Scope) -> Bar | None:
        """None where there is only one question, or no choice that all of them offer."""
        own = self._of(scope)
        common = _common(own.get_column("choices").fill_null("").unique(maintain_order=True).to_list())
        if own.height < 2 or not common:  # noqa: PLR2004 - one question is answered on its card
            return None
        left = own.get_column("decision").null_count()
        shared = f" that share {phone(scope.key)}" if scope.key else ""
        lead = f"Answer all {left:,}{shared}" if left == own.height else f"Answer the other {left:,}{shared}"
        choices = tuple(choices_of(defaultdict(str, kind=scope.kind), common))
        undo, said = _last_batch(own, scope, choices)
        if not left:
            lead = f"All {own.height:,}{shared} are answered"
        return Bar(scope, lead, choices, left, said, undo)

    def key_bars(self, kind: QuestionKind, found: Iterable[Mapping[str, Any]]) -> dict[str, Bar]:
        """For the first of the cards that share a key with other questions, by its question."""
        own, seen, bars = self.by_kind[kind], set[Scope](), dict[str, Bar]()
        counts = {by: dict(own.get_column(by).drop_nulls().value_counts().iter_rows()) for by in _KEYS}
        for card in found:
            scopes = [
                Scope(kind, by, key) for by, key in card["keys"].items() if 1 < counts[by].get(key, 0) < own.height
            ]
            for scope in scopes:
                if scope not in seen and (bar := self.bar(scope)) is not None:
                    bars.setdefault(card["question"], bar)
                seen.add(scope)
        return bars

    def _of(self, scope: Scope) -> pl.DataFrame:
        own = self.frame.filter(pl.col("kind") == scope.kind)
        return own.filter(pl.col(scope.by) == scope.key) if scope.by else own

    def _cells(self, lines: pl.DataFrame) -> Cells:
        listed = lines.select(pl.col("file", "row", "rows").fill_null("")).rows()
        refs = {ref for file, row, rows in listed for ref in ((file, row), *listed_rows(file, rows, MOST_ROWS))}
        return cells_of(self._folder, kept_in(self._desk), refs)


def cells_of(folder: Path, kept: Path, refs: Iterable[tuple[str, str]]) -> Cells:
    """The cells of these rows of the files: those that are `kept`, else those of the report."""
    if kept.is_file():
        return cells_by_row(kept_cells(kept, refs))
    wanted = pl.DataFrame(sorted({*refs}), schema={"file": pl.String, "row": pl.String}, orient="row")
    return cells_by_row(table_in(folder, CELLS).join(wanted, on=["file", "row"], how="semi"))


def kept_in(desk: Desk) -> Path:
    """Where the cells of the file's rows are, if the report doesn't have those of all questions."""
    return desk.own / _CELLS


def _common(offered: list[str]) -> list[str]:
    """The choices that all of these have."""
    each = [choices.split(BETWEEN_CHOICES) for choices in offered]
    return [word for word in each[0] if word and all(word in words for words in each)] if each else []


def _last_batch(own: pl.DataFrame, scope: Scope, choices: Iterable[Choice]) -> tuple[str, str]:
    """What was answered last at once in the scope, and what is said of it."""
    batches = [name for name in own.get_column(TOGETHER).drop_nulls().unique() if name.partition(" ")[2] == str(scope)]
    if not batches:
        return "", ""
    last = max(batches, key=lambda name: int(name.partition(" ")[0]))
    words = own.filter(pl.col(TOGETHER) == last).get_column("decision")
    short = next((one.short for one in choices if one.value == words[0]), words[0])
    return last, f"{len(words):,} answered: {short}."


def table_in(folder: Path, table: ReportTable) -> pl.DataFrame:
    """A table of a report; it is kept as long as its file stays the same."""
    return next(_tables(folder, table), table.empty)


def _tables(folder: Path, table: ReportTable) -> Iterator[pl.DataFrame]:
    for path in table.files(folder):
        about = path.stat()
        yield _read(path, about.st_mtime_ns, about.st_size)


def tables_in(folder: Path, table: ReportTable) -> list[pl.DataFrame]:
    """The same, of a table that has a file for each of the import's files."""
    return list(_tables(folder, table))


@lru_cache(maxsize=6)
def _read(path: Path, _changed: int, _size: int) -> pl.DataFrame:
    return read_frame(path)


def forget_other_feeds(workspace: Workspace) -> None:
    """Forget the answers to another mapping's questions, which its plan could not use."""
    with suppress(RotorImportError, OSError):
        Answers(workspace.desk.decisions).keep_those_of(load_mapping(workspace.desk.now.mapping).feed)


def keep_rows(workspace: Workspace, folder: Path) -> None:
    """Keep the cells of the file's rows, where the report doesn't have those of all questions."""
    desk, target = workspace.desk, kept_in(workspace.desk)
    target.unlink(missing_ok=True)
    counts = table_in(folder, REVIEW).get_column("kind").value_counts().get_column("count")
    if (counts.max() or 0) > MOST_QUESTIONS or desk.decisions.is_file():  # type: ignore[operator]
        corrections = desk.corrections if desk.corrections.is_file() else None
        with suppress(RotorImportError, OSError):
            keep_cells(target, Path(desk.now.file), desk.now.mapping, corrections)
