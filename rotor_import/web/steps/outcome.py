"""What came of an import: failures in Rotor's words, and what there is to take away."""

from __future__ import annotations

from pathlib import Path

from rotor_import.report.page import PAGE
from rotor_import.report.page.what_happened import WhatHappened, what_happened
from rotor_import.report.read import read_frames
from rotor_import.web.standing import Standing


class Outcome:
    """`parts` are the report's own, None where its files are gone; `takes` are files with what they hold."""

    def __init__(self, run: str, parts: WhatHappened | None, takes: list[tuple[str, str]]) -> None:
        self.run = run
        self.parts = parts
        self.takes = takes


def outcome_of(now: Standing) -> Outcome | None:
    """None as long as nothing was sent, and while it is."""
    if now.summary is None or now.state == "sending":
        return None
    folder = Path(now.summary["report"])
    if not (folder / "rows.csv").is_file():
        return Outcome(now.summary["run"], None, [])
    rows = now.summary["rows"]
    takes = [("results.csv", "Rotor's IDs")] if (folder / "results.csv").is_file() else []
    takes += [("rejects.csv", "Rejected rows")] if rows["rejected"] or now.summary["sent"]["failed"] else []
    takes += [("review.csv", "Questions")] if any(now.summary["review"].values()) else []
    takes += [(PAGE, "Report")] if (folder / PAGE).is_file() else []
    return Outcome(now.summary["run"], what_happened(now.summary, read_frames(folder), ()), takes)
