"""Which outcome of a command has which exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from rotor_import.config import Tolerance
from rotor_import.model.error_codes import code_of
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
    WORST_FIRST,
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
    "WORST_FIRST",
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
