"""Decisions that a person wrote into held.csv: how they are read, and what is said about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from rotor_import.errors import DecisionError
from rotor_import.model.column_names import loose_name
from rotor_import.model.decision import Answer, Decision, Side, Word, feed_of
from rotor_import.model.question import CHOICES
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source

_NEEDED = ("question", "decision", "a_id", "a_phone", "a_email", "b_id", "b_phone", "b_email")


def _letters(said: str) -> str:
    """What is compared of a decision's word: people and spreadsheets write it as they like."""
    return re.sub(r"[\W_]+", "", said).casefold()


_WORDS: dict[str, Word] = {_letters(word): word for words in CHOICES.values() for word in words}
_SHOWN = 10
_UNMET = "the row is not held any more, or another cell of it has changed, or it is not in the file"


def read_decisions(path: Path, feed: str) -> tuple[Decision, ...]:
    """The lines that have something in the column `decision`, in whatever format a spreadsheet saved them.

    Raises SourceError, and DecisionError with the line of what cannot be understood.
    """
    frame, numbers = _table(path)
    decisions: list[Decision] = []
    wrong: list[str] = []
    for line, (asked, said, *sides) in zip(numbers, frame.iter_rows(), strict=True):
        if not said:
            continue
        word = _WORDS.get(_letters(said))
        if word is None:
            wrong.append(f"line {line} says {said!r}: it is use A, use B, create or skip")
        elif not asked:
            wrong.append(f"line {line} is about no row that can be decided here (for fields there is on_both)")
        elif feed_of(asked) != feed:
            wrong.append(f"line {line} is of the feed {feed_of(asked)}, and this import is of {feed}")
        else:
            cells = [cell or "" for cell in sides]
            decisions.append(Decision(int(line), asked, word, (Side(*cells[:3]), Side(*cells[3:]))))
    wrong += _contradictions(decisions)
    if wrong:
        raise DecisionError(f"{path}: {_first_few(wrong)}. Nothing was sent.")
    return tuple(decisions)


def _table(path: Path) -> tuple[pl.DataFrame, pl.Series]:
    source = read_source(path, SourceOptions(wanted=_NEEDED))
    columns = {loose_name(name): name for name in source.frame.columns}
    missing = [name for name in _NEEDED[:2] if loose_name(name) not in columns]
    if missing:
        raise DecisionError(f"{path} has no column {missing[0]}: it is no held.csv of a report. Nothing was sent.")
    cells = [
        pl.col(columns[loose_name(name)]).str.strip_prefix("'").alias(name)
        if loose_name(name) in columns
        else pl.lit(None, dtype=pl.String).alias(name)
        for name in _NEEDED
    ]
    return source.frame.select(cells), source.numbers


def _contradictions(decisions: Iterable[Decision]) -> Iterator[str]:
    first: dict[str, Decision] = {}
    for decision in decisions:
        other = first.setdefault(decision.question, decision)
        if other.word != decision.word:
            yield f"lines {other.line} and {decision.line} say {other.word} and {decision.word} of the same row"


def decision_notes(decisions: Sequence[Decision], answers: Iterable[Answer]) -> tuple[str, ...]:
    """How many decisions were applied, and the lines of those that were not."""
    if not decisions:
        return ()
    why: Mapping[str, str] = {answer.question: answer.why for answer in answers}
    failed = [
        f"line {decision.line} ({decision.word}): {why.get(decision.question, _UNMET)}"
        for decision in decisions
        if why.get(decision.question, _UNMET)
    ]
    applied = len(decisions) - len(failed)
    notes = [f"Decisions applied: {applied} of {len(decisions)}."]
    return (*notes, f"Decisions not applied: {_first_few(failed)}.") if failed else tuple(notes)


def _first_few(words: Sequence[str]) -> str:
    more = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return "; ".join([*words[:_SHOWN], *more])
