"""Which of two full files is the older one, where one comes after the other was taken."""

from __future__ import annotations

import re
from datetime import date

from rotor_import.ledger.file_history import Known
from rotor_import.sync.folder import Arrived, DropSettings, natural

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_. ]?)([01]\d)\2([0-3]\d)")


def is_older(file: Arrived, last: Known, settings: DropSettings, *, was_there: bool) -> bool:
    """Whether the file is older than the one that was taken last.

    By time its last change says so. By name, the days in both names; without them a name that sorts before the
    other is not enough, for a number may start anew and a Friday sorts before a Thursday: the file's last change must
    be the earlier one too, or the file `was_there` already, not yet whole, when the other was taken.
    """
    earlier = last.written_at is not None and file.written_at < last.written_at
    if settings.order == "time":
        return earlier
    day, last_day = day_of(file.name), day_of(last.name)
    if day and last_day and day != last_day:
        return day < last_day
    return natural(file.name) < natural(last.name) and (earlier or was_there)


def day_of(name: str) -> date | None:
    """The first day in a name that is written with its year first."""
    for found in _DAY.finditer(name):
        try:
            return date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:
            continue
    return None
