"""The page of an undo's report: four figures, and what becomes of each field."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from rotor_import.model.summary import Summary
from rotor_import.report.files import write_text
from rotor_import.report.line import many
from rotor_import.report.page.first_screen import Figure, company_name
from rotor_import.report.page.render import PAGE, digest, environment, style_of
from rotor_import.report.page.shorten import shortened
from rotor_import.report.text import clauses, goes_on

if TYPE_CHECKING:
    from jinja2 import Template

_MOST = 2000
"""The most fields in the list; undo.csv has all of them."""
_ORDER = ("kept", "impossible", "not sent", "deactivated", "restored")
_TITLES = {
    "kept": ("Kept", "Somebody has edited these in Rotor since, so they stay as they are."),
    "impossible": ("Not undone", "Rotor can't be brought back here. Each line says why."),
    "not sent": ("Not sent yet", "These are still to be sent."),
    "deactivated": ("Set inactive", "These customers were new. Rotor's API can't delete them."),
    "restored": ("Restored", "Rotor holds again what it held before."),
}


def write_undo_page(folder: Path, summary: Summary, lines: pl.DataFrame) -> None:
    """`lines` are those of undo.csv. Raises ReportError."""
    write_text(folder / PAGE, undo_page(summary, lines))


def undo_page(summary: Summary, lines: pl.DataFrame) -> str:
    style, parts = style_of("looks.css", "cards.css", "report.css"), clauses(summary)
    return _template().render(
        summary=summary,
        state="Plan: nothing was sent" if summary.get("planned_only") else summary["state"].capitalize(),
        company=company_name(summary),
        clauses=[f"{part}," for part in parts[:-1]] + [f"{parts[-1]}."],
        figures=list(_figures(summary)),
        groups=list(_groups(lines)),
        more=max(0, lines.height - _MOST),
        goes_on=goes_on(summary),
        requests=many(summary["requests"]["used"], "request"),
        several=False,
        style=style,
        policy=f"default-src 'none'; style-src '{digest(style)}'; base-uri 'none'; form-action 'none'",
    )


def _figures(summary: Summary) -> Iterator[Figure]:
    undone = summary["undone"]
    yield Figure("Restored", "update", undone["restored"], "as they were before", "#restored")
    yield Figure("Set inactive", "out", undone["deactivated"], "they were new", "#deactivated")
    yield Figure("Kept", "hold", undone["kept"], "edited in Rotor since", "#kept")
    yield Figure(
        "Not undone",
        "stop",
        undone["impossible"],
        "in part or at all",
        "#impossible",
        tone="wait" if undone["impossible"] else "",
    )


def _groups(lines: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """The lines by outcome, what needs an eye first."""
    left = _MOST
    for outcome in _ORDER:
        own = lines.filter(pl.col("outcome") == outcome)
        if own.is_empty():
            continue
        title, why = _TITLES[outcome]
        shown = own.head(max(0, left))
        left -= shown.height
        yield {
            "id": outcome.replace(" ", "-"),
            "title": title,
            "why": why,
            "customers": own.get_column("customer").n_unique(),
            "lines": shortened(shown).to_dicts(),
        }


@cache
def _template() -> Template:
    return environment().get_template("undo.html.j2")
