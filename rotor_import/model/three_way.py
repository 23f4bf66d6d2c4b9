"""Whose change of a field counts: the file's, or the one that somebody made in Rotor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, assert_never

from rotor_import.model.fields import Value
from rotor_import.model.policy import OnBoth, Write
from rotor_import.model.sameness import lacking_tags, same


@dataclass(frozen=True)
class Baseline:
    """One field of one customer, as the feed's last sync left it; '' for blank."""

    sent: Value
    """What the file said when it was last sent or found equal; where the file says something else now, it changed."""
    acknowledged: Value
    """What Rotor then held, perhaps in another spelling; where Rotor holds something else now, somebody edited it."""


BaselineOf = Callable[[str, str], Baseline | None]
"""The baseline of a customer's field, None where there is none."""


class Verdict(Enum):
    EQUAL = "equal"
    SEND = "send"
    LEAVE = "leave"
    HOLD = "hold"


def decide(
    value: Value,
    held: Value | None,
    baseline: Baseline | None,
    *,
    write: Write = "always",
    on_both: OnBoth = "hold",
) -> Verdict:
    """What becomes of the file's `value` where Rotor holds `held` ('' blank, None where that is not known).

    Without a baseline the file wins.
    """
    if _is_there(value, held):
        return Verdict.EQUAL
    if baseline is not None and same(value, baseline.sent):
        return Verdict.LEAVE
    if baseline is not None and _edited(held, baseline.acknowledged):
        match on_both:
            case "hold":
                return Verdict.HOLD
            case "rotor":
                return Verdict.LEAVE
            case "file":
                pass
            case unhandled:
                assert_never(unhandled)
    return _written(held, write)


def _written(held: Value | None, write: Write) -> Verdict:
    match write:
        case "if_empty":
            return Verdict.SEND if held == "" else Verdict.LEAVE
        case "always" | "clear":  # they differ in blanks, about which only the caller of `clear` asks
            return Verdict.SEND
        case unhandled:
            assert_never(unhandled)


def decide_again(
    value: Value, held: Value | None, before: Value | None
) -> Literal[Verdict.EQUAL, Verdict.SEND, Verdict.HOLD]:
    """What becomes of a planned `value` where Rotor held `before` when it was planned and holds `held` now."""
    if _is_there(value, held):
        return Verdict.EQUAL
    return Verdict.HOLD if before is not None and _edited(held, before) else Verdict.SEND


def _is_there(value: Value, held: Value | None) -> bool:
    return held is not None and same(value, held)


def _edited(held: Value | None, since: Value) -> bool:
    """Whether somebody changed the field in Rotor since it held `since`."""
    return held is not None and not same(held, since)


def missing_tags(value: Value, held: Value, baseline: Baseline | None) -> tuple[str, ...]:
    """The file's tags that Rotor lacks and that nobody took away there since they were last sent."""
    return lacking_tags(lacking_tags(value, held), baseline.sent if baseline else ())
