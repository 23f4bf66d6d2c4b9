"""Decisions that a person wrote into review.csv: how they are read, and what is said about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from rotor_import.errors import DecisionError
from rotor_import.model.column_names import loose_name
from rotor_import.model.decision import Answer, Decision, Side, Word, feed_of
from rotor_import.model.formulas import restored
from rotor_import.model.question import CHOICES, KINDS, QuestionKind
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source

_SIDES = ("a_id", "a_phone", "a_email", "b_id", "b_phone", "b_email")
_NEEDED = ("question", "decision")
_QUESTION = re.compile(r".+-[0-9a-f]{16}")
_SHOWN = 10
_UNMET = (
    "this is no longer asked: it was decided before, or the row has been imported, has changed, or isn't in the file"
)


def _letters(said: str) -> str:
    """What is compared of a word: people and spreadsheets write it as they like."""
    return re.sub(r"[\W_]+", "", said).casefold()


_WORDS: dict[str, Word] = {_letters(word): word for words in CHOICES.values() for word in words}
_KINDS: dict[str, QuestionKind] = {_letters(kind): kind for kind in KINDS}


Decided = Path | str | pl.DataFrame
"""A review.csv with decisions in it, or a frame like it."""
_Lines = Iterable[tuple[int, str, list[str]]]
"""Lines with a decision: the number of each, why it cannot be read ('' where it can), and its cells."""


def read_decisions(given: Decided, feed: str) -> tuple[Decision, ...]:
    """The lines that have something in the column `decision`, in whatever format a spreadsheet saved them.

    The lines of a frame are counted from 0, as polars counts them. Raises SourceError, and DecisionError with the line
    of what cannot be understood.
    """
    if isinstance(given, pl.DataFrame):
        name = "The frame of decisions, whose first line is line 0"
        return _understood(name, _lines_of_frame(given), feed)
    return _understood(str(given), _lines_of_file(Path(given)), feed)


def _understood(name: str, lines: _Lines, feed: str) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    wrong: list[str] = []
    for number, unreadable, (asked, said, kind, *sides) in lines:
        fault = unreadable or _fault(asked, said, kind, feed)
        if fault:
            wrong.append(f"line {number} {fault}")
        else:
            cells = Side(*sides[:3]), Side(*sides[3:])
            decisions.append(Decision(number, asked, _WORDS[_letters(said)], cells))
    wrong += _contradictions(decisions)
    if wrong:
        raise DecisionError(f"{name}: {_first_few(wrong)}. Nothing was sent.")
    return tuple(decisions)


def _lines_of_file(path: Path) -> _Lines:
    source = read_source(path, SourceOptions(wanted=(*_NEEDED, "kind", *_SIDES)))
    cells = _cells(source.frame, f"{path} has no column {{}}: it isn't the review.csv of a report. Nothing was sent.")
    broken = {finding.row: f"can't be read: {finding.reason}" for finding in source.findings if finding.rejected}
    for number, line in zip(source.numbers, cells.iter_rows(), strict=True):
        if line[1]:
            yield int(number), broken.get(number, ""), list(line)


def _lines_of_frame(frame: pl.DataFrame) -> _Lines:
    cells = _cells(frame, "The frame of decisions has no column {}: make it from report.review. Nothing was sent.")
    for number, line in enumerate(cells.iter_rows()):
        if line[1]:
            yield number, "", list(line)


def _cells(frame: pl.DataFrame, complaint: str) -> pl.DataFrame:
    """What is needed of each line, as text. Raises DecisionError with the complaint about a column that is missing."""
    columns = {loose_name(name): name for name in frame.columns}
    missing = [name for name in _NEEDED if loose_name(name) not in columns]
    if missing:
        raise DecisionError(complaint.format(missing[0]))
    names = {name: columns.get(loose_name(name)) for name in (*_NEEDED, "kind", *_SIDES)}
    try:
        return frame.select(
            _text(pl.lit("") if own is None else pl.col(own)).alias(name) for name, own in names.items()
        )
    except pl.exceptions.PolarsError:
        raise DecisionError("The frame of decisions has columns that are not text. Nothing was sent.") from None


def _text(cells: pl.Expr) -> pl.Expr:
    return restored(cells.cast(pl.String).str.strip_chars()).fill_null("")


def _fault(asked: str, said: str, kind: str, feed: str) -> str:
    """What is wrong with a decision, '' where nothing is; a file without the column `kind` is an older one."""
    of = _KINDS.get(_letters(kind))
    if kind and of is None:
        return f"has {kind!r} in the column kind: don't change that column"
    word = _WORDS.get(_letters(said))
    if word is None or (of is not None and word not in CHOICES[of]):
        what = f"for a question of kind {of} it must be" if of else "it must be"
        return f"says {said!r}: {what} {_or(CHOICES[of] if of else tuple(_WORDS.values()))}"
    if not asked:
        return "has nothing in the column question: don't change that column"
    if not _QUESTION.fullmatch(asked):
        return f"has {asked!r} in the column question: don't change that column"
    if feed_of(asked) != feed:
        return f"belongs to the feed {feed_of(asked)}, but this import is of the feed {feed}"
    return ""


def _or(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _contradictions(decisions: Iterable[Decision]) -> Iterator[str]:
    first: dict[str, Decision] = {}
    for decision in decisions:
        other = first.setdefault(decision.question, decision)
        if other.word != decision.word:
            words = f"{other.word} and {decision.word}"
            yield f"lines {other.line} and {decision.line} give different answers to the same question: {words}"


def refused_decisions(decisions: Sequence[Decision], answers: Iterable[Answer]) -> dict[str, str]:
    """Why each question's decision was not applied, for those that were not."""
    why: Mapping[str, str] = {answer.question: answer.why for answer in answers}
    asked = ((decision.question, why.get(decision.question, _UNMET)) for decision in decisions)
    return {question: words for question, words in asked if words}


def decision_notes(decisions: Sequence[Decision], refused: Mapping[str, str]) -> tuple[str, ...]:
    """How many decisions were applied, and the lines of those that were `refused`."""
    if not decisions:
        return ()
    failed = [
        f"line {decision.line} ({decision.word}): {refused[decision.question]}"
        for decision in decisions
        if decision.question in refused
    ]
    applied = len(decisions) - len(failed)
    notes = [f"Decisions applied: {applied} of {len(decisions)}."]
    return (*notes, f"Decisions not applied: {_first_few(failed)}.") if failed else tuple(notes)


def _first_few(words: Sequence[str]) -> str:
    more = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return "; ".join([*words[:_SHOWN], *more])
