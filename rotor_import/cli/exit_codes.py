"""Which error or outcome has which exit code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rotor_import import errors
from rotor_import.config import Tolerance

DONE, DEFECT, WRONG_INPUT, TROUBLED, PAUSED, KEY_REFUSED, BUSY, DOWN, SAFEGUARD = range(9)


class Standing(int):
    """The exit code of a command whose work counts even if nobody can read its result: it keeps its code then.

    A command that only prints has done nothing if its result is lost.
    """


_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (errors.Defect, DEFECT),
    (errors.InputError, WRONG_INPUT),
    (errors.KeyRefused, KEY_REFUSED),
    (errors.ScopeMissing, KEY_REFUSED),
    (errors.AccountBusy, BUSY),
    (errors.Safeguard, SAFEGUARD),
    (errors.QuotaExhausted, PAUSED),
    (errors.Unfinished, PAUSED),
    (errors.ApiError, DOWN),
    (MemoryError, WRONG_INPUT),  # once something may have been sent, a run makes an Unfinished of it
)
MEANING = {
    DONE: "done",
    WRONG_INPUT: "wrong usage, mapping or file; nothing was sent",
    TROUBLED: "done, but rows were rejected or held, or changes failed (more than --tolerate)",
    PAUSED: "paused: changes are pending",
    KEY_REFUSED: "the key was refused",
    BUSY: "another run holds the account",
    DOWN: "the API is down",
    SAFEGUARD: "a safeguard stopped it",
    DEFECT: "a mistake of rotor-import's",
}


def code_of(error: BaseException) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), DEFECT)


def code_of_report(summary: Mapping[str, Any], error: BaseException | None, troubled: int, tolerance: Tolerance) -> int:
    """The exit code of a run: what ended it early counts more than problems with its rows."""
    if error is not None:
        return code_of(error)
    if summary["state"] == "paused":
        return PAUSED
    return DONE if tolerance.allows(troubled, summary["rows"]["read"]) else TROUBLED
