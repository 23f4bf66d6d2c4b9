"""What sending makes of a plan's summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rotor_import.model.change import Outcome
from rotor_import.model.plan import lost_disposition
from rotor_import.model.summary import ChangeCounts, RowCounts, SentCounts, Summary


@dataclass(frozen=True)
class Sent:
    """How many changes of a run came to what: `unknown` may have been carried out, `pending` were not."""

    created: int = 0
    updated: int = 0
    failed: int = 0
    unknown: int = 0
    pending: int = 0

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], unknown: int, pending: int) -> Sent:
        states = Counter(outcome.state for outcome in outcomes)
        return cls(states["created"], states["updated"], states["refused"], unknown, pending)

    def as_json(self) -> SentCounts:
        """The contract's `sent`."""
        return {
            "created": self.created,
            "updated": self.updated,
            "failed": self.failed,
            "unknown": self.unknown,
            "pending": self.pending,
        }


def after_sending(planned: Summary, sent: Sent, lost: Sequence[tuple[Outcome, int]] = ()) -> Summary:
    """The summary of a run whose plan's own was `planned`. `lost` counts the rows of each failed change.

    A change without rows, of a customer that is missing from the file, counts neither as rows nor among the changes.
    """
    rows, changes = planned["rows"].copy(), planned["changes"].copy()
    for outcome, count in lost:
        if count:
            _lose(rows, changes, outcome, count)
    return {**planned, "rows": rows, "changes": changes, "sent": sent.as_json()}


def _lose(rows: RowCounts, changes: ChangeCounts, outcome: Outcome, count: int) -> None:
    """The rows of a refused change are rejected, those of a held change held."""
    changes[outcome.kind] -= 1
    rows["kept"] -= 1
    rows["merged"] -= count - 1
    rows[lost_disposition(outcome.state)] += count
