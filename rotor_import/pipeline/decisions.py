"""Decisions that a person wrote into held.csv: read, and told of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from rotor_import.errors import DecisionError
from rotor_import.model.column_names import loose_name
from rotor_import.model.decision import Answer, Decision, Side, Word, feed_of
from rotor_import.model.rows import SourceOptions
from rotor_import.source import read_source

_NEEDED = ("question", "decision", "a_id", "a_phone", "a_email", "b_id", "b_phone", "b_email")
_WORDS: dict[str, Word] = {"usea": "use A", "useb": "use B", "create": "create", "skip": "skip"}
_SHOWN = 10
_UNMET = "the row is not held any more, or another cell of it has changed, or it is not in the file"


def read_decisions(path: Path, feed: str) -> tuple[Decision, ...]:
    """Lines with something in the column `decision`; a spreadsheet may have saved them as it likes.

    Raises DecisionError for what cannot be understood, with its line, and SourceError.
    """
    frame, numbers = _table(path)
    found: list[Decision] = []
    wrong: list[str] = []
    for line, (asked, said, *sides) in zip(numbers, frame.iter_rows(), strict=True):
        if not said:
            continue
        word = _WORDS.get(re.sub(r"[\W_]+", "", said).casefold())
        if word is None:
            wrong.append(f"line {line} says {said!r}: it is use A, use B, create or skip")
        elif not asked:
            wrong.append(f"line {line} is about no row that can be decided here (for fields there is on_both)")
        elif feed_of(asked) != feed:
            wrong.append(f"line {line} is of the feed {feed_of(asked)}, and this import is of {feed}")
        else:
            cells = [cell or "" for cell in sides]
            found.append(Decision(int(line), asked, word, (Side(*cells[:3]), Side(*cells[3:]))))
    wrong += _twice(found)
    if wrong:
        raise DecisionError(f"{path}: {_some(wrong)}. Nothing was sent.")
    return tuple(found)


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


def _twice(decisions: Iterable[Decision]) -> Iterator[str]:
    first: dict[str, Decision] = {}
    for one in decisions:
        other = first.setdefault(one.question, one)
        if other.word != one.word:
            yield f"lines {other.line} and {one.line} say {other.word} and {one.word} of the same row"


def decision_notes(decisions: Sequence[Decision], answers: Iterable[Answer]) -> tuple[str, ...]:
    """How many were applied, and which not, by their lines."""
    if not decisions:
        return ()
    why: Mapping[str, str] = {one.question: one.why for one in answers}
    failed = [
        f"line {one.line} ({one.word}): {why.get(one.question, _UNMET)}"
        for one in decisions
        if why.get(one.question, _UNMET)
    ]
    applied = len(decisions) - len(failed)
    notes = [f"Decisions applied: {applied} of {len(decisions)}."]
    return (*notes, f"Decisions not applied: {_some(failed)}.") if failed else tuple(notes)


def _some(words: Sequence[str]) -> str:
    more = [f"and {len(words) - _SHOWN} more"] if len(words) > _SHOWN else []
    return "; ".join([*words[:_SHOWN], *more])
