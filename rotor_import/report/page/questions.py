"""The questions of review.csv as cards: a row beside A and B, what differs marked, and the choices in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any
from unicodedata import combining, normalize

import polars as pl

from rotor_import.model.formulas import defused_frame
from rotor_import.model.question import KINDS, QuestionKind
from rotor_import.report.page.choices import ASKED, Choice, choices_of
from rotor_import.report.page.people import People
from rotor_import.report.page.rows_beside import Cells, rows_beside
from rotor_import.report.page.shorten import field_words, phone, shortened
from rotor_import.report.review import BETWEEN_CHOICES, MOST_QUESTIONS, MOST_ROWS, PARTS, count_listed, listed_rows

_NATIONAL = 10
"""Digits of a phone number without its country code."""
_PHONES = ("phone", "a_phone", "b_phone", "file_value", "rotor_value")
"""Cells of review.csv that may be phones."""
_ALIKE = 0.75
"""Values that are alike so far have the characters marked in which they differ."""
_LONGEST_MARKED = 120
FIRST = 3
"""So many cards of a kind are unfolded."""
_LONG = ("rows", "reason", "address", "a_address", "b_address", "file_value", "rotor_value")
"""Cells of review.csv that the page may shorten, since reading a decision needs none of them."""


@dataclass(frozen=True)
class Asked:
    """The questions of one kind: those that are shown, and how many more there are."""

    kind: str
    title: str
    lede: str
    bulk: list[Choice]
    questions: list[dict[str, Any]]
    more: int


def asked_questions(review: pl.DataFrame, cells: Cells, people: People, names: Mapping[str, str]) -> list[Asked]:
    """A group for each kind that has questions, in the order in which people are asked."""
    groups = []
    for kind in KINDS if review.height else ():
        own = review.filter(pl.col("kind") == kind)
        if own.height:
            shown = own.head(MOST_QUESTIONS)
            questions = cards(shown, cells, people, names)
            bulk = bulk_choices(shown.get_column("choices"), questions)
            lede = ASKED[kind][1]
            groups.append(Asked(kind, heading(kind, own.height), lede, bulk, questions, own.height - shown.height))
    return groups


def cards(lines: pl.DataFrame, cells: Cells, people: People, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the cards of these lines of review.csv show."""
    rows = lines.get_column("rows").fill_null("").to_list()  # the page shortens long cells
    both = zip(shortened(lines).to_dicts(), rows, strict=True)
    return [_question(line, rows, cells, people, names) for line, rows in both]


def review_data(review: pl.DataFrame) -> dict[str, Any]:
    """The lines of review.csv that the page asks, as it would be written; the page adds the decisions.

    `questions` are their names on the page, which in the lines may have been defused.
    """
    parts = [review.filter(pl.col("kind") == kind).head(MOST_QUESTIONS) for kind in KINDS]
    shown = pl.concat(parts)
    long = [name for name in _LONG if name in shown.columns]
    shown = shown.with_columns(shortened(shown.select(long)).get_columns())
    safe = defused_frame(shown).fill_null("")
    lines = [list(line) for line in safe.iter_rows()]
    return {"columns": safe.columns, "lines": lines, "questions": shown.get_column("question").to_list()}


def heading(kind: QuestionKind, count: int) -> str:
    """What is above the questions of a kind."""
    one, several = ASKED[kind][0]
    return f"{count:,} {one if count == 1 else several}"


def bulk_choices(choices: pl.Series, questions: Sequence[Mapping[str, Any]]) -> list[Choice]:
    """The choices that answer all questions at once, where all of them have the same; `questions` are some of them."""
    return list(questions[0]["choices"]) if len(choices) > 1 and questions and choices.n_unique() == 1 else []


