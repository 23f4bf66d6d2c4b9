"""Everything that needs a person, as the lines of review.csv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import polars as pl

from rotor_import.model.change import RowRef
from rotor_import.model.plan import Plan
from rotor_import.model.question import KINDS, Question, Shown
from rotor_import.report.cells import table_of

PARTS = ("name", "company", "phone", "email", "address")
"""What tells people apart, in the order in which it is shown."""
REVIEW = (
    *("question", "kind", "decision", "choices", "reason", "score"),
    *("file", "row", "rows", "field", "file_value", "rotor_value"),
    *PARTS,
    *(f"{side}_{part}" for side in ("a", "b") for part in ("id", "file", "row", *PARTS)),
)
BETWEEN_CHOICES = " | "
BETWEEN_ROWS = ", "
MOST_QUESTIONS = 100
"""The most questions of each kind in the page."""
MOST_ROWS = 10
"""The most rows of a question in the page."""
_LONGEST = 30_000
"""The longest list of rows, in characters: a spreadsheet's cell ends at 32,767, and Excel breaks longer ones apart."""
_ROW = re.compile(r"(?:^|, )(?:(.+?):)??(\d+)(?=, | and \d+ more$|$)")
_MORE = re.compile(r" and \d+ more$")


def review_table(plan: Plan) -> pl.DataFrame:
    """A line for each question."""
    paths = [file.path for file in plan.files]
    return review_lines(plan.questions, paths)


def review_lines(questions: Iterable[Question], paths: Sequence[str]) -> pl.DataFrame:
    """`paths` are the names of the import's files."""
    return table_of(REVIEW, (_line(question, paths) for question in questions))


def _line(question: Question, paths: Sequence[str]) -> dict[str, str]:
    line = {
        "question": question.name,
        "kind": question.kind,
        "choices": BETWEEN_CHOICES.join(question.choices),
        "reason": question.reason,
        "score": "" if question.score is None else f"{question.score:.2f}",
        "field": question.field,
        "file_value": question.file_value,
        "rotor_value": question.rotor_value,
    }
    if question.refs:
        file, row = question.refs[0]
        line |= {"file": paths[file], "row": str(row), "rows": _listed(question.refs, paths)}
    line |= {part: getattr(question.row, part) for part in PARTS}
    return line | _side("a", question.a, paths) | _side("b", question.b, paths)


def _side(letter: str, shown: Shown, paths: Sequence[str]) -> dict[str, str]:
    cells = {"id": shown.id} | {part: getattr(shown, part) for part in PARTS}
    if shown.ref is not None:
        cells |= {"file": paths[shown.ref[0]], "row": str(shown.ref[1])}
    return {f"{letter}_{name}": cell for name, cell in cells.items()}


def _listed(refs: Sequence[RowRef], paths: Sequence[str]) -> str:
    """All rows of a question; those of another file than the first row's with its name, as `b.csv:7`."""
    here = refs[0][0]
    words = [str(row) if file == here else f"{paths[file]}:{row}" for file, row in refs]
    length = 0
    for at, word in enumerate(words):
        length += len(word) + len(BETWEEN_ROWS)
        if length > _LONGEST:
            return f"{BETWEEN_ROWS.join(words[:at])} and {len(words) - at} more"
    return BETWEEN_ROWS.join(words)


def listed_rows(file: str, rows: str, most: int) -> Iterator[tuple[str, str]]:
    """The file and number of the first rows in a cell of `rows`, where `file` is the first row's."""
    for found in islice(_ROW.finditer(rows), most):
        yield found[1] or file, found[2]


def count_listed(rows: str) -> int:
    """How many rows a cell of `rows` stands for."""
    listed, _, more = rows.rpartition(" and ") if _MORE.search(rows) else (rows, "", "")
    return sum(1 for _ in _ROW.finditer(listed)) + int(more.removesuffix(" more") or 0)


def shown_rows(review: pl.DataFrame) -> list[tuple[str, str]]:
    """The file and number of each row that the page shows for its questions."""
    found: dict[tuple[str, str], None] = {}
    of_kinds = review.select("kind", pl.col("file", "rows").fill_null("")).partition_by("kind", as_dict=True)
    for kind in KINDS:
        own = of_kinds.get((kind,))
        for _, file, rows in own.head(MOST_QUESTIONS).iter_rows() if own is not None else ():
            found |= dict.fromkeys(listed_rows(file, rows, MOST_ROWS))
    return list(found)
