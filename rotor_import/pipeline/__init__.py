"""The order of an import: read, map, normalize, dedupe, plan, upsert, report.

Each name is imported when it is asked for: a plan needs neither a database nor a client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rotor_import.model.late_names import late_name

if TYPE_CHECKING:
    from rotor_import.config import Settings
    from rotor_import.model.progress import ProgressEvent
    from rotor_import.model.summary import Summary
    from rotor_import.pipeline.dry_run import plan_import
    from rotor_import.pipeline.import_report import ImportReport
    from rotor_import.pipeline.resuming import resume
    from rotor_import.pipeline.run import run_import
    from rotor_import.pipeline.session import World
    from rotor_import.pipeline.undoing import undo
    from rotor_import.pipeline.verifying import verify

__all__ = [
    "ImportReport",
    "ProgressEvent",
    "Settings",
    "Summary",
    "World",
    "plan_import",
    "resume",
    "run_import",
    "undo",
    "verify",
]

_HOMES = {
    "ImportReport": "pipeline.import_report",
    "ProgressEvent": "model.progress",
    "Settings": "config",
    "Summary": "model.summary",
    "World": "pipeline.session",
    "plan_import": "pipeline.dry_run",
    "resume": "pipeline.resuming",
    "run_import": "pipeline.run",
    "undo": "pipeline.undoing",
    "verify": "pipeline.verifying",
}


def __getattr__(name: str) -> Any:
    return late_name(__name__, _HOMES, name)
