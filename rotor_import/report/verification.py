"""verify.csv: where Rotor differs from what a run left there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rotor_import.report.cells import table_of
from rotor_import.report.files import save

VERIFY = "verify.csv"
COLUMNS = ("id", "field", "left", "now")


def write_verification(folder: Path, differences: Sequence[Mapping[str, str]]) -> None:
    """Write the table into the run's report. Raises ReportError."""
    save(folder / VERIFY, table_of(COLUMNS, differences))
