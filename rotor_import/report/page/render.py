"""Renders the page: its parts, its template, and a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rotor_import.model.summary import Summary
from rotor_import.report.files import SaveText, write_text
from rotor_import.report.page import questions, rejected, what_happened
from rotor_import.report.page.calendar import calendar_of
from rotor_import.report.page.choices import LEGENDS
from rotor_import.report.page.first_screen import file_names, first_screen
from rotor_import.report.page.issues import issues
from rotor_import.report.page.merges import merges
from rotor_import.report.page.people import People
from rotor_import.report.page.questions import asked_questions, review_data
from rotor_import.report.page.rejected import rejected_rows
from rotor_import.report.page.row_by_row import KINDS, row_by_row
from rotor_import.report.page.rows_beside import cells_by_row
from rotor_import.report.page.shared import filters, shared_templates
from rotor_import.report.page.shorten import shortened
from rotor_import.report.page.what_happened import Attempt
from rotor_import.report.page.your_columns import your_columns
from rotor_import.report.read import read_frames
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import CELLS, REVIEW, ROWS, SAMPLE, VERIFY
from rotor_import.report.text import done_by

if TYPE_CHECKING:
    from jinja2 import Environment, Template

PAGE = "report.html"
_MOST = 200
"""So many customers of a trial, and fields that differ, are listed."""


def write_page(
    folder: Path,
    summary: Summary,
    frames: Frames | None = None,
    attempts: Sequence[Attempt] = (),
    save: SaveText = write_text,
) -> None:
    """Write the page from `frames`, or from the folder's files; does nothing if the folder is gone.

    Raises ReportError.
    """
    if frames is None and not ROWS.files(folder):
        return
    save(folder / PAGE, page(summary, frames or read_frames(folder), attempts))


def page(summary: Summary, frames: Frames, attempts: Sequence[Attempt] = ()) -> str:
    """The page as HTML. Frames are filtered as a whole and only the lines shown are looped over, so it stays fast."""
    style, script = style_of("looks.css", "cards.css", "report.css"), _text("report.js")
    names, calendar, cells = file_names(summary), calendar_of(summary), cells_by_row(frames[CELLS])
    columns, people = your_columns(frames, summary), People(summary)
    return _template().render(
        summary=summary,
        first=first_screen(summary, names, calendar),
        issues=issues(summary, frames, columns),
        asked=asked_questions(frames[REVIEW], cells, people, names),
        legends=LEGENDS,
        first_cards=questions.FIRST,
        review_data=review_data(frames[REVIEW]),
        merges=merges(frames, cells, people),
        rejected=rejected_rows(frames, summary, cells, people),
        first_rejected=rejected.FIRST,
        calendar=calendar,
        columns=columns,
        rows=row_by_row(frames, summary, cells, people),
        kinds=KINDS,
        outcome=what_happened.what_happened(summary, frames, attempts),
        first_outcomes=what_happened.FIRST,
        tried=shortened(frames[SAMPLE].head(_MOST)).to_dicts(),
        differing=shortened(frames[VERIFY].head(_MOST)).to_dicts(),
        differing_count=frames[VERIFY].height,
        names=names,
        several=len(summary["files"]) > 1,
        done_by=done_by(summary),
        style=style,
        script=script,
        policy=(
            f"default-src 'none'; style-src '{digest(style)}'; script-src '{digest(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


@cache
def environment() -> Environment:
    import jinja2  # noqa: PLC0415 - needed last, and not at all where nothing is reported

    from rotor_import.report.page.compiled import CompiledTemplates  # noqa: PLC0415 - as above

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(shared_templates()),
        bytecode_cache=CompiledTemplates(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= filters()
    return made


@cache
def _template() -> Template:
    return environment().get_template("report.html.j2")


def style_of(*names: str) -> str:
    """These style sheets, one after the other."""
    return "".join(map(_text, names))


@cache
def _text(name: str) -> str:
    return (shared_templates() / name).read_text(encoding="utf-8")


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
