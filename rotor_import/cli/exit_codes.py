"""Which error or outcome has which exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from rotor_import import errors
from rotor_import.config import Tolerance
from rotor_import.model.exit_code import (
    BUSY,
    DEFECT,
    DONE,
    DOWN,
    KEY_REFUSED,
    MEANING,
    PAUSED,
    SAFEGUARD,
    TROUBLED,
    WRONG_INPUT,
)

__all__ = [
    "BUSY",
    "DEFECT",
    "DONE",
    "DOWN",
    "KEY_REFUSED",
    "MEANING",
    "PAUSED",
    "SAFEGUARD",
    "TROUBLED",
    "WRONG_INPUT",
    "Report",
    "Standing",
    "code_of",
    "code_of_report",
]


class Standing(int):
    """The exit code of a command whose work counts even if nobody can read its result: it keeps its code then.

    A command that only prints has done nothing if its result is lost.
    """


class Report(Protocol):
    """What a run or a night came to."""

    @property
    def summary(self) -> Mapping[str, Any]: ...

    @property
    def error(self) -> BaseException | None: ...

    @property
    def troubled(self) -> int: ...

    @property
    def newly_troubled(self) -> int: ...


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
WORST_FIRST = (DEFECT, WRONG_INPUT, KEY_REFUSED, BUSY, SAFEGUARD, DOWN, PAUSED, TROUBLED)
"""Of many codes, the first of these counts."""


def code_of(error: BaseException) -> int:
    return next((code for kind, code in _CODES if isinstance(error, kind)), DEFECT)


def code_of_report(report: Report, tolerance: Tolerance) -> int:
    """The exit code of a run: what ended it early counts more than problems with its rows."""
    if report.error is not None:
        return code_of(report.error)
    if report.summary["state"] == "paused":
        return PAUSED
    troubled = report.newly_troubled if tolerance.known else report.troubled
    return DONE if tolerance.allows(troubled, report.summary["rows"]["read"]) else TROUBLED


def of_all(codes: Iterable[int]) -> int:
    """The exit code of many that each ended with a code of their own."""
    found = set(codes)
    return next((code for code in WORST_FIRST if code in found), DONE)
