"""Files of reports that the page hands out: by names on a list, of runs that are known, and never from elsewhere."""

from __future__ import annotations

import re
import stat
from html import unescape
from pathlib import Path

from rotor_import.pipeline.history import report_of
from rotor_import.report.page import PAGE
from rotor_import.web.workspace import Workspace

FILES = {
    PAGE: "Report",
    "results.csv": "Rotor's IDs",
    "rejects.csv": "Rejected rows",
    "review.csv": "Questions",
    "rows.csv": "What became of each row",
    "creates.csv": "New customers",
    "updates.csv": "Changed fields",
    "undecided.csv": "Customers that Rotor decided about",
    "merges.csv": "Values dropped in merges",
    "warnings.csv": "Values fixed or dropped",
    "reconcile.csv": "Differences to Rotor",
    "changed.csv": "Changes since the plan",
    "quality.csv": "Columns",
    "report.xlsx": "Workbook",
    "summary.json": "Figures",
}
"""What may be taken, with what it holds."""
_FURTHER = re.compile(r"rejects-(?:[2-9]|[1-9]\d{1,2})\.csv")
_HASH = re.compile(r"'sha256-[A-Za-z0-9+/]{43}='")
_START = 200_000
"""The page's policy stands in so many of its first characters, before its style."""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


def files_of(folder: Path) -> list[tuple[str, str]]:
    """The files in a report's folder that may be taken, with what they hold."""
    return [(name, words) for name, words in FILES.items() if _is_file(folder / name)]


def report_file(workspace: Workspace, run: str, name: str) -> Path | None:
    """A file of a known run's report; None for any other name or run, and for what isn't a file in that folder."""
    if name not in FILES and not _FURTHER.fullmatch(name):
        return None
    folder = _folder(workspace, run)
    if folder is None or folder.is_symlink():
        return None
    path = folder / name
    return path if _is_file(path) else None


def policy_of(page: Path) -> str:
    """A policy that lets a report run and look as it was written, by its own hashes, and nothing else."""
    with page.open(encoding="utf-8", errors="replace") as file:
        found = _POLICY.search(file.read(_START))
    said = dict(part.strip().partition(" ")[::2] for part in unescape(found[1]).split(";")) if found else {}
    parts = ["default-src 'none'"]
    for directive in ("style-src", "script-src"):
        hashes = _HASH.findall(said.get(directive, ""))
        parts += [f"{directive} {' '.join(hashes)}"] if hashes else []
    return "; ".join([*parts, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])


def _folder(workspace: Workspace, run: str) -> Path | None:
    if run and run == workspace.desk.now.plan:
        return workspace.plan_folder()
    return report_of(run, workspace.settings_now(), workspace.jobs.world)


def _is_file(path: Path) -> bool:
    """Whether it is a file itself: no link to one, no folder, nothing that would wait for somebody to write."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False
