"""verify.csv: where Rotor differs from what a run left there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rotor_import.report.cells import table_of
from rotor_import.report.files import save

VERIFY = "verify.csv"
COLUMNS = ("id", "field", "left", "now")


def write_verification(folder: Path, differences: Sequence[Mapping[str, str]]) -> bool:
    """Write the table into the run's report; False if that folder is gone. Raises ReportError."""
    if not folder.is_dir():
        return False
    save(folder / VERIFY, table_of(COLUMNS, differences))
    return True
