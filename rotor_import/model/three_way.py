"""Whose change of a field counts: the file's, or the one that somebody made in Rotor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rotor_import.model.fields import Value
    from rotor_import.model.rows import OnBoth, Write


@dataclass(frozen=True)
class Baseline:
    """One field of one customer for one feed, as the last sync left it; '' for blank."""

    sent: Value
    """What the file said when it was last sent or found equal: the file's change is measured from it."""
    acknowledged: Value
    """What Rotor then held: Rotor's change is measured from it, for it may store another spelling."""


class Verdict(Enum):
    EQUAL = "equal"
    SEND = "send"
    LEAVE = "leave"
    HOLD = "hold"


def same(one: Value, other: Value) -> bool:
    """Equal but for white space around a text and the kind of its line ends."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return one == other
    return one == other or _plain(one) == _plain(other)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def decide(
    value: Value,
    held: Value | None,
    baseline: Baseline | None,
    *,
    write: Write = "always",
    on_both: OnBoth = "hold",
) -> Verdict:
    """What becomes of the file's `value` where Rotor holds `held` ('' blank, None cannot be known).

    Without a baseline the file wins. `clear` differs from `always` only in that the caller asks about blanks.
    """
    if held is not None and same(value, held):
        return Verdict.EQUAL
    verdict = _three_way(value, held, baseline, on_both)
    if verdict is Verdict.SEND and write == "if_empty" and held != "":
        return Verdict.LEAVE
    return verdict


def _three_way(value: Value, held: Value | None, baseline: Baseline | None, on_both: OnBoth) -> Verdict:
    if baseline is None:
        return Verdict.SEND
    if same(value, baseline.sent):
        return Verdict.LEAVE
    if held is None or same(held, baseline.acknowledged):
        return Verdict.SEND
    return {"hold": Verdict.HOLD, "file": Verdict.SEND, "rotor": Verdict.LEAVE}[on_both]


def missing_tags(value: Value, held: Value, baseline: Baseline | None) -> tuple[str, ...]:
    """The file's tags that Rotor lacks and that nobody took away there since they were last sent."""
    before = baseline.sent if baseline else ()
    return tuple(tag for tag in value if tag not in held and tag not in before)
