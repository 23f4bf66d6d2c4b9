"""Which of two files of a feed is the older one, when one arrives after the other was taken.

Where neither is sure to be older, a new content is taken, and one that was imported before is not.
"""

from __future__ import annotations

import re
from datetime import date

from rotor_import.ledger.file_history import Known
from rotor_import.sync.arrived_file import ArrivedFile
from rotor_import.sync.drop_folder import DropSettings, natural

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_. ]?)([01]\d)\2([0-3]\d)")


def is_older(file: ArrivedFile, last: Known, settings: DropSettings, *, was_there: bool) -> bool:
    """Whether the file is older than the one that was taken last.

    With `order` time, the last change decides. With `order` name, the days in both names decide. Names without days
    are not enough, since a number may start over and a Friday sorts before a Thursday: the file must also have been
    changed earlier, or it `was_there` already, incomplete, when the other was taken.
    """
    earlier = last.written_at is not None and file.written_at < last.written_at
    if settings.order == "time":
        return earlier
    day, last_day = day_of(file.name), day_of(last.name)
    if day and last_day and day != last_day:
        return day < last_day
    return natural(file.name) < natural(last.name) and (earlier or was_there)


def is_newer(file: ArrivedFile, last: Known, settings: DropSettings, *, seen: bool) -> bool:
    """Whether the file is certainly newer than the one that was taken last.

    By name, that is a later day, or else a name that sorts after the other's; one that was `seen`, under this name and
    with this content, must not have been changed before the other, for it may only have been left or copied again.
    With the same name as the other's, it must have been changed after it.
    """
    earliest = float("inf") if last.written_at is None else last.written_at
    if settings.order == "time":
        return file.written_at > earliest
    day, last_day = day_of(file.name), day_of(last.name)
    if day and last_day and day != last_day:
        return day > last_day
    if file.name == last.name:
        return file.written_at > earliest
    return natural(file.name) > natural(last.name) and (not seen or file.written_at >= earliest)


def day_of(name: str) -> date | None:
    """The first date in a name, written with its year first."""
    for match in _DAY.finditer(name):
        try:
            return date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
    return None