def _question(
    line: dict[str, Any], rows: str, cells: Cells, people: People, names: Mapping[str, str]
) -> dict[str, Any]:
    refs, count = list(listed_rows(line["file"], rows, MOST_ROWS)), count_listed(rows)
    several = count > 1
    line = {
        **line,
        **{name: phone(line[name]) for name in ("phone", "a_phone", "b_phone", "file_value", "rotor_value")},
    }
    sides = [_side(line, letter) for letter in ("a", "b")]
    sides = [side for side in sides if any(side.values())]
    if several:  # one of the rows themselves is A: they stand beside each other below
        sides = [side for side in sides if (side["file"], side["row"]) not in refs]
    compared = _compared({part: line[part] for part in PARTS}, sides)
    if line["field"] and len(sides) == 1 and compared:
        values = {line["field"]: line["file_value"]}, {line["field"]: line["rotor_value"]}
        compared.append({"part": field_words(line["field"]), "row": line["file_value"],
                         "sides": [_beside(line["field"], *values)]})  # fmt: skip
    return {
        **line,
        "title": _card_title(line, rows, count, names),
        "tag": _tag(line),
        "choices": list(choices_of(line, list(filter(None, line["choices"].split(BETWEEN_CHOICES))))),
        "sides": sides,
        "compared": compared if sides or not several else [],
        "count": count,
        "rows": rows_beside(refs, cells, people, count - len(refs)) if several else None,
        "cells": [] if several else cells.get((line["file"], line["row"]), []),
    }


def _compared(row: Mapping[str, str], sides: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """A line for each part that anybody has: the row's value, and the sides' beside it."""
    own = row if any(row.values()) else None
    return [
        {"part": part, "row": row[part], "sides": [_beside(part, own, side) for side in sides]}
        for part in PARTS
        if any(person[part] for person in (row, *sides))
    ]


def _card_title(line: Mapping[str, str], rows: str, count: int, names: Mapping[str, str]) -> str:
    who = line["name"] or line["company"] or line["phone"] or line["email"]
    if count > 1:
        listed = list(listed_rows(line["file"], rows, 6))
        more = f" and {count - len(listed):,} more" if count > len(listed) else ""
        of_files = [(names.get(file, file), [row for _, row in own]) for file, own in groupby(listed, lambda at: at[0])]
        if len(names) == 1:
            return f"Rows {', '.join(row for _, row in listed)}{more}"
        return (
            "; ".join(f"{file}, {'row' if len(own) == 1 else 'rows'} {', '.join(own)}" for file, own in of_files) + more
        )
    where = f"{names.get(line['file'], line['file'])}, row" if len(names) > 1 else "Row"
    place = f"{where} {line['row']}" if line["row"] else ""
    return ", ".join(filter(None, [place, who])) or "In Rotor"


def _tag(line: Mapping[str, str]) -> tuple[str, str]:
    """What becomes of the row until somebody answers, and the color of the words."""
    match line["kind"]:
        case "household":
            return "Merged", ""
        case "duplicate":
            return f"{round(100 * float(line['score'] or 0))}% alike", ""
        case "field":
            return "Field on hold", "wait"
    return "On hold", "wait"


def _side(line: Mapping[str, str], letter: str) -> dict[str, str]:
    cells = {part: line[f"{letter}_{part}"] for part in ("id", "file", "row", *PARTS)}
    return {"letter": letter.upper(), **cells} if any(cells.values()) else {}


def _beside(part: str, own: Mapping[str, str] | None, side: Mapping[str, str]) -> dict[str, Any]:
    """A side's value, whether it is the row's, and its characters that differ; nothing is said of blanks."""
    value = side[part]
    if own is None or not own[part] or not value:
        return {"value": value, "mark": "", "parts": [(value, False)]}
    if _plain(part, own[part]) == _plain(part, value):
        return {"value": value, "mark": "same", "parts": [(value, False)]}
    return {"value": value, "mark": "differs", "parts": list(_marked(own[part], value))}


def _marked(own: str, value: str) -> Iterator[tuple[str, bool]]:
    """The parts of the value, each with whether it differs; of values that are hardly alike none is marked."""
    matcher = SequenceMatcher(None, own, value, autojunk=False)
    if max(len(own), len(value)) > _LONGEST_MARKED or matcher.ratio() < _ALIKE:
        yield value, False
        return
    for operation, _, _, start, end in matcher.get_opcodes():
        if end > start:
            yield value[start:end], operation != "equal"


def _plain(part: str, value: str) -> str:
    """What is compared: no case, accents or punctuation, and a phone without its country code."""
    if part == "phone":
        digits = re.sub(r"\D", "", value)
        return digits[-_NATIONAL:] if len(digits) == _NATIONAL + 1 and digits.startswith("1") else digits or value
    letters = "".join(sign for sign in normalize("NFKD", value) if not combining(sign))
    return value if part == "email" else re.sub(r"[\W_]+", "", letters).casefold() or value
