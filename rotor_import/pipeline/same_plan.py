"""Whether two reports of plans say that the same is sent: the same fate for each row, and the same values."""

from __future__ import annotations

from filecmp import cmp
from pathlib import Path

from rotor_import.report.tables import CREATES, ROWS, UPDATES

_SENT = (ROWS, CREATES, UPDATES)


def says_the_same(shown: Path, now: Path) -> bool:
    """Compares the reports in these two folders; what is advice, such as a score of probable duplicates, may differ."""
    return all(_same_files(table.files(shown), table.files(now)) for table in _SENT)


def _same_files(some: list[Path], others: list[Path]) -> bool:
    if [path.name for path in some] != [path.name for path in others]:
        return False
    return all(cmp(one, other, shallow=False) for one, other in zip(some, others, strict=True))
