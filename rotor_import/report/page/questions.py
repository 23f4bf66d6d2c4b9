"""The questions of review.csv as the page asks them: a row beside A and B, with what differs marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from unicodedata import combining, normalize

import polars as pl

from rotor_import.model.question import KINDS
from rotor_import.report.page.rows_beside import Cells, rows_beside
from rotor_import.report.page.shorten import shortened
from rotor_import.report.review import BETWEEN_CHOICES, MOST_QUESTIONS, MOST_ROWS, PARTS, count_listed, listed_rows

_NATIONAL = 10
"""Digits of a phone number without its country code."""


@dataclass(frozen=True)
class Asked:
    """The questions of one kind: the first as they are shown, and how many more there are."""

    kind: str
    title: str
    what: str
    questions: list[dict[str, Any]]
    more: int


_SECTIONS = {
    "conflict": (
        "Could be either of two customers",
        "Nothing is sent for these rows until you decide, or until they or the customers change.",
    ),
    "stranger": (
        "Different people who share a phone, an email or an ID",
        "Rotor would make each group one customer. Nothing is sent for the rows on hold until you decide.",
    ),
    "household": (
        "Merged: people of one household",
        "These rows were merged, but the people have different first names. You don't have to do anything.",
    ),
    "gone": (
        "Their customer is gone from Rotor",
        "Somebody deleted or merged these customers. Nothing is sent for the rows until you decide.",
    ),
    "duplicate": ("Probably the same person", "No key joins these people. Nothing changes until you decide."),
    "field": (
        "Fields on hold",
        "The file and Rotor disagree about these fields. The other fields of the row are sent.",
    ),
}


def asked_questions(review: pl.DataFrame, cells: Cells) -> list[Asked]:
    """A section for each kind that has questions, in the order in which people are asked."""
    sections = []
    for kind in KINDS if review.height else ():
        own = review.filter(pl.col("kind") == kind)
        if own.height:
            shown = own.head(MOST_QUESTIONS)
            rows = shown.get_column("rows").fill_null("").to_list()  # the page shortens long cells
            lines = zip(shortened(shown).to_dicts(), rows, strict=True)
            questions = [_question(line, rows, cells) for line, rows in lines]
            sections.append(Asked(kind, *_SECTIONS[kind], questions, own.height - shown.height))
    return sections


def _question(line: dict[str, Any], rows: str, cells: Cells) -> dict[str, Any]:
    refs, count = list(listed_rows(line["file"], rows, MOST_ROWS)), count_listed(rows)
    sides = [_side(line, letter) for letter in ("a", "b")]
    sides = [side for side in sides if any(side.values())]
    people = [{part: line[part] for part in PARTS}, *sides]
    parts = [part for part in PARTS if any(person[part] for person in people)]
    own = people[0] if any(people[0].values()) else None
    compared = [
        {"part": part, "row": people[0][part], "sides": [_beside(part, own, side) for side in sides]} for part in parts
    ]
    several = count > 1
    return {
        **line,
        "choices": list(filter(None, line["choices"].split(BETWEEN_CHOICES))),
        "sides": sides,
        "compared": compared,
        "count": count,
        "rows": rows_beside(refs, cells, count - len(refs)) if several else None,
        "cells": [] if several else cells.get((line["file"], line["row"]), []),
    }


def _side(line: Mapping[str, str], letter: str) -> dict[str, str]:
    cells = {part: line[f"{letter}_{part}"] for part in ("id", "file", "row", *PARTS)}
    return {"letter": letter.upper(), **cells} if any(cells.values()) else {}


def _beside(part: str, own: Mapping[str, str] | None, side: Mapping[str, str]) -> dict[str, str]:
    """A side's value, and whether it is the row's; nothing is said of blanks."""
    value = side[part]
    if own is None or not own[part] or not value:
        return {"value": value, "mark": ""}
    return {"value": value, "mark": "same" if _plain(part, own[part]) == _plain(part, value) else "differs"}


def _plain(part: str, value: str) -> str:
    """What is compared: no case, accents or punctuation, and a phone without its country code."""
    if part == "phone":
        digits = re.sub(r"\D", "", value)
        return digits[-_NATIONAL:] if len(digits) == _NATIONAL + 1 and digits.startswith("1") else digits or value
    letters = "".join(sign for sign in normalize("NFKD", value) if not combining(sign))
    return value if part == "email" else re.sub(r"[\W_]+", "", letters).casefold() or value
