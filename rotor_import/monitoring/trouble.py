"""The state of a feed: well, or in one kind of trouble.

A feed is well if its last run did its work: exit code 0, or 4, because a pause for the quota is normal. Some endings
prove nothing, so that the feed stays as it was: another run used the account, somebody stopped it, or it stopped before
it could look. Trouble with a file or its rows is over once a file goes through, and not by a night without one.
"""

from __future__ import annotations

from enum import StrEnum

from rotor_import.errors import Unfinished
from rotor_import.model import exit_code
from rotor_import.monitoring.ending import Ending


class Trouble(StrEnum):
    """What is wrong with a feed. ROWS, SAFEGUARD and LATE wait for a person; the others are failures."""

    DEFECT = "defect"
    INPUT = "input"
    FILE = "file"
    ROWS = "rows"
    KEY = "key"
    DOWN = "down"
    SAFEGUARD = "safeguard"
    LATE = "late"


_OF_CODE = {
    exit_code.DEFECT: Trouble.DEFECT,
    exit_code.WRONG_INPUT: Trouble.INPUT,
    exit_code.TROUBLED: Trouble.ROWS,
    exit_code.KEY_REFUSED: Trouble.KEY,
    exit_code.DOWN: Trouble.DOWN,
    exit_code.SAFEGUARD: Trouble.SAFEGUARD,
}
_WORDS = {trouble: exit_code.MEANING[code] for code, trouble in _OF_CODE.items()} | {
    Trouble.FILE: "a file couldn't be imported",
    Trouble.ROWS: "more rows have problems than --tolerate allows",
    Trouble.LATE: "no new file has come",
}
_OF_FILES = (Trouble.FILE, Trouble.ROWS, Trouble.SAFEGUARD)


def words_of(trouble: str) -> str:
    """A trouble as the ledger has it, in words; one that a later version named stays as it is."""
    return _WORDS.get(Trouble(trouble), trouble) if trouble in set(Trouble) else trouble


def trouble_after(ending: Ending, before: str) -> str:
    """The trouble that the feed is in after this ending, '' if none; `before` is the one that it was in."""
    trouble = _OF_CODE.get(ending.code)
    if trouble is Trouble.INPUT and ending.has_run:
        return Trouble.FILE
    if trouble is not None:
        return trouble
    if _proves_nothing(ending) or (before in _OF_FILES and not _file_went_through(ending, before)):
        return before
    return Trouble.LATE if ending.late else ""


def _proves_nothing(ending: Ending) -> bool:
    stopped = ending.code == exit_code.PAUSED and (isinstance(ending.error, Unfinished) or not ending.has_run)
    return ending.code == exit_code.BUSY or stopped


def _file_went_through(ending: Ending, before: str) -> bool:
    """A pause hides what its exit code would have said of the rows."""
    return ending.read_files and not (before == Trouble.ROWS and ending.code == exit_code.PAUSED)
