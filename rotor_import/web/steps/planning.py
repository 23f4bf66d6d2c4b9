"""Makes the dry run of what is on the desk."""

from __future__ import annotations

from pathlib import Path

from rotor_import.pipeline import World, plan_import
from rotor_import.web.workspace import Workspace


def begin_plan(workspace: Workspace) -> None:
    """Plan in the background. Raises Busy."""
    desk, settings = workspace.desk.now, workspace.settings_now()
    origin = workspace.planned_from()

    def work(world: World) -> None:
        report = plan_import([Path(desk.file)], desk.mapping, settings, world)
        workspace.desk.change(plan=report.summary["run"], planned_from=origin, run="")

    workspace.jobs.begin("plan", work)
