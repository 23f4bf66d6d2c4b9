"""Renders the page: its parts, its template, and a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rotor_import.report.files import write_text
from rotor_import.report.page.overview import overview
from rotor_import.report.page.review_first import review_first
from rotor_import.report.page.row_by_row import row_by_row
from rotor_import.report.page.what_happened import Attempt, what_happened
from rotor_import.report.page.your_columns import your_columns
from rotor_import.report.read import read_frames
from rotor_import.report.report_table import Frames
from rotor_import.report.tables import ROWS

if TYPE_CHECKING:
    from jinja2 import Template

PAGE = "report.html"
_HERE = Path(__file__).parent / "templates"


def write_page(
    folder: Path, summary: Mapping[str, Any], frames: Frames | None = None, attempts: Sequence[Attempt] = ()
) -> None:
    """Write the page from `frames`, or from the folder's files; does nothing if the folder is gone.

    Raises ReportError.
    """
    if frames is None and not ROWS.files(folder):
        return
    write_text(folder / PAGE, page(summary, frames or read_frames(folder), attempts))


def page(summary: Mapping[str, Any], frames: Frames, attempts: Sequence[Attempt] = ()) -> str:
    """The page as HTML. Frames are filtered as a whole and only the lines shown are looped over, so it stays fast."""
    style, script = _text("report.css"), _text("report.js")
    return _template().render(
        summary=summary,
        overview=overview(summary),
        review_first=review_first(frames),
        your_columns=your_columns(frames, summary),
        row_by_row=row_by_row(frames, summary),
        what_happened=what_happened(summary, frames, attempts),
        several=len(summary["files"]) > 1,
        style=style,
        script=script,
        policy=(
            f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


@cache
def _template() -> Template:
    import jinja2  # noqa: PLC0415 - needed last, and not at all where nothing is reported

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = lambda number: f"{int(number):,}"
    return environment.get_template("report.html.j2")


@cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
