"""The contract's summary object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rotor_import.model.change import Outcome
from rotor_import.model.plan import lost_disposition


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


@dataclass(frozen=True)
class Summary:
    """The summary of a run. `planned` is the plan's own summary; `lost` counts the rows of each failed change.

    A change without rows, of a customer that is missing from the file, counts neither as rows nor among the changes.
    """

    planned: Mapping[str, Any]
    sent: Sent = field(default_factory=Sent)
    lost: Sequence[tuple[Outcome, int]] = ()

    def rows(self) -> dict[str, int]:
        """The rows after sending: those of a refused change are rejected, those of a held change held."""
        rows = dict(self.planned["rows"])
        for outcome, count in self.lost:
            if count:
                rows["kept"] -= 1
                rows["merged"] -= count - 1
                rows[lost_disposition(outcome.state)] += count
        return rows

    def changes(self) -> dict[str, int]:
        changes = dict(self.planned["changes"])
        for outcome, count in self.lost:
            changes[outcome.kind] -= count > 0
        return changes

    def as_json(self, **more: Any) -> dict[str, Any]:
        """The summary in the contract's order; `more` are values known only at the end of a run."""
        own = {"rows": self.rows(), "changes": self.changes(), "sent": vars(self.sent)}
        return {**self.planned, **own, **more}
