"""An undo's summary in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rotor_import.report.line import Line, many


def undone_clauses(summary: Mapping[str, Any]) -> Iterator[str]:
    """What an undo makes, or would make, of the customers."""
    undone, to = summary["undone"], "to be " if summary.get("planned_only") else ""
    yield f"{many(undone['restored'], 'customer')} {to}restored"
    yield f"{undone['deactivated']:,} {to}set inactive"
    if undone["kept"]:
        yield f"{undone['kept']:,} kept"
    if undone["impossible"]:
        yield f"{undone['impossible']:,} only partly or not at all"
    if summary["sent"]["pending"]:
        yield f"{summary['sent']['pending']:,} still to send"


def undone_lines(summary: Mapping[str, Any], goes_on: str) -> Iterator[Line]:
    """`goes_on` says when a paused undo can go on."""
    undone, sent = summary["undone"], summary["sent"]
    yield Line("Restored", undone["restored"], tone="good" if undone["restored"] else "")
    why = "new then: Rotor's API can't delete customers" if undone["deactivated"] else ""
    yield Line("Set inactive", undone["deactivated"], why)
    if undone["kept"]:
        yield Line("Kept", undone["kept"], "edited in Rotor since: see undo.csv", "look")
    if undone["impossible"]:
        yield Line("Not undone", undone["impossible"], "in part or at all: undo.csv says why", "look")
    if sent["failed"]:
        yield Line("Refused", sent["failed"], "by Rotor or on the way there: see undo.csv", "bad")
    if sent["unknown"]:
        yield Line("Outcome unknown", sent["unknown"], "no clear answer; the next run checks", "bad")
    if sent["pending"]:
        yield Line("Still to send", sent["pending"], goes_on or "go on with: rotor-import resume", "look")
