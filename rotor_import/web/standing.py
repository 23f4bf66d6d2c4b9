"""Where the import stands, told by the ledger: planned, sending, paused, stopped or complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

from rotor_import.errors import RotorImportError
from rotor_import.model.summary import Summary
from rotor_import.pipeline.history import show
from rotor_import.web.jobs import Job
from rotor_import.web.workspace import Workspace

State = Literal["", "planned", "sending", "paused", "stopped", "complete"]


@dataclass(frozen=True)
class Standing:
    """`summary` is the import's once it was begun; `error` says what ended it early."""

    state: State
    summary: Summary | None = None
    error: str = ""
    waits_until: float | None = None

    @property
    def left(self) -> int:
        """Customers that are still to send."""
        return 0 if self.summary is None else self.summary["sent"]["pending"] + self.summary["sent"]["unknown"]


def standing(workspace: Workspace) -> Standing:
    """A run that was killed is known by the ledger, which has every step."""
    job = workspace.jobs.job
    is_import = job is not None and job.kind == "import"
    error = job.error if job is not None and is_import and job.is_over else ""
    summary = _run(workspace)
    if job is not None and is_import and not job.is_over:
        return Standing("paused" if job.waits_until else "sending", summary, waits_until=job.waits_until)
    if summary is None:
        planned = workspace.plan_summary() is not None
        return Standing("stopped" if error else "planned" if planned else "", error=error)
    left = summary["sent"]["pending"] + summary["sent"]["unknown"]
    state: State = summary["state"]
    if left and state == "complete":
        state = "paused"
    if error and left:
        state = "paused" if _is_pause(job) else "stopped"
    return Standing(state, summary, error)


def _is_pause(job: Job | None) -> bool:
    return job is not None and job.is_pause


def _run(workspace: Workspace) -> Summary | None:
    """The run as it stands now, None if there is none in the ledger: one that was killed just before is a dry run."""
    run = workspace.desk.now.run
    if not run:
        return None
    try:
        found = cast("Summary", show(run, workspace.settings_now()))
    except RotorImportError:
        return None
    return None if found["mode"] == "plan" else found
