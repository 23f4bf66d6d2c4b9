"""Old reports, taken away: the files that the program wrote, and the folder if nothing else is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from rotor_import.report.page.render import PAGE
from rotor_import.report.tables import TABLES
from rotor_import.report.workbook import WORKBOOK
from rotor_import.report.write import SUMMARY

_OURS = re.compile(
    rf"(?:(?:{'|'.join(table.name for table in TABLES)})(?:-\d+)?\.csv"
    rf"|{'|'.join(map(re.escape, (SUMMARY, PAGE, WORKBOOK)))})(?:\.part)?"
)


def state_of(folder: Path) -> str:
    """What a report's summary says of its run: complete, paused or stopped; '' if there is none to read."""
    try:
        summary: Any = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(summary.get("state", "")) if isinstance(summary, dict) else ""


def remove_report(folder: Path) -> bool:
    """Remove a report, the summary last; False if something of it is left, such as a file that a person put there.

    A link is never followed.
    """
    try:
        if folder.is_symlink():
            return False
        files = sorted(folder.iterdir(), key=lambda path: path.name == SUMMARY)
        if not all(_OURS.fullmatch(path.name) and (path.is_file() or path.is_symlink()) for path in files):
            return False
        for path in files:
            path.unlink()
        folder.rmdir()
    except OSError:
        return False
    return True
