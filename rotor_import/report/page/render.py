"""The page as a whole: its parts, its template, and a policy that lets nothing else run or load."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rotor_import.report.frames import Frames, read_frames
from rotor_import.report.page.aftermath import Attempt, aftermath
from rotor_import.report.page.attention import attention
from rotor_import.report.page.changes import changes
from rotor_import.report.page.overview import overview
from rotor_import.report.page.quality import columns

if TYPE_CHECKING:
    from jinja2 import Template

PAGE = "report.html"
_HERE = Path(__file__).parent / "templates"


def write_page(
    folder: Path, summary: Mapping[str, Any], frames: Frames | None = None, attempts: Sequence[Attempt] = ()
) -> None:
    """From the tables in memory, else from the folder's files; nothing happens where the folder is gone.

    Raises ReportError.
    """
    from rotor_import.report.write import write_text  # noqa: PLC0415 - it makes the frames, so it comes first

    if frames is None and not (folder / "rows.csv").is_file():
        return
    write_text(folder / PAGE, page(summary, frames or read_frames(folder), attempts))


def page(summary: Mapping[str, Any], frames: Frames, attempts: Sequence[Attempt] = ()) -> str:
    """The time hardly grows with the rows: whole frames are filtered, and only what is shown is looped over."""
    style, script = _text("report.css"), _text("report.js")
    return _template().render(
        summary=summary,
        overview=overview(summary),
        attention=attention(frames),
        quality=columns(frames.quality),
        changes=changes(frames),
        aftermath=aftermath(summary, frames, attempts),
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
