"""The state of a feed: well, or in trouble of one or several kinds.

A feed is well if its last run did its work: exit code 0, or 4, because a pause for the quota is normal. Some endings
prove nothing, so that the feed stays as it was: another run used the account, somebody stopped it, or it stopped before
it could look. Each kind of trouble ends with what disproves it. A failure that anybody may run into, such as a Rotor
that is down, is over with the next ending that had none of it; what is wrong with a feed's files outlives such a
failure, and is over only once a file goes through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum

from rotor_import.errors import Unfinished
from rotor_import.model import exit_code
from rotor_import.monitoring.ending import Ending


class Trouble(StrEnum):
    """What is wrong with a feed. ROWS, SAFEGUARD and LATE wait for a person; the others are failures."""

    DEFECT = "defect"
    INPUT = "input"
    KEY = "key"
    DOWN = "down"
    FOLDER = "folder"
    FILE = "file"
    ROWS = "rows"
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
    Trouble.FOLDER: "the folder of its files can't be reached",
    Trouble.FILE: "a file couldn't be imported",
    Trouble.ROWS: "more rows have problems than --tolerate allows",
    Trouble.LATE: "no new file has come",
}
_OF_ANYBODY = frozenset({Trouble.DEFECT, Trouble.INPUT, Trouble.KEY, Trouble.DOWN})


def words_of(troubles: Collection[Trouble]) -> str:
    return "; ".join(_WORDS[trouble] for trouble in Trouble if trouble in troubles)


def named(text: str) -> frozenset[Trouble]:
    """The troubles that the ledger has in one text."""
    names = text.split(",")
    return frozenset(trouble for trouble in Trouble if trouble in names)


def text_of(troubles: Collection[Trouble]) -> str:
    return ",".join(trouble for trouble in Trouble if trouble in troubles)


def troubles_after(ending: Ending, before: frozenset[Trouble]) -> frozenset[Trouble]:
    """The troubles that the feed is in after this ending; `before` are those that it was in."""
    return before.difference(_over(ending)).union(begun(ending))


def begun(ending: Ending) -> Iterator[Trouble]:
    """What this ending itself shows to be wrong."""
    # Where a folder couldn't be listed, that alone may be what the exit code says; all else is in `also`.
    codes = {*ending.also} if ending.is_unreachable else {ending.code, *ending.also}
    for trouble in (_OF_CODE[code] for code in codes if code in _OF_CODE):
        yield Trouble.FILE if trouble is Trouble.INPUT and ending.has_run else trouble
    if ending.is_unreachable:
        yield Trouble.FOLDER
    elif ending.late:
        yield Trouble.LATE


def _over(ending: Ending) -> Iterator[Trouble]:
    if proves_nothing(ending):
        return
    yield from _OF_ANYBODY
    if ending.is_of_folder and not ending.is_unreachable:
        yield from (Trouble.FOLDER, Trouble.LATE)
    if ending.took_file:
        yield from (Trouble.FILE, Trouble.SAFEGUARD)
    if ending.read_files and ending.code == exit_code.DONE:  # any other code hides what there is to say of the rows
        yield Trouble.ROWS


def proves_nothing(ending: Ending) -> bool:
    """Whether it says nothing of what its feed had been in before."""
    stopped = ending.code == exit_code.PAUSED and (isinstance(ending.error, Unfinished) or not ending.has_run)
    return ending.code == exit_code.BUSY or stopped
