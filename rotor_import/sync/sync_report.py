"""What a night's sync came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rotor_import.errors import RotorImportError
from rotor_import.pipeline import ImportReport

_OF_EARLIER = ("run", "state", "files", "rows", "known", "sent", "report")


@dataclass(frozen=True)
class SyncReport:
    """The runs that a night went on with or began, in order; `drop` names the files by what became of them."""

    runs: Sequence[ImportReport]
    drop: Mapping[str, Sequence[str]]
    error: RotorImportError | None = None
    notes: Sequence[str] = ()

    @property
    def summary(self) -> Mapping[str, Any]:
        """The contract's object of the last run, with the folder and, in short, the night's `earlier` runs."""
        *before, last = [run.summary for run in self.runs]
        earlier = [{name: run[name] for name in _OF_EARLIER} for run in before]
        state = "stopped" if self.error is not None and last["state"] == "complete" else last["state"]
        night = {"drop": dict(self.drop), "drop_notes": list(self.notes), "earlier": earlier}
        return {**last, "mode": "sync", "state": state, **night}

    @property
    def troubled(self) -> int:
        return sum(run.troubled for run in self.runs)

    @property
    def newly_troubled(self) -> int:
        return sum(run.newly_troubled for run in self.runs)
