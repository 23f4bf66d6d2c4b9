"""What a night's sync came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rotor_import.errors import RotorImportError
from rotor_import.model.summary import NOTHING_KNOWN, EarlierRun, NightSummary, Summary
from rotor_import.pipeline import ImportReport


@dataclass(frozen=True)
class SyncReport:
    """The runs that a night went on with or began, in order; `drop` names the files by what became of them.

    `errors` are all that stopped something, the worst first.
    """

    runs: Sequence[ImportReport]
    drop: Mapping[str, Sequence[str]]
    errors: Sequence[RotorImportError] = ()
    notes: Sequence[str] = ()
    late: str = ""
    """What to say of a file that is late, '' if none is."""
    unreachable: RotorImportError | None = None
    """The one of the errors that says why the folder couldn't be listed."""

    @property
    def error(self) -> RotorImportError | None:
        """What counts for the exit code."""
        return next(iter(self.errors), None)

    @property
    def summary(self) -> NightSummary:
        """The contract's object of the last run, with the folder and, in short, the night's `earlier` runs."""
        *before, last = [run.summary for run in self.runs]
        others = [str(error) for error in self.errors[1:]]
        return {
            **last,
            "mode": "sync",
            "state": "stopped" if self._was_stopped else last["state"],
            "drop": dict(self.drop),
            "drop_notes": [*self.notes, *others, *([self.late] if self.late else [])],
            "earlier": [_in_short(run) for run in before],
        }

    @property
    def _was_stopped(self) -> bool:
        """Whether something worse than what ended its last run happened."""
        last = self.runs[-1]
        return self.error is not None and (last.summary["state"] == "complete" or self.error is not last.error)

    @property
    def troubled(self) -> int:
        return sum(run.troubled for run in self.runs)

    @property
    def newly_troubled(self) -> int:
        return sum(run.newly_troubled for run in self.runs)


def _in_short(run: Summary) -> EarlierRun:
    return {
        "run": run["run"],
        "state": run["state"],
        "files": run["files"],
        "rows": run["rows"],
        "known": run.get("known", NOTHING_KNOWN),
        "sent": run["sent"],
        "report": run["report"],
    }
